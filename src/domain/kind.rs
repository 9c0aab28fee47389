//! The kinds of records: the only place that lists the kinds and their names.
//!
//! Code that handles all kinds iterates over this enum or over the list of slices in `resources`.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumProperty, EnumString};
use utoipa::ToSchema;
use uuid::Uuid;

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

    /// The id of a record of the sample plan; `index` is its place in the document of the plan. These ids are the same in every
    /// registry, so that the examples in the OpenAPI document can refer to them.
    pub fn sample_id(self, index: usize) -> Uuid {
        // The kind is the fourth digit from the end, so no two records of the sample have the same id.
        let offset = (self as u128) * 0x1000 + index as u128;
        Uuid::from_u128(0x0190_a3b2_7c1d_7e4f_8a5b_6c7d_8e9f_0a1b + offset)
    }

    /// The key of a record of the sample plan: its slug, or its id if it has none.
    pub fn sample_key(self) -> String {
        match self {
            Self::Plan => "manchester-chengdu-liuzhou-yangzhou".into(),
            Self::City => "manchester".into(),
            Self::Theme => "circular-economy".into(),
            Self::Activity | Self::Outcome => self.sample_id(0).to_string(),
        }
    }
}
