//! The columns of a plan that are derived from its document.
//!
//! One rule: they depend on the document alone, so whoever writes a row can derive them.

use super::model::PlanInput;
use crate::database::SearchVector;
use crate::database::schema::plans;
use crate::domain::folding::fold;
use crate::domain::words::{Vector, Weight};
use crate::domain::{EARLIEST_DAY, LATEST_DAY, PartialDate};
use chrono::NaiveDate;
use diesel::prelude::{AsChangeset, Insertable};
use serde::Serialize;

/// The derived columns of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Insertable, AsChangeset)]
#[diesel(table_name = plans, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct PlanDerived {
    folded_title: String,
    search: SearchVector,
    first_day: Option<NaiveDate>,
    last_day: Option<NaiveDate>,
    period_start_ascending: NaiveDate,
    period_start_descending: NaiveDate,
}

impl From<&PlanInput> for PlanDerived {
    fn from(input: &PlanInput) -> Self {
        let period = &input.period;
        let start = period.start.map(PartialDate::earliest);
        let end = period.end.map(PartialDate::latest);
        let is_dated = start.is_some() || end.is_some();
        Self {
            folded_title: fold(&input.title),
            search: SearchVector(words(input).lexemes()),
            // A period without a start or without an end is open on that side.
            first_day: is_dated.then(|| start.unwrap_or(EARLIEST_DAY)),
            last_day: is_dated.then(|| end.unwrap_or(LATEST_DAY)),
            period_start_ascending: start.unwrap_or(LATEST_DAY),
            period_start_descending: start.unwrap_or(EARLIEST_DAY),
        }
    }
}

/// The words by which a plan is found.
fn words(input: &PlanInput) -> Vector {
    let labels = input.themes.iter().filter_map(|theme| theme.label.as_ref());
    let topics = input.topics.iter().filter_map(|topic| topic.label.as_ref());
    let focus = input.themes.iter().flat_map(|theme| &theme.focus);
    let content = input.objectives.iter().chain(&input.challenges);
    let focus = focus.filter_map(|focus| focus.text.as_ref());
    let content = content.chain(labels).chain(topics).chain(focus);
    let relations = input.relations.iter();
    let relations = relations.filter_map(|relation| relation.text.as_ref());
    let details = input.programme.iter().chain(&input.note).chain(relations);
    Vector::default()
        .name(&input.title)
        .texts(Weight::Content, content)
        .texts(Weight::Detail, details)
}
