//! A page of organisations.

use super::model::{OrganisationPage, OrganisationParameters};
use super::queries::{self, Found, NamedBy};
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::paging::Start;
use crate::conventions::resource::selection::Selection;
use crate::database::Connection;
use crate::database::sql::Conditions;
use crate::database::sql::full_text::SearchMode;
use crate::domain::folding::fold;
use crate::resources::activities::{Activity, ActivityFilter};
use crate::resources::outcomes::{Outcome, OutcomeFilter};
use crate::resources::references::PlanCount;
use uuid::Uuid;

/// Reads a page of organisations.
///
/// # Errors
/// 400 if a filter names a record that does not exist, 503.
pub async fn read(
    context: &Context,
    mut activities: Selection<ActivityFilter>,
    parameters: &OrganisationParameters,
    start: &Start,
) -> Result<OrganisationPage, Problem> {
    let part = parameters.name.as_ref().map(|name| fold(name));
    let read = async |connection: &Connection| {
        activities.resolve(connection).await?;
        let outcomes = of_outcomes(&activities);
        let mode = activities.search_mode::<Activity>(connection).await?;
        let of_outcomes = || {
            let selected = outcomes.as_ref();
            selected.map_or_else(Conditions::default, |all| all.conditions::<Outcome>(mode))
        };
        let named_by = NamedBy {
            activities: &|| activities.conditions::<Activity>(mode),
            outcomes: outcomes.is_some().then_some(&of_outcomes),
        };
        let by = PlanCount::load(connection).await?;
        let mut found = queries::count(connection, &by, &named_by).await?;
        found.retain(|one| part.as_ref().is_none_or(|part| one.folded.contains(part)));
        let (page, next_cursor) = page(found, start);
        Ok::<_, Problem>(OrganisationPage {
            data: queries::describe(connection, page).await?,
            next_cursor,
        })
    };
    context.database.snapshot(read).await
}

/// The filters of activities as filters of outcomes; `None` if outcomes do not have one of them.
fn of_outcomes(activities: &Selection<ActivityFilter>) -> Option<Selection<OutcomeFilter>> {
    let ActivityFilter {
        within_plan,
        plan,
        parent,
        city,
        city_role,
        theme,
        kind,
        mode,
        status,
        date_from,
        date_to,
        organisation,
    } = &activities.filter;
    let has_others = parent.is_given()
        || !city_role.is_empty()
        || !kind.is_empty()
        || !mode.is_empty()
        || !status.is_empty()
        || date_from.is_some()
        || date_to.is_some();
    (!has_others).then(|| Selection {
        filter: OutcomeFilter {
            within_plan: within_plan.clone(),
            plan: plan.clone(),
            city: city.clone(),
            theme: theme.clone(),
            organisation: organisation.clone(),
            ..OutcomeFilter::default()
        },
        common: activities.common.clone(),
    })
}

/// The organisations of the page, and the cursor of the next page if there is one.
fn page(mut found: Vec<Found>, start: &Start) -> (Vec<Found>, Option<String>) {
    if let Some((last, _)) = &start.after {
        found.retain(|one| one.key() > *last);
    }
    let room = usize::try_from(start.limit).unwrap_or(usize::MAX);
    let has_more = found.len() > room;
    found.truncate(room);
    let last = found.last().filter(|_| has_more);
    let cursor = last.map(|one| start.cursor(&one.key(), Uuid::nil(), SearchMode::FullText));
    (found, cursor)
}
