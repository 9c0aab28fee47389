//! The SQL of the statistics, with one statement for each grouping.
//!
//! One rule: all statements count the same plans, which [`Counted`] selects. Start with [`count`].

mod counted;
mod parts;
mod plans;

use super::lists::Lists;
use super::model::{PlanCounts, Statistics};
use crate::conventions::resource::selection::Selection;
use crate::resources::plans::PlanFilter;
use crate::resources::references::PlanCount;
use counted::Counted;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

/// Counts the plans that the filters select, by their properties.
pub async fn count_plans(
    connection: &AsyncPgConnection,
    selection: &Selection<PlanFilter>,
    lists: &Lists,
) -> QueryResult<PlanCounts> {
    let by = PlanCount::load(connection).await?;
    let counted = Counted::new(connection, selection, &by, lists).await?;
    plans::count(connection, counted).await
}

/// Counts the plans that the filters select, by their properties, their activities and their outcomes.
pub async fn count(
    connection: &AsyncPgConnection,
    selection: &Selection<PlanFilter>,
    lists: &Lists,
) -> QueryResult<Statistics> {
    let by = PlanCount::load(connection).await?;
    let counted = Counted::new(connection, selection, &by, lists).await?;
    Ok(Statistics {
        counts: plans::count(connection, counted).await?,
        by_activity_kind: parts::by_activity_kind(connection, counted).await?,
        by_activity_year: parts::by_activity_year(connection, counted).await?,
        by_organisation: parts::by_organisation(connection, counted).await?,
    })
}
