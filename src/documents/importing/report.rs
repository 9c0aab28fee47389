//! What an import did, or would do: the answer to the one who sent the document.

use crate::conventions::resource::{Input, Resource};
use crate::domain::RecordKind;
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{IntoParams, PartialSchema, ToSchema};
use uuid::Uuid;

/// How a document is to be imported.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportOptions {
    /// Answer what would happen, and store nothing.
    #[serde(default)]
    #[param(required = false, example = false)]
    pub dry_run: bool,
    /// Write what the document says of cities and themes over what is stored of them; otherwise differences are only reported. A city that contradicts the stored one is refused either way.
    #[serde(default)]
    #[param(required = false, example = false)]
    pub update_references: bool,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PlanImport {
    /// Id of the plan; null if it does not exist (yet).
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub plan_id: Option<Uuid>,
    /// Slug of the plan.
    #[schema(example = "manchester-chengdu-liuzhou-yangzhou")]
    pub plan_slug: String,
    /// True if nothing was stored because only an answer was asked for.
    #[schema(example = false)]
    pub dry_run: bool,
    /// Number of records that were made.
    #[schema(minimum = 0, example = 1)]
    pub created: i32,
    /// Number of records that changed.
    #[schema(minimum = 0, example = 2)]
    pub updated: i32,
    /// Number of records that stayed as they were.
    #[schema(minimum = 0, example = 28)]
    pub unchanged: i32,
    /// Number of records that went.
    #[schema(minimum = 0, example = 0)]
    pub removed: i32,
    /// Each record: the plan, then in document order cities, themes, activities and outcomes, then those that went.
    pub records: Vec<ImportedRecord>,
}

/// Kind of a record of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ImportedKind(pub RecordKind);

impl PartialSchema for ImportedKind {
    fn schema() -> RefOr<Schema> {
        <RecordKind as PartialSchema>::schema()
    }
}
impl ToSchema for ImportedKind {}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportStatus {
    /// It was made.
    Created,
    /// It changed.
    Updated,
    /// It stayed as it was.
    Unchanged,
    /// It went.
    Removed,
}

/// By what a city or theme of the document was taken for a stored one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchedBy {
    /// The same slug.
    Slug,
    /// A common identifier.
    Identifier,
    /// A common name, alternative name or alias, with nothing that speaks against it.
    Name,
}

/// One record of an import.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ImportedRecord {
    /// Where it is in the document (JSON Pointer); null for what went.
    #[schema(example = "/activities/3")]
    pub pointer: Option<String>,
    /// Kind of record.
    pub kind: ImportedKind,
    /// What became of it.
    pub status: ImportStatus,
    /// Its id; null if it is not stored.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub id: Option<Uuid>,
    /// Its slug, title or description, for people.
    #[schema(example = "China Circular Economy Development Forum")]
    pub label: String,
    /// By what a city or theme was taken for a stored one; null for what is new, and for other records.
    pub matched_by: Option<MatchedBy>,
    /// What the document says otherwise of a city or theme than what is stored (or was, if it was written).
    pub differences: Vec<ImportDifference>,
}

/// A value of a city or theme in which the document differs from what is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportDifference {
    /// Where it is in the document (JSON Pointer).
    #[schema(example = "/cities/0/population")]
    pub pointer: String,
    /// The stored value, as JSON.
    #[schema(example = "null")]
    pub stored: String,
    /// The value of the document, as JSON.
    #[schema(example = "553000")]
    pub given: String,
}

impl PlanImport {
    /// A report of those records.
    pub fn new(
        plan_id: Option<Uuid>,
        plan_slug: String,
        dry_run: bool,
        mut records: Vec<ImportedRecord>,
    ) -> Self {
        if dry_run {
            let made = |record: &&mut ImportedRecord| record.status == ImportStatus::Created;
            records
                .iter_mut()
                .filter(made)
                .for_each(|record| record.id = None);
        }
        let count = |status| {
            i32::try_from(
                records
                    .iter()
                    .filter(|record| record.status == status)
                    .count(),
            )
            .unwrap_or(i32::MAX)
        };
        Self {
            plan_id,
            plan_slug,
            dry_run,
            created: count(ImportStatus::Created),
            updated: count(ImportStatus::Updated),
            unchanged: count(ImportStatus::Unchanged),
            removed: count(ImportStatus::Removed),
            records,
        }
    }
}

/// What an input is called, for people.
fn label<T: Input>(input: &T) -> String {
    let value = serde_json::to_value(input).unwrap_or_default();
    let text = ["slug", "title", "description"]
        .iter()
        .find_map(|member| value.get(*member)?.as_str())
        .unwrap_or_default();
    text.chars().take(200).collect()
}

/// The record of an import that says what became of an input.
pub(super) fn record<R: Resource>(
    pointer: Option<String>,
    status: ImportStatus,
    id: Uuid,
    input: &R::Input,
) -> ImportedRecord {
    ImportedRecord {
        pointer,
        kind: ImportedKind(R::KIND),
        status,
        id: Some(id),
        label: label(input),
        matched_by: None,
        differences: Vec::new(),
    }
}
