//! The columns of an activity that are derived from its document.
//!
//! One rule: they depend on the document alone, so whoever writes a row can derive them.

use super::model::ActivityInput;
use crate::database::SearchVector;
use crate::database::schema::activities;
use crate::domain::folding::fold;
use crate::domain::words::{Vector, Weight};
use crate::domain::{EARLIEST_DAY, LATEST_DAY};
use crate::resources::references::organisation;
use chrono::NaiveDate;
use diesel::prelude::{AsChangeset, Insertable};
use serde::Serialize;

/// The derived columns of an activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Insertable, AsChangeset)]
#[diesel(table_name = activities, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ActivityDerived {
    folded_title: String,
    search: SearchVector,
    first_day: Option<NaiveDate>,
    last_day: Option<NaiveDate>,
    date_ascending: NaiveDate,
    date_descending: NaiveDate,
}

impl From<&ActivityInput> for ActivityDerived {
    fn from(input: &ActivityInput) -> Self {
        let (first_day, last_day) = input.content.date.days().unzip();
        Self {
            folded_title: fold(&input.content.title),
            search: SearchVector(words(input).lexemes()),
            first_day,
            last_day,
            date_ascending: first_day.unwrap_or(LATEST_DAY),
            date_descending: first_day.unwrap_or(EARLIEST_DAY),
        }
    }
}

/// The words by which an activity is found.
fn words(input: &ActivityInput) -> Vector {
    let content = &input.content;
    let texts = content.description.iter().chain(&content.outputs);
    let organisations = organisation::names(&content.organisations);
    Vector::default()
        .name(&content.title)
        .texts(Weight::Content, texts)
        .texts(
            Weight::Detail,
            organisations.iter().copied().chain(&content.note),
        )
        .organisations(organisations)
}
