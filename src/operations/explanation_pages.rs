//! The pages that explain every problem and every finding.
//!
//! One rule: the words stand in the code, beside what they explain; the HTML around them in `templates/explanations/`. Start with
//! [`problem`].

use super::examples::{self, Example};
use super::explanations::explanation;
use crate::conventions::html::Html;
use crate::conventions::http::problem::{Code, Problem};
use crate::domain::suggestion;
use crate::resources::plans::{FindingCode, FindingSeverity};
use actix_web::web;
use askama::Template;
use strum::IntoEnumIterator;

#[derive(Template)]
#[template(path = "explanations/list.html")]
pub(super) struct ListPage {
    title: &'static str,
    lead: &'static str,
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
pub(super) struct ProblemPage {
    name: &'static str,
    title: &'static str,
    status: u16,
    meaning: &'static str,
    remedy: &'static str,
    example: Option<Example>,
}

impl ProblemPage {
    fn new(code: Code) -> Self {
        let (name, title, status) = (code.name(), code.title(), code.status());
        let (meaning, remedy) = explanation(code);
        Self {
            name,
            title,
            status: status.as_u16(),
            meaning,
            remedy,
            example: examples::of_problem(name, status),
        }
    }
}

#[derive(Template)]
#[template(path = "explanations/finding.html")]
pub(super) struct FindingPage {
    name: &'static str,
    title: &'static str,
    severity: &'static str,
    meaning: &'static str,
    remedy: &'static str,
    example: Option<Example>,
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
            example: examples::of_finding(code.name()),
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
pub(super) async fn problems() -> Html<ListPage> {
    let entries = Code::iter().map(|code| Entry {
        name: code.name(),
        title: code.title(),
        note: code.status().as_u16().to_string(),
    });
    Html(ListPage {
        title: "Problems",
        lead: "Whatever the service refuses, it answers with a problem document. Its code is one of these.",
        path: "/problems",
        entries: entries.collect(),
    })
}

/// `GET /findings`.
pub(super) async fn findings() -> Html<ListPage> {
    let entries = FindingCode::iter().map(|code| Entry {
        name: code.name(),
        title: code.title(),
        note: severity(code).to_owned(),
    });
    Html(ListPage {
        title: "Findings",
        lead: "What an editor of a plan should look at. A finding is not an error: the source may really say so.",
        path: "/findings",
        entries: entries.collect(),
    })
}

/// `GET /problems/{code}`.
pub(super) async fn problem(path: web::Path<String>) -> Result<Html<ProblemPage>, Problem> {
    let code = path
        .parse()
        .map_err(|_| unknown("problem", &path, Code::iter().map(Code::name)))?;
    Ok(Html(ProblemPage::new(code)))
}

/// `GET /findings/{code}`.
pub(super) async fn finding(path: web::Path<String>) -> Result<Html<FindingPage>, Problem> {
    let code = path
        .parse()
        .map_err(|_| unknown("finding", &path, FindingCode::iter().map(FindingCode::name)))?;
    Ok(Html(FindingPage::new(code)))
}

fn unknown(noun: &str, code: &str, known: impl Iterator<Item = &'static str>) -> Problem {
    Problem::not_found(noun, code).with_hint(&suggestion(code, known))
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
            lead: "<i>",
            path: "/problems",
            entries,
        };
        let finding = FindingPage {
            name,
            title,
            severity: "<i>",
            meaning: "<i>",
            remedy: "<i>",
            example: None,
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
