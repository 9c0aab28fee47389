//! The HTTP of the statistics.

use super::model::Statistics;
use super::queries;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::versioned::Tagged;
use crate::conventions::resource::filter::ListFilter;
use crate::conventions::resource::selection::Selection;
use crate::database::Connection;
use crate::resources::plans::PlanFilter;

/// `GET /v1/stats`
pub async fn fetch(
    context: Context,
    mut selection: Selection<PlanFilter>,
) -> Result<Tagged<Statistics>, Problem> {
    selection.filter.refresh(&context.database).await?;
    let count = async |connection: &Connection| {
        selection.resolve(connection).await?;
        Ok::<Statistics, Problem>(queries::count(connection, &selection).await?)
    };
    let value = context.database.snapshot(count).await?;
    let header = None;
    Ok(Tagged { value, header })
}
