//! The HTTP of activities: each handler's arguments are its contract.

use super::calendar::Calendar;
use super::model::{Activity, ActivityFilter, ActivitySort};
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

/// `GET /v1/activities`
pub async fn list(
    request: HttpRequest,
    context: Context,
    selection: Selection<ActivityFilter>,
    page: Page<ActivitySort>,
) -> Result<impl Responder, Problem> {
    let list = list::list::<Activity>(&context, selection, page).await?;
    list::respond(&request, &context, list).await
}

/// `GET /v1/plans/{plan_id}/activities`, in the order of the plan unless told otherwise.
pub async fn list_of_plan(
    request: HttpRequest,
    context: Context,
    mut selection: Selection<ActivityFilter>,
) -> Result<impl Responder, Problem> {
    let page = Page::<ActivitySort>::sorted_by(&request, ActivitySort::Position)?;
    selection.filter.within_plan = Key::from_path(&request, RecordKind::Plan)?.into();
    let list = list::list::<Activity>(&context, selection, page).await?;
    list::respond(&request, &context, list).await
}

/// `POST /v1/activities`
pub async fn create(
    context: Context,
    body: Body<Activity>,
) -> Result<Versioned<Activity>, Problem> {
    commands::create(&context, body.0)
        .await
        .map(Versioned::created)
}

/// `GET /v1/activities/{activity_id}`
pub async fn fetch(
    request: HttpRequest,
    context: Context,
    target: Target<Activity>,
) -> Result<Versioned<Activity>, Problem> {
    let record = fetch::fetch(&context, &target).await?;
    Versioned::with_included(&context, &request, record).await
}

/// `PUT /v1/activities/{activity_id}`
pub async fn replace(
    context: Context,
    target: Target<Activity>,
    precondition: Precondition,
    body: Body<Activity>,
) -> Result<Versioned<Activity>, Problem> {
    commands::replace(&context, &target, &precondition, body.0)
        .await
        .map(Versioned::new)
}

/// `PATCH /v1/activities/{activity_id}`
pub async fn patch(
    context: Context,
    target: Target<Activity>,
    precondition: Precondition,
    patch: Patch<Activity>,
) -> Result<Versioned<Activity>, Problem> {
    commands::amend(&context, &target, &precondition, patch)
        .await
        .map(Versioned::new)
}

/// `DELETE /v1/activities/{activity_id}`
pub async fn delete(
    context: Context,
    target: Target<Activity>,
    precondition: Precondition,
) -> Result<HttpResponse, Problem> {
    commands::remove(&context, &target, &precondition).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /v1/exports/activities.ndjson`
pub async fn export_ndjson(
    context: Context,
    selection: Selection<ActivityFilter>,
    fields: Fields,
    content: Query<LineContent>,
) -> Result<HttpResponse, Problem> {
    export::stream::<Activity, _>(&context, selection, Ndjson::new(fields, &content.0)).await
}

/// `GET /v1/exports/activities.csv`
pub async fn export_csv(
    context: Context,
    selection: Selection<ActivityFilter>,
    mark: Query<ByteOrderMark>,
) -> Result<HttpResponse, Problem> {
    export::stream::<Activity, _>(&context, selection, Csv::new(&mark.0)).await
}

/// `GET /v1/exports/activities.ics`
pub async fn export_ics(
    context: Context,
    selection: Selection<ActivityFilter>,
) -> Result<HttpResponse, Problem> {
    let calendar = Calendar {
        public_url: context.public_url.clone(),
    };
    export::stream::<Activity, _>(&context, selection, calendar).await
}
