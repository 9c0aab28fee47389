//! The options of an import, and the report on what it changed.
//!
//! One rule: a dry run has the same report, but without the ids of records that would be created. Start with [`PlanImport`].

use crate::conventions::resource::{Input, Resource};
use crate::domain::RecordKind;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use strum::Display;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{IntoParams, PartialSchema, ToSchema};
use uuid::Uuid;

/// What an import does to stored cities and themes of which the document says something else.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Display, Serialize, Deserialize, ToSchema, ValueEnum,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum UpdateReferences {
    /// They stay as they are; differences are reported.
    #[default]
    False,
    /// What is null or an empty list in the registry is filled in; other differences are reported.
    Fill,
    /// They take the values of the document.
    True,
}

impl UpdateReferences {
    /// True if the value of a document is written in place of the stored one.
    pub(super) fn writes(self, stored: &Value, given: &Value) -> bool {
        let is_open = |value: &Value| {
            value.is_null() || value.as_array().is_some_and(|items| items.is_empty())
        };
        match self {
            Self::False => false,
            Self::Fill => is_open(stored) && !is_open(given),
            Self::True => true,
        }
    }
}

/// The options of an import.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportOptions {
    /// True to report what the import would change, without storing anything.
    #[serde(default)]
    #[param(required = false, example = false)]
    pub dry_run: bool,
    /// What happens to stored cities and themes of which the document says something else. With `true`, they take the values of the document. With `fill`, only what is null or an empty list in the registry is filled in, so nothing is renamed or overwritten. With `false`, differences are only reported. A city that contradicts the stored city is rejected in all cases.
    #[serde(default)]
    #[param(required = false, example = "fill")]
    pub update_references: UpdateReferences,
}

/// The report on an import.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PlanImport {
    /// Id of the plan; null if it does not exist yet.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub plan_id: Option<Uuid>,
    /// Slug of the plan.
    #[schema(example = "manchester-chengdu-liuzhou-yangzhou")]
    pub plan_slug: String,
    /// True if nothing was stored because the request was a dry run.
    #[schema(example = false)]
    pub dry_run: bool,
    /// Number of records that were created.
    #[schema(minimum = 0, example = 1)]
    pub created: i32,
    /// Number of records that were updated.
    #[schema(minimum = 0, example = 2)]
    pub updated: i32,
    /// Number of records that did not change.
    #[schema(minimum = 0, example = 28)]
    pub unchanged: i32,
    /// Number of records that were deleted.
    #[schema(minimum = 0, example = 0)]
    pub removed: i32,
    /// All records: the plan, then cities, themes, activities and outcomes in the order of the document, then the deleted records.
    pub records: Vec<ImportedRecord>,
}

/// The kind of an imported record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ImportedKind(pub RecordKind);

impl PartialSchema for ImportedKind {
    fn schema() -> RefOr<Schema> {
        <RecordKind as PartialSchema>::schema()
    }
}
impl ToSchema for ImportedKind {}

/// The result of the import for a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportStatus {
    /// The record was created.
    Created,
    /// The record was updated.
    Updated,
    /// The record did not change.
    Unchanged,
    /// The record was deleted.
    Removed,
}

/// The property by which a city or theme of the document was matched with a stored one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchedBy {
    /// They have the same slug.
    Slug,
    /// They share an identifier.
    Identifier,
    /// They share a name, alternative name or alias, and nothing suggests that they are different.
    Name,
}

/// The result of an import for one record.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ImportedRecord {
    /// JSON Pointer to the record in the document; null if the record was deleted.
    #[schema(example = "/activities/3")]
    pub pointer: Option<String>,
    /// Kind of the record.
    pub kind: ImportedKind,
    /// Result for the record.
    pub status: ImportStatus,
    /// Id of the record; null if it is not stored.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub id: Option<Uuid>,
    /// Slug, title or description of the record.
    #[schema(example = "China Circular Economy Development Forum")]
    pub label: String,
    /// Property by which a city or theme was matched with a stored one; null for new records and for records of other kinds.
    pub matched_by: Option<MatchedBy>,
    /// Values of a city or theme that differ from the stored record, as it was before the import.
    pub differences: Vec<ImportDifference>,
}

/// A value of a city or theme that differs between the document and the stored record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportDifference {
    /// JSON Pointer to the value in the document.
    #[schema(example = "/cities/0/population")]
    pub pointer: String,
    /// The stored value, as JSON.
    #[schema(example = "null")]
    pub stored: String,
    /// The value in the document, as JSON.
    #[schema(example = "553000")]
    pub given: String,
    /// True if the import stored the value of the document; in a dry run, if it would.
    #[serde(default)]
    #[schema(example = true)]
    pub written: bool,
}

impl PlanImport {
    /// Creates a report on the given records.
    pub fn new(
        plan_id: Option<Uuid>,
        plan_slug: String,
        dry_run: bool,
        mut records: Vec<ImportedRecord>,
    ) -> Self {
        if dry_run {
            let is_created = |record: &&mut ImportedRecord| record.status == ImportStatus::Created;
            records
                .iter_mut()
                .filter(is_created)
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

/// The text that identifies an input to people.
fn label<T: Input>(input: &T) -> String {
    let value = serde_json::to_value(input).unwrap_or_default();
    let text = ["slug", "title", "description"]
        .iter()
        .find_map(|member| value.get(*member)?.as_str())
        .unwrap_or_default();
    text.chars().take(200).collect()
}

/// Creates the entry of the report for an input.
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
