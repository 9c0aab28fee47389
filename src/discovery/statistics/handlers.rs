//! The HTTP of the statistics.

use super::model::Statistics;
use super::queries;
use crate::conventions::context::Context;
use crate::conventions::problem::Problem;
use crate::conventions::query::Filter;
use crate::conventions::resource::Resource;
use crate::conventions::revision::Tagged;
use crate::database::Connection;
use crate::resources::plans::{Plan, PlanFilter};

/// `GET /v1/stats`
pub async fn fetch(
    context: Context,
    filter: Filter<PlanFilter>,
) -> Result<Tagged<Statistics>, Problem> {
    Plan::settle(&context.database, &filter.0).await?;
    let count = async |connection: &Connection| queries::count(connection, &filter.0).await;
    Ok(Tagged {
        value: context.database.snapshot(count).await?,
        header: None,
    })
}
