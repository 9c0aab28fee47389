//! The HTTP of activities: each handler's arguments are its contract.

use super::calendar::Calendar;
use super::model::{Activity, ActivityFilter, ActivitySort};
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

/// `GET /v1/activities`
pub async fn list(
    request: HttpRequest,
    context: Context,
    filter: Filter<ActivityFilter>,
    page: Page<Activity>,
) -> Result<impl Responder, Problem> {
    let list = resource::list(&context, &filter.0, page).await?;
    paging::respond(&request, &context, list).await
}

/// `GET /v1/plans/{plan_id}/activities`, in the order of the plan unless told otherwise.
pub async fn list_of_plan(
    request: HttpRequest,
    context: Context,
    filter: Filter<ActivityFilter>,
) -> Result<impl Responder, Problem> {
    let page = Page::<Activity>::sorted_by(&request, ActivitySort::Position)?;
    let filter = ActivityFilter {
        within_plan: Some(Key::of_path_in(&request, "plan")?),
        ..filter.0
    };
    let list = resource::list(&context, &filter, page).await?;
    paging::respond(&request, &context, list).await
}

/// `POST /v1/activities`
pub async fn create(
    context: Context,
    body: Body<Activity>,
) -> Result<Versioned<Activity>, Problem> {
    resource::create(&context, body.0)
        .await
        .map(Versioned::created)
}

/// `GET /v1/activities/{activity_id}`
pub async fn fetch(
    request: HttpRequest,
    context: Context,
    target: Target<Activity>,
) -> Result<Versioned<Activity>, Problem> {
    let record = resource::fetch(&context, &target).await?;
    Versioned::with_included(&context, &request, record).await
}

/// `PUT /v1/activities/{activity_id}`
pub async fn replace(
    context: Context,
    target: Target<Activity>,
    precondition: Precondition,
    body: Body<Activity>,
) -> Result<Versioned<Activity>, Problem> {
    resource::replace(&context, &target, &precondition, body.0)
        .await
        .map(Versioned::of)
}

/// `PATCH /v1/activities/{activity_id}`
pub async fn patch(
    context: Context,
    target: Target<Activity>,
    precondition: Precondition,
    patch: Patch<Activity>,
) -> Result<Versioned<Activity>, Problem> {
    resource::amend(&context, &target, &precondition, patch)
        .await
        .map(Versioned::of)
}

/// `DELETE /v1/activities/{activity_id}`
pub async fn delete(
    context: Context,
    target: Target<Activity>,
    precondition: Precondition,
) -> Result<HttpResponse, Problem> {
    resource::remove(&context, &target, &precondition).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /v1/exports/activities.ndjson`
pub async fn export_ndjson(
    context: Context,
    filter: Filter<ActivityFilter>,
    fields: Fields,
    content: Filter<LineContent>,
) -> Result<HttpResponse, Problem> {
    export::stream::<Activity, _>(&context, filter.0, Ndjson::of(fields, &content.0)).await
}

/// `GET /v1/exports/activities.csv`
pub async fn export_csv(
    context: Context,
    filter: Filter<ActivityFilter>,
    mark: Filter<ByteOrderMark>,
) -> Result<HttpResponse, Problem> {
    export::stream::<Activity, _>(&context, filter.0, Csv::of(&mark.0)).await
}

/// `GET /v1/exports/activities.ics`
pub async fn export_ics(
    context: Context,
    filter: Filter<ActivityFilter>,
) -> Result<HttpResponse, Problem> {
    let calendar = Calendar {
        public_url: context.public_url.clone(),
    };
    export::stream::<Activity, _>(&context, filter.0, calendar).await
}
