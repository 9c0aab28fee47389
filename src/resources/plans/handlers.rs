//! The handlers that only plans have. The arguments of a handler state what it takes from the request.

use super::filter::PlanFilter;
use super::map::Lines;
use super::model::Plan;
use crate::conventions::bulk::export;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::selection::Selection;
use actix_web::HttpResponse;

/// `GET /v1/exports/plans.geojson`
pub async fn export_geojson(
    context: Context,
    selection: Selection<PlanFilter>,
) -> Result<HttpResponse, Problem> {
    export::stream::<Plan, _>(&context, selection, Lines::default()).await
}
