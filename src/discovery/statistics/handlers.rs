//! The handler of the statistics.

use super::model::Statistics;
use super::reading;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::versioned::Tagged;
use crate::conventions::resource::selection::Selection;
use crate::resources::plans::PlanFilter;

/// `GET /v1/stats`
pub async fn fetch(
    context: Context,
    selection: Selection<PlanFilter>,
) -> Result<Tagged<Statistics>, Problem> {
    let value = reading::read(&context, selection).await?;
    let header = None;
    Ok(Tagged { value, header })
}
