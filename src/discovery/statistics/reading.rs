//! The statistics of the plans that match the filters.

use super::lists::Lists;
use super::model::{PlanCounts, Statistics};
use super::queries;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::filter::ListFilter;
use crate::conventions::resource::selection::Selection;
use crate::database::Connection;
use crate::resources::plans::PlanFilter;

/// Counts the plans that the filters select.
///
/// # Errors
/// 400 if a filter names a record that does not exist, 503.
pub async fn read(
    context: &Context,
    mut selection: Selection<PlanFilter>,
    lists: &Lists,
) -> Result<Statistics, Problem> {
    selection.filter.refresh(&context.database).await?;
    let count = async |connection: &Connection| {
        selection.resolve(connection).await?;
        Ok::<Statistics, Problem>(queries::count(connection, &selection, lists).await?)
    };
    context.database.snapshot(count).await
}

/// Counts all plans by their own properties.
///
/// # Errors
/// 503.
pub async fn count_all(context: &Context) -> Result<PlanCounts, Problem> {
    let (selection, lists) = (Selection::default(), Lists::default());
    let count = async |connection: &Connection| {
        let counted = queries::count_plans(connection, &selection, &lists).await?;
        Ok::<PlanCounts, Problem>(counted)
    };
    context.database.snapshot(count).await
}
