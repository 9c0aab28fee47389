//! The columns of an outcome that are derived from its document.
//!
//! One rule: they depend on the document alone, so whoever writes a row can derive them.

use super::model::OutcomeInput;
use crate::database::schema::outcomes;
use crate::domain::{EARLIEST_DAY, LATEST_DAY};
use chrono::NaiveDate;
use diesel::prelude::{AsChangeset, Insertable};
use serde::Serialize;

/// The derived columns of an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Insertable, AsChangeset)]
#[diesel(table_name = outcomes, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct OutcomeDerived {
    first_day: Option<NaiveDate>,
    last_day: Option<NaiveDate>,
    due_ascending: NaiveDate,
    due_descending: NaiveDate,
}

impl From<&OutcomeInput> for OutcomeDerived {
    fn from(input: &OutcomeInput) -> Self {
        let (first_day, last_day) = input.content.due.days().unzip();
        Self {
            first_day,
            last_day,
            due_ascending: first_day.unwrap_or(LATEST_DAY),
            due_descending: first_day.unwrap_or(EARLIEST_DAY),
        }
    }
}
