//! The columns of an outcome that are derived from its document.
//!
//! One rule: they depend on the document alone, so whoever writes a row can derive them.

use super::model::OutcomeInput;
use crate::database::SearchVector;
use crate::database::schema::outcomes;
use crate::domain::folding::fold;
use crate::domain::words::{Vector, Weight};
use crate::domain::{EARLIEST_DAY, LATEST_DAY};
use crate::resources::references::organisation;
use chrono::NaiveDate;
use diesel::prelude::{AsChangeset, Insertable};
use serde::Serialize;

/// The derived columns of an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Insertable, AsChangeset)]
#[diesel(table_name = outcomes, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct OutcomeDerived {
    folded_heading: String,
    search: SearchVector,
    first_day: Option<NaiveDate>,
    last_day: Option<NaiveDate>,
    due_ascending: NaiveDate,
    due_descending: NaiveDate,
}

impl From<&OutcomeInput> for OutcomeDerived {
    fn from(input: &OutcomeInput) -> Self {
        let (first_day, last_day) = input.content.due.days().unzip();
        Self {
            folded_heading: fold(input.content.heading.as_deref().unwrap_or_default()),
            search: SearchVector(words(input).lexemes()),
            first_day,
            last_day,
            due_ascending: first_day.unwrap_or(LATEST_DAY),
            due_descending: first_day.unwrap_or(EARLIEST_DAY),
        }
    }
}

/// The words by which an outcome is found.
fn words(input: &OutcomeInput) -> Vector {
    let content = &input.content;
    let indicators = content.indicators.iter().map(|indicator| &indicator.name);
    let organisations = organisation::names(&content.organisations);
    let details = organisations.iter().copied().chain(indicators);
    Vector::default()
        .name(content.heading.as_deref().unwrap_or_default())
        .texts(Weight::Content, [&content.description])
        .texts(Weight::Detail, details.chain(&content.note))
        .organisations(organisations)
}
