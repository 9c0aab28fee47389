//! What is found, and the parameters of the search.

use crate::domain::RecordKind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A record that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchHit {
    /// Kind of record.
    pub kind: RecordKind,
    /// Its id.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub id: Uuid,
    /// Its slug; null where there is none.
    #[schema(required, example = "kori-yama")]
    pub slug: Option<String>,
    /// Its title, name or heading, or how its description begins.
    #[schema(example = "Digital tools for historic districts")]
    pub title: String,
    /// Where the words are, as HTML: those that match in `<mark>`, the rest escaped.
    #[schema(example = "A first plan for <mark>hydrogen</mark> buses")]
    pub snippet: String,
    /// How well it matches, from 0; comparable within one search only.
    #[schema(example = 0.6079271)]
    pub rank: f32,
}

/// A page of what was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchPage {
    /// What was found, the best first.
    pub data: Vec<SearchHit>,
    /// Leads to the next page; null on the last.
    #[schema(required, example = json!(null))]
    pub next_cursor: Option<String>,
}

/// Parameters of the search.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchParameters {
    /// What to look for.
    #[param(min_length = 1, max_length = 500, example = "hydrogen buses")]
    pub q: String,
    /// Kinds of records to look among; without it, all.
    #[serde(default)]
    #[param(example = json!(["plan", "activity"]))]
    pub kind: Vec<RecordKind>,
    /// How many items the page may have.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    #[expect(dead_code, reason = "read with the rest of the page")]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same words.
    #[param(max_length = 2000, example = "eyJrIjoiMC42MDc5MjcxIn0")]
    #[expect(dead_code, reason = "read with the rest of the page")]
    cursor: Option<String>,
}
