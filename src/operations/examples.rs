//! The examples on the pages that explain problems and findings.
//!
//! One rule: the service itself produced them. The tests make each request again and compare the response. Start with
//! [`of_problem`].

use actix_web::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::LazyLock;

/// What is sent or stored, and what the service makes of it, as text.
#[derive(Debug)]
pub(super) struct Example {
    pub request: String,
    pub response: String,
}

#[derive(Deserialize)]
struct ProblemExample {
    method: String,
    path: String,
    headers: Map<String, Value>,
    body: Value,
    response: Value,
}

#[derive(Deserialize)]
struct FindingExample {
    change: Value,
    finding: Value,
}

static PROBLEMS: LazyLock<HashMap<String, ProblemExample>> = LazyLock::new(|| {
    let examples = include_str!("../../openapi/examples/problems.json");
    serde_json::from_str(examples).unwrap_or_default()
});
static FINDINGS: LazyLock<HashMap<String, FindingExample>> = LazyLock::new(|| {
    let examples = include_str!("../../openapi/examples/findings.json");
    serde_json::from_str(examples).unwrap_or_default()
});

/// A request that is answered with the problem, and the whole response.
pub(super) fn of_problem(code: &str, status: StatusCode) -> Option<Example> {
    let example = PROBLEMS.get(code)?;
    let response = format!(
        "HTTP/1.1 {} {}\nContent-Type: application/problem+json\n\n{}",
        status.as_u16(),
        status.canonical_reason().unwrap_or_default(),
        pretty(&example.response)
    );
    let request = example.request();
    Some(Example { request, response })
}

/// The part of a plan document in which the finding is made, and the finding.
pub(super) fn of_finding(code: &str) -> Option<Example> {
    let example = FINDINGS.get(code)?;
    Some(Example {
        request: pretty(&example.change),
        response: pretty(&example.finding),
    })
}

impl ProblemExample {
    fn request(&self) -> String {
        let mut text = format!("{} {} HTTP/1.1", self.method, self.path);
        for (name, value) in &self.headers {
            // Writing to a string does not fail.
            let _ = write!(text, "\n{name}: {}", value.as_str().unwrap_or_default());
        }
        let body = match &self.body {
            Value::Null => return text,
            Value::String(body) => body.clone(),
            body => pretty(body),
        };
        text + "\n\n" + &body
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
