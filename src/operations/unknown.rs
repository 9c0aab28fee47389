//! The response for an address that does not exist, with the nearest one that does.
//!
//! One rule: only published addresses are suggested, so the response tells nothing that a key would protect. Start with
//! [`unknown_address`].

use crate::conventions::context::ApplicationState;
use crate::conventions::http::problem::{Code, Problem};
use crate::domain::edit_distance;
use serde_json::Value;

/// The addresses of the OpenAPI document and of its viewer, which it does not describe.
const OTHERS: [&str; 3] = ["/docs/", "/openapi.json", "/openapi-3.0.json"];
/// The longest path for which an address is suggested.
const MAX_LENGTH: usize = 200;

/// The problem that there is nothing at a path. `pages` are the addresses that have a page and no operation.
pub fn unknown_address(state: &ApplicationState, path: &str, pages: &[&str]) -> Problem {
    let paths = state.contract.document().get("paths");
    let operations = paths.and_then(Value::as_object).into_iter().flatten();
    let templates: Vec<&str> = operations
        .map(|(path, _)| path.as_str())
        .chain(OTHERS)
        .chain(pages.iter().copied())
        .collect();
    let problem = Problem::new(
        Code::NotFound,
        format!("there is nothing at the address {path:?}"),
    );
    problem.with_hint(&hint(path, &templates).unwrap_or_default())
}

/// The end of the sentence: the formats of an export, or the nearest address.
fn hint(path: &str, templates: &[&str]) -> Option<String> {
    if path.len() > MAX_LENGTH {
        return None;
    }
    let stem = |path| without_extension(path).filter(|stem| stem.starts_with("/v1/exports/"));
    let own = stem(path).unwrap_or(path);
    let formats: Vec<&str> = templates
        .iter()
        .copied()
        .filter(|template| stem(template) == Some(own))
        .collect();
    if !formats.is_empty() {
        return Some(format!("; the formats are {}", formats.join(", ")));
    }
    let nearest = nearest_path(path, templates)?;
    Some(format!("; did you mean {nearest:?}?"))
}

/// The path without its extension; `None` if it has none.
fn without_extension(path: &str) -> Option<&str> {
    let (stem, extension) = path.rsplit_once('.')?;
    (!extension.contains('/')).then_some(stem)
}

/// The address with the smallest number of different letters, with the parameters of the path.
fn nearest_path(path: &str, templates: &[&str]) -> Option<String> {
    let own: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let candidates = templates.iter().filter_map(|template| {
        let (stem, end) = match template.strip_suffix('/') {
            Some(stem) => (stem, "/"),
            None => (*template, ""),
        };
        let parts: Vec<&str> = stem.split('/').collect();
        let distance = distance(&own, &parts)?;
        let filled = parts.iter().zip(&own).map(|(part, own)| match part {
            part if is_parameter(part) => *own,
            part => *part,
        });
        let address = filled.collect::<Vec<_>>().join("/") + end;
        Some((distance, address))
    });
    candidates
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, address)| address)
}

fn is_parameter(part: &str) -> bool {
    part.starts_with('{')
}

/// How many letters differ; `None` if that is too much for a slip, or if the number of segments differs.
fn distance(own: &[&str], parts: &[&str]) -> Option<usize> {
    if own.len() != parts.len() {
        return None;
    }
    let distances = own.iter().zip(parts).map(|(own, part)| {
        if is_parameter(part) {
            return (!own.is_empty()).then_some(0);
        }
        edit_distance(own, part)
    });
    distances.sum()
}

#[cfg(test)]
mod tests {
    use super::hint;

    #[test]
    fn a_slip_finds_its_address_and_nonsense_finds_none() {
        let templates = [
            "/",
            "/docs/",
            "/v1/plans",
            "/v1/plans/{plan_id}",
            "/v1/plans/{plan_id}/summary",
            "/v1/cities",
            "/v1/exports/plans.csv",
            "/v1/exports/plans.ndjson",
        ];
        for (path, expected) in [
            ("/v1/plan", "; did you mean \"/v1/plans\"?"),
            ("/v2/plans", "; did you mean \"/v1/plans\"?"),
            ("/v1/Plans/", "; did you mean \"/v1/plans\"?"),
            ("/doc", "; did you mean \"/docs/\"?"),
            ("/v1/plan/x", "; did you mean \"/v1/plans/x\"?"),
            (
                "/v1/plans/x/sumary",
                "; did you mean \"/v1/plans/x/summary\"?",
            ),
            (
                "/v1/exports/plans.xlsx",
                "; the formats are /v1/exports/plans.csv, /v1/exports/plans.ndjson",
            ),
            (
                "/v1/exports/plans",
                "; the formats are /v1/exports/plans.csv, /v1/exports/plans.ndjson",
            ),
        ] {
            assert_eq!(hint(path, &templates).as_deref(), Some(expected), "{path}");
        }
        for path in ["/wp-login.php", "/v1/nonsense", "/v1/plans/x/y/z", "/v1//"] {
            assert_eq!(hint(path, &templates), None, "{path}");
        }
    }
}
