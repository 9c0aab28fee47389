//! The metadata that every record has in addition to its input document.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

/// The version of a record that never existed before.
pub const FIRST_VERSION: i32 = 1;

/// The metadata of a record, which only the service sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, utoipa::ToSchema)]
pub struct Record {
    /// UUIDv7 of the record.
    #[schema(read_only, example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub id: Uuid,
    /// Number of the version, which is 1 at first and increases with every change.
    #[schema(read_only, minimum = 1, example = 1)]
    pub version: i32,
    /// When the record was created.
    #[schema(read_only, example = "2026-03-01T09:30:00.123456Z")]
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    #[schema(read_only, example = "2026-03-01T09:30:00.123456Z")]
    pub updated_at: DateTime<Utc>,
}
