//! Search hits and the parameters of the search.

use crate::domain::RecordKind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A record that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchHit {
    /// Kind of record.
    pub kind: RecordKind,
    /// Id of the record.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub id: Uuid,
    /// Slug of the record; null if it has none.
    #[schema(required, example = "kori-yama")]
    pub slug: Option<String>,
    /// Title, name or heading of the record, or the beginning of its description.
    #[schema(example = "Digital tools for historic districts")]
    pub title: String,
    /// Excerpt with the matches, as HTML: matching words are in `<mark>`, and the rest is escaped.
    #[schema(example = "A first plan for <mark>hydrogen</mark> buses")]
    pub snippet: String,
    /// Rank of the match, at least 0; equally good matches have the same. Ranks can only be compared within one search.
    #[schema(example = 0.25)]
    pub rank: f32,
}

/// A page of search hits.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchPage {
    /// The records that were found, the best matches first.
    pub data: Vec<SearchHit>,
    /// Cursor of the next page; null on the last page.
    #[schema(required, example = json!(null))]
    pub next_cursor: Option<String>,
}

/// Parameters of the search.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchParameters {
    /// Words to search for.
    #[param(min_length = 1, max_length = 500, example = "hydrogen")]
    pub q: String,
    /// Kinds of records to search; all kinds if it is not given.
    #[serde(default)]
    #[param(example = json!(["plan", "activity"]))]
    pub kind: Vec<RecordKind>,
    /// Largest number of items on the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    #[expect(dead_code, reason = "read with the rest of the page")]
    limit: Option<i32>,
    /// Start of the page: `next_cursor` of the previous page of the same search.
    #[param(max_length = 2000)]
    #[expect(dead_code, reason = "read with the rest of the page")]
    cursor: Option<String>,
}
