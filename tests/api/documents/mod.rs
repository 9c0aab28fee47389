//! The whole plan as one document.

mod comparisons;
mod contradictions;
mod filling;
mod finding_lists;
mod findings;
mod gaps;
mod importing;
mod references;
mod round_trip;
mod sample;
mod sheets;
mod summary;

use crate::harness::App;
use serde_json::{Value, json};

/// The document of the sample plan.
pub fn manchester() -> Value {
    serde_json::from_str(include_str!("../../../openapi/examples/manchester.json")).expect("JSON")
}

/// The path of its summary.
pub const MANCHESTER: &str = "/v1/plans/manchester-chengdu-liuzhou-yangzhou/summary";

/// A small valid document: one city, one theme, one activity, one outcome.
pub fn small() -> Value {
    json!({
        "plan": {
            "title": "Small", "kind": "pairing", "status": "draft",
            "cities": [{"city": "leipzig", "role": "lead"}], "themes": [{"theme": "water"}]
        },
        "cities": [{"slug": "leipzig", "name": "Leipzig", "kind": "city"}],
        "themes": [{"slug": "water", "name": "Water"}],
        "activities": [{"title": "Kick-off", "kind": "meeting", "status": "planned", "themes": ["water"]}],
        "outcomes": [{"description": "Less flooding", "kind": "benefit", "status": "planned", "theme": "water"}]
    })
}

/// Imports a document and returns the report.
pub async fn import(app: &App, path: &str, document: &Value) -> Value {
    let answer = app.put(path, document).await;
    assert!([200, 201].contains(&answer.status), "{}", answer.text());
    answer.json()
}

/// The number of entries in the change log.
pub async fn changes(app: &App) -> i64 {
    let client = app
        .database
        .settings()
        .connect_client()
        .await
        .expect("a connection");
    client
        .query_one("SELECT count(*) FROM changes", &[])
        .await
        .expect("a count")
        .get(0)
}

/// The kind, the status and the pointer of each record in a report.
pub fn outcome_of(report: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    report["records"]
        .as_array()
        .expect("records")
        .iter()
        .map(|record| {
            (
                text(&record["kind"]),
                text(&record["status"]),
                text(&record["pointer"]),
            )
        })
        .collect()
}
