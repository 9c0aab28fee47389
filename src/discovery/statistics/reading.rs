//! The statistics of the plans that match the filters.

use super::model::Statistics;
use super::queries;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::filter::ListFilter;
use crate::conventions::resource::selection::Selection;
use crate::database::Connection;
use crate::resources::plans::PlanFilter;

/// Counts plans.
///
/// # Errors
/// 400 if a filter names a record that does not exist, 503.
pub async fn read(
    context: &Context,
    mut selection: Selection<PlanFilter>,
) -> Result<Statistics, Problem> {
    selection.filter.refresh(&context.database).await?;
    let count = async |connection: &Connection| {
        selection.resolve(connection).await?;
        Ok::<Statistics, Problem>(queries::count(connection, &selection).await?)
    };
    context.database.snapshot(count).await
}
