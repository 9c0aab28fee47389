//! The kinds of records that questions over all of them tell apart.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// Kind of record.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    Display,
    EnumString,
    EnumIter,
    IntoStaticStr,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RecordKind {
    /// A plan.
    Plan,
    /// A city.
    City,
    /// A theme.
    Theme,
    /// An activity.
    Activity,
    /// An outcome.
    Outcome,
}
crate::database::text_column!(RecordKind);

impl RecordKind {
    /// Its name, as in the change log.
    pub fn name(self) -> &'static str {
        self.into()
    }
}
