//! The pages that explain every problem and every finding.
//!
//! One rule: the words stand in the code, beside what they explain; the HTML around them in `templates/explanations/`. Start with
//! [`problem`].

use super::explanations::explanation;
use crate::conventions::http::problem::{Code, Problem};
use crate::resources::plans::{FindingCode, FindingSeverity};
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde_json::json;
use strum::IntoEnumIterator;

#[derive(Template)]
#[template(path = "explanations/list.html")]
struct ListPage {
    title: &'static str,
    path: &'static str,
    entries: Vec<Entry>,
}

struct Entry {
    name: &'static str,
    title: &'static str,
    note: String,
}

#[derive(Template)]
#[template(path = "explanations/problem.html")]
struct ProblemPage {
    name: &'static str,
    title: &'static str,
    status: u16,
    meaning: &'static str,
    remedy: &'static str,
    example: String,
}

impl ProblemPage {
    fn new(code: Code) -> Self {
        let (name, title, status) = (code.name(), code.title(), code.status().as_u16());
        let (meaning, remedy) = explanation(code);
        let document = json!({
            "type": format!("/problems/{name}"), "title": title, "status": status, "code": name, "detail": "…",
            "instance": "/v1/plans", "request_id": "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b", "errors": [], "related": []
        });
        Self {
            name,
            title,
            status,
            meaning,
            remedy,
            example: serde_json::to_string_pretty(&document).unwrap_or_default(),
        }
    }
}

#[derive(Template)]
#[template(path = "explanations/finding.html")]
struct FindingPage {
    name: &'static str,
    title: &'static str,
    severity: &'static str,
    meaning: &'static str,
    remedy: &'static str,
}

impl FindingPage {
    fn new(code: FindingCode) -> Self {
        let (meaning, remedy) = code.explanation();
        Self {
            name: code.name(),
            title: code.title(),
            severity: severity(code),
            meaning,
            remedy,
        }
    }
}

fn severity(code: FindingCode) -> &'static str {
    match code.severity() {
        FindingSeverity::Warning => "warning",
        FindingSeverity::Info => "info",
    }
}

/// `GET /problems`.
pub(super) async fn problems() -> Result<HttpResponse, Problem> {
    let entries = Code::iter().map(|code| Entry {
        name: code.name(),
        title: code.title(),
        note: code.status().as_u16().to_string(),
    });
    list("Problems", "/problems", entries)
}

/// `GET /findings`.
pub(super) async fn findings() -> Result<HttpResponse, Problem> {
    let entries = FindingCode::iter().map(|code| Entry {
        name: code.name(),
        title: code.title(),
        note: severity(code).to_owned(),
    });
    list("Findings", "/findings", entries)
}

/// `GET /problems/{code}`.
pub(super) async fn problem(path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let code = path
        .parse()
        .map_err(|_| Problem::not_found("problem", path.as_str()))?;
    html(&ProblemPage::new(code))
}

/// `GET /findings/{code}`.
pub(super) async fn finding(path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let code = path
        .parse()
        .map_err(|_| Problem::not_found("finding", path.as_str()))?;
    html(&FindingPage::new(code))
}

fn list(
    title: &'static str,
    path: &'static str,
    entries: impl Iterator<Item = Entry>,
) -> Result<HttpResponse, Problem> {
    let entries = entries.collect();
    html(&ListPage {
        title,
        path,
        entries,
    })
}

fn html(page: &impl Template) -> Result<HttpResponse, Problem> {
    let page = page.render().map_err(Problem::internal)?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'",
        ))
        .body(page))
}

#[cfg(test)]
mod tests {
    use super::{Entry, FindingPage, ListPage, Template};

    #[test]
    fn what_is_not_html_is_escaped() {
        let (name, title) = ("a\"b", "R&D <b>");
        let note = "<i>".to_owned();
        let entries = vec![Entry { name, title, note }];
        let list = ListPage {
            title,
            path: "/problems",
            entries,
        };
        let finding = FindingPage {
            name,
            title,
            severity: "<i>",
            meaning: "<i>",
            remedy: "<i>",
        };
        for page in [list.render().unwrap(), finding.render().unwrap()] {
            assert!(page.contains("<h1>R&#38;D &#60;b&#62;</h1>"), "{page}");
            assert!(page.contains("<code>a&#34;b</code>"), "{page}");
            for markup in ["<b>", "<i>", "a\"b"] {
                assert!(!page.contains(markup), "{page}");
            }
        }
    }
}
