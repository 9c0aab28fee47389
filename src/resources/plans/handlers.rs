//! The HTTP of plans: each handler's arguments are its contract.

use super::map::Lines;
use super::model::{Plan, PlanFilter};
use crate::conventions::body::{Body, Patch};
use crate::conventions::context::Context;
use crate::conventions::export::{self, ByteOrderMark, Csv, LineContent, Ndjson};
use crate::conventions::fields::Fields;
use crate::conventions::paging::{self, Page};
use crate::conventions::problem::Problem;
use crate::conventions::query::Filter;
use crate::conventions::reading::versioned::Versioned;
use crate::conventions::resource::{self, Key, Target};
use crate::conventions::writing::precondition::Precondition;
use actix_web::{HttpRequest, HttpResponse, Responder};

/// `GET /v1/plans`
pub async fn list(
    request: HttpRequest,
    context: Context,
    filter: Filter<PlanFilter>,
    page: Page<Plan>,
) -> Result<impl Responder, Problem> {
    let list = resource::list(&context, &filter.0, page).await?;
    paging::respond(&request, &context, list).await
}

/// `GET /v1/cities/{city_id}/plans`
pub async fn list_of_city(
    request: HttpRequest,
    context: Context,
    filter: Filter<PlanFilter>,
    page: Page<Plan>,
) -> Result<impl Responder, Problem> {
    let filter = PlanFilter {
        within_city: Some(Key::of_path_in(&request, "city")?),
        ..filter.0
    };
    let list = resource::list(&context, &filter, page).await?;
    paging::respond(&request, &context, list).await
}

/// `POST /v1/plans`
pub async fn create(context: Context, body: Body<Plan>) -> Result<Versioned<Plan>, Problem> {
    resource::create(&context, body.0)
        .await
        .map(Versioned::created)
}

/// `GET /v1/plans/{plan_id}`
pub async fn fetch(
    request: HttpRequest,
    context: Context,
    target: Target<Plan>,
) -> Result<Versioned<Plan>, Problem> {
    let record = resource::fetch(&context, &target).await?;
    Versioned::with_included(&context, &request, record).await
}

/// `PUT /v1/plans/{plan_id}`
pub async fn replace(
    context: Context,
    target: Target<Plan>,
    precondition: Precondition,
    body: Body<Plan>,
) -> Result<Versioned<Plan>, Problem> {
    resource::replace(&context, &target, &precondition, body.0)
        .await
        .map(Versioned::of)
}

/// `PATCH /v1/plans/{plan_id}`
pub async fn patch(
    context: Context,
    target: Target<Plan>,
    precondition: Precondition,
    patch: Patch<Plan>,
) -> Result<Versioned<Plan>, Problem> {
    resource::amend(&context, &target, &precondition, patch)
        .await
        .map(Versioned::of)
}

/// `DELETE /v1/plans/{plan_id}`
pub async fn delete(
    context: Context,
    target: Target<Plan>,
    precondition: Precondition,
) -> Result<HttpResponse, Problem> {
    resource::remove(&context, &target, &precondition).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /v1/exports/plans.ndjson`
pub async fn export_ndjson(
    context: Context,
    filter: Filter<PlanFilter>,
    fields: Fields,
    content: Filter<LineContent>,
) -> Result<HttpResponse, Problem> {
    export::stream::<Plan, _>(&context, filter.0, Ndjson::of(fields, &content.0)).await
}

/// `GET /v1/exports/plans.csv`
pub async fn export_csv(
    context: Context,
    filter: Filter<PlanFilter>,
    mark: Filter<ByteOrderMark>,
) -> Result<HttpResponse, Problem> {
    export::stream::<Plan, _>(&context, filter.0, Csv::of(&mark.0)).await
}

/// `GET /v1/exports/plans.geojson`
pub async fn export_geojson(
    context: Context,
    filter: Filter<PlanFilter>,
) -> Result<HttpResponse, Problem> {
    export::stream::<Plan, _>(&context, filter.0, Lines::default()).await
}
