//! The HTTP of the statistics.

use super::model::{self, Statistics};
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::http::query::Filter;
use crate::conventions::revision::Tagged;
use crate::resources::plans::PlanFilter;

/// `GET /v1/stats`
pub async fn fetch(
    context: Context,
    filter: Filter<PlanFilter>,
) -> Result<Tagged<Statistics>, Problem> {
    Ok(Tagged {
        value: model::read(&context, &filter.0).await?,
        header: None,
    })
}
