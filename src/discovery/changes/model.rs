//! A change, and the parameters of their list.

use crate::domain::RecordKind;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::EnumString;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// What was done to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ChangeOperation {
    /// It was created.
    Create,
    /// It was updated.
    Update,
    /// It was deleted.
    Delete,
}

/// A write that changed a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct Change {
    /// Number of the change; each has another.
    #[schema(minimum = 1, example = 42)]
    pub number: i64,
    /// When the write began.
    #[schema(example = "2026-03-01T09:30:00.123456Z")]
    pub at: DateTime<Utc>,
    /// What was done.
    pub operation: ChangeOperation,
    /// Kind of record.
    pub kind: RecordKind,
    /// Id of the record.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub id: Uuid,
    /// Version of the record after it; a deletion counts as one.
    #[schema(minimum = 1, example = 2)]
    pub version: i32,
}

/// A page of changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangePage {
    /// The changes, oldest first; those of kinds of records that this version does not know are left out.
    pub data: Vec<Change>,
    /// Leads to the next page; null on the last.
    #[schema(required, example = json!(null))]
    pub next_cursor: Option<String>,
    /// Leads to what comes behind this page, now or later. Every page has one, an empty page too.
    #[schema(example = "eyJrIjoiNDIifQ")]
    pub resume_cursor: String,
}

/// Parameters of the list of changes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChangeParameters {
    /// Changes of writes that began after this instant.
    #[param(example = "2026-03-01T00:00:00Z")]
    pub changed_after: Option<DateTime<Utc>>,
    /// Kinds of records; without it, all.
    #[serde(default)]
    #[param(example = json!(["plan", "activity"]))]
    pub kind: Vec<RecordKind>,
    /// How many items the page may have.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    #[expect(dead_code, reason = "read with the rest of the page")]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` or `resume_cursor` of a page before, with the same filters.
    #[param(max_length = 2000, example = "eyJrIjoiNDIifQ")]
    #[expect(dead_code, reason = "read with the rest of the page")]
    cursor: Option<String>,
}
