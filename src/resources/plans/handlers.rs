//! The HTTP of plans: each handler's arguments are its contract.

use super::findings;
use super::map::Lines;
use super::model::{Plan, PlanFilter, PlanSort};
use crate::conventions::bulk::export::{self, ByteOrderMark, Csv, LineContent, Ndjson};
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::http::query::Query;
use crate::conventions::paging::Page;
use crate::conventions::reading::fetch::{self, Target};
use crate::conventions::reading::fields::Fields;
use crate::conventions::reading::list;
use crate::conventions::reading::versioned::Versioned;
use crate::conventions::resource::Key;
use crate::conventions::resource::selection::Selection;
use crate::conventions::writing::commands;
use crate::conventions::writing::input::{Body, Patch};
use crate::conventions::writing::precondition::Precondition;
use crate::domain::RecordKind;
use actix_web::{HttpRequest, HttpResponse, Responder};

/// `GET /v1/plans`
pub async fn list(
    request: HttpRequest,
    context: Context,
    selection: Selection<PlanFilter>,
    page: Page<PlanSort>,
) -> Result<impl Responder, Problem> {
    findings::refresh(&context, &selection.filter).await?;
    let list = list::list::<Plan>(&context, selection, page).await?;
    list::respond(&request, &context, list).await
}

/// `GET /v1/cities/{city_id}/plans`
pub async fn list_of_city(
    request: HttpRequest,
    context: Context,
    mut selection: Selection<PlanFilter>,
    page: Page<PlanSort>,
) -> Result<impl Responder, Problem> {
    selection.filter.within_city = Key::from_path(&request, RecordKind::City)?.into();
    findings::refresh(&context, &selection.filter).await?;
    let list = list::list::<Plan>(&context, selection, page).await?;
    list::respond(&request, &context, list).await
}

/// `POST /v1/plans`
pub async fn create(context: Context, body: Body<Plan>) -> Result<Versioned<Plan>, Problem> {
    commands::create(&context, body.0)
        .await
        .map(Versioned::created)
}

/// `GET /v1/plans/{plan_id}`
pub async fn fetch(
    request: HttpRequest,
    context: Context,
    target: Target<Plan>,
) -> Result<Versioned<Plan>, Problem> {
    let record = fetch::fetch(&context, &target).await?;
    Versioned::with_included(&context, &request, record).await
}

/// `PUT /v1/plans/{plan_id}`
pub async fn replace(
    context: Context,
    target: Target<Plan>,
    precondition: Precondition,
    body: Body<Plan>,
) -> Result<Versioned<Plan>, Problem> {
    commands::replace(&context, &target, &precondition, body.0)
        .await
        .map(Versioned::new)
}

/// `PATCH /v1/plans/{plan_id}`
pub async fn patch(
    context: Context,
    target: Target<Plan>,
    precondition: Precondition,
    patch: Patch<Plan>,
) -> Result<Versioned<Plan>, Problem> {
    commands::amend(&context, &target, &precondition, patch)
        .await
        .map(Versioned::new)
}

/// `DELETE /v1/plans/{plan_id}`
pub async fn delete(
    context: Context,
    target: Target<Plan>,
    precondition: Precondition,
) -> Result<HttpResponse, Problem> {
    commands::remove(&context, &target, &precondition).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /v1/exports/plans.ndjson`
pub async fn export_ndjson(
    context: Context,
    selection: Selection<PlanFilter>,
    fields: Fields,
    content: Query<LineContent>,
) -> Result<HttpResponse, Problem> {
    findings::refresh(&context, &selection.filter).await?;
    export::stream::<Plan, _>(&context, selection, Ndjson::new(fields, &content.0)).await
}

/// `GET /v1/exports/plans.csv`
pub async fn export_csv(
    context: Context,
    selection: Selection<PlanFilter>,
    mark: Query<ByteOrderMark>,
) -> Result<HttpResponse, Problem> {
    findings::refresh(&context, &selection.filter).await?;
    export::stream::<Plan, _>(&context, selection, Csv::new(&mark.0)).await
}

/// `GET /v1/exports/plans.geojson`
pub async fn export_geojson(
    context: Context,
    selection: Selection<PlanFilter>,
) -> Result<HttpResponse, Problem> {
    findings::refresh(&context, &selection.filter).await?;
    export::stream::<Plan, _>(&context, selection, Lines::default()).await
}
