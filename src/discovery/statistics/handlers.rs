//! The handler of the statistics.

use super::lists::Lists;
use super::model::Statistics;
use super::reading;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::versioned::Tagged;
use crate::conventions::resource::selection::Selection;
use crate::resources::plans::PlanFilter;
use actix_web::HttpRequest;

/// `GET /v1/stats`
pub async fn fetch(
    request: HttpRequest,
    context: Context,
    selection: Selection<PlanFilter>,
) -> Result<Tagged<Statistics>, Problem> {
    let lists = Lists::new(request.query_string());
    let value = reading::read(&context, selection, &lists).await?;
    let header = None;
    Ok(Tagged { value, header })
}
