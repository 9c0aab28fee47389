//! The HTTP of the statistics.

use super::counts::{self, Statistics};
use crate::conventions::context::Context;
use crate::conventions::problem::Problem;
use crate::conventions::query::Filter;
use crate::conventions::reading::versioned::Tagged;
use crate::resources::plans::PlanFilter;

/// `GET /v1/stats`
pub async fn fetch(
    context: Context,
    filter: Filter<PlanFilter>,
) -> Result<Tagged<Statistics>, Problem> {
    Ok(Tagged {
        value: counts::read(&context, &filter.0).await?,
        header: None,
    })
}
