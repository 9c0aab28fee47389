//! The HTTP of the statistics.

use super::model::{self, Statistics};
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::filter::Selection;
use crate::conventions::revision::Tagged;
use crate::resources::plans::PlanFilter;

/// `GET /v1/stats`
pub async fn fetch(
    context: Context,
    selection: Selection<PlanFilter>,
) -> Result<Tagged<Statistics>, Problem> {
    Ok(Tagged {
        value: model::read(&context, selection).await?,
        header: None,
    })
}
