//! Changes and the parameters of their list.

use crate::domain::RecordKind;
use chrono::{DateTime, Utc};
use diesel::Queryable;
use serde::{Deserialize, Serialize};
use strum::EnumString;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Kind of write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ChangeOperation {
    /// The record was created.
    Create,
    /// The record was updated.
    Update,
    /// The record was deleted.
    Delete,
}

/// A write that changed a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct Change {
    /// Number of the change, which is unique.
    #[schema(minimum = 1, example = 42)]
    pub number: i64,
    /// When the write began.
    #[schema(example = "2026-03-01T09:30:00.123456Z")]
    pub at: DateTime<Utc>,
    /// Kind of write.
    pub operation: ChangeOperation,
    /// Kind of record.
    pub kind: RecordKind,
    /// Id of the record.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub id: Uuid,
    /// Version of the record after the change; a deletion counts as a version, too.
    #[schema(minimum = 1, example = 2)]
    pub version: i32,
    /// What the record was.
    #[serde(flatten)]
    pub record: ChangedRecord,
}

/// What the record was when it was written; of a deleted record, what it was before.
#[derive(Debug, Serialize, ToSchema, Queryable)]
pub struct ChangedRecord {
    /// Slug; null for records without one.
    #[schema(required, example = "manchester-chengdu-liuzhou-yangzhou")]
    pub slug: Option<String>,
    /// Title or name; of an outcome its heading or, without one, the beginning of its description.
    #[schema(example = "Manchester with Chengdu, Liuzhou and Yangzhou")]
    pub title: String,
    /// The plan that the record is or belongs to; null for cities and themes.
    #[schema(required, example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub plan_id: Option<Uuid>,
    /// Names of the properties that an update changed, in alphabetical order; empty for creations and deletions.
    #[schema(example = json!(["period", "status"]))]
    pub changed: Vec<String>,
}

/// A page of changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangePage {
    /// The changes, oldest first; changes of kinds of records that this version does not know are left out.
    pub data: Vec<Change>,
    /// Cursor of the next page; null on the last page.
    #[schema(required, example = json!(null))]
    pub next_cursor: Option<String>,
    /// Cursor of the changes after this page, now or later. Every page has one, even an empty page.
    #[schema(example = "eyJrIjoiNDIifQ")]
    pub resume_cursor: String,
}

/// Parameters of the list of changes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChangeParameters {
    /// Instant: only changes of writes that began after it.
    #[param(example = "2026-03-01T00:00:00Z")]
    pub changed_after: Option<DateTime<Utc>>,
    /// Kinds of records; all kinds if it is not given.
    #[serde(default)]
    #[param(example = json!(["plan", "activity"]))]
    pub kind: Vec<RecordKind>,
    /// Largest number of items on the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    #[expect(dead_code, reason = "read with the rest of the page")]
    limit: Option<i32>,
    /// Start of the page: `next_cursor` or `resume_cursor` of an earlier page with the same filters.
    #[param(max_length = 2000)]
    #[expect(dead_code, reason = "read with the rest of the page")]
    cursor: Option<String>,
}
