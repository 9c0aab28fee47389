//! The kinds of records: the only place that lists the kinds and their names.
//!
//! Code that handles all kinds iterates over this enum or over the list of slices in `resources`.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumProperty, EnumString};
use utoipa::ToSchema;

/// Kind of record.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    ToSchema,
    Display,
    EnumString,
    EnumIter,
    EnumProperty,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RecordKind {
    /// A plan.
    #[strum(props(schema = "Plan", singular = "plan", plural = "plans", slug = true))]
    Plan,
    /// A city.
    #[strum(props(schema = "City", singular = "city", plural = "cities", slug = true))]
    City,
    /// A theme.
    #[strum(props(schema = "Theme", singular = "theme", plural = "themes", slug = true))]
    Theme,
    /// An activity.
    #[strum(props(schema = "Activity", singular = "activity", plural = "activities"))]
    Activity,
    /// An outcome.
    #[strum(props(schema = "Outcome", singular = "outcome", plural = "outcomes"))]
    Outcome,
}

impl RecordKind {
    /// The name of its schema in the OpenAPI document: `City`.
    pub fn schema(self) -> &'static str {
        self.get_str("schema").unwrap_or_default()
    }

    /// The name of one record in texts, operation ids and the change log: `city`.
    pub fn singular(self) -> &'static str {
        self.get_str("singular").unwrap_or_default()
    }

    /// The name of many records in paths, operation ids and files, and the name of their table: `cities`.
    pub fn plural(self) -> &'static str {
        self.get_str("plural").unwrap_or_default()
    }

    /// True if a record can be identified by a slug as well as by its id.
    pub fn has_slug(self) -> bool {
        self.get_bool("slug").unwrap_or_default()
    }
}
