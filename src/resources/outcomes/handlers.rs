//! The HTTP of outcomes: each handler's arguments are its contract.

use super::model::{Outcome, OutcomeFilter, OutcomeSort};
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

/// `GET /v1/outcomes`
pub async fn list(
    request: HttpRequest,
    context: Context,
    filter: Filter<OutcomeFilter>,
    page: Page<Outcome>,
) -> Result<impl Responder, Problem> {
    let list = resource::list(&context, &filter.0, page).await?;
    paging::respond(&request, &context, list).await
}

/// `GET /v1/plans/{plan_id}/outcomes`, in the order of the plan unless told otherwise.
pub async fn list_of_plan(
    request: HttpRequest,
    context: Context,
    filter: Filter<OutcomeFilter>,
) -> Result<impl Responder, Problem> {
    let page = Page::<Outcome>::sorted_by(&request, OutcomeSort::Position)?;
    let filter = OutcomeFilter {
        within_plan: Some(Key::of_path_in(&request, "plan")?),
        ..filter.0
    };
    let list = resource::list(&context, &filter, page).await?;
    paging::respond(&request, &context, list).await
}

/// `POST /v1/outcomes`
pub async fn create(context: Context, body: Body<Outcome>) -> Result<Versioned<Outcome>, Problem> {
    resource::create(&context, body.0)
        .await
        .map(Versioned::created)
}

/// `GET /v1/outcomes/{outcome_id}`
pub async fn fetch(
    request: HttpRequest,
    context: Context,
    target: Target<Outcome>,
) -> Result<Versioned<Outcome>, Problem> {
    let record = resource::fetch(&context, &target).await?;
    Versioned::with_included(&context, &request, record).await
}

/// `PUT /v1/outcomes/{outcome_id}`
pub async fn replace(
    context: Context,
    target: Target<Outcome>,
    precondition: Precondition,
    body: Body<Outcome>,
) -> Result<Versioned<Outcome>, Problem> {
    resource::replace(&context, &target, &precondition, body.0)
        .await
        .map(Versioned::of)
}

/// `PATCH /v1/outcomes/{outcome_id}`
pub async fn patch(
    context: Context,
    target: Target<Outcome>,
    precondition: Precondition,
    patch: Patch<Outcome>,
) -> Result<Versioned<Outcome>, Problem> {
    resource::amend(&context, &target, &precondition, patch)
        .await
        .map(Versioned::of)
}

/// `DELETE /v1/outcomes/{outcome_id}`
pub async fn delete(
    context: Context,
    target: Target<Outcome>,
    precondition: Precondition,
) -> Result<HttpResponse, Problem> {
    resource::remove(&context, &target, &precondition).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /v1/exports/outcomes.ndjson`
pub async fn export_ndjson(
    context: Context,
    filter: Filter<OutcomeFilter>,
    fields: Fields,
    content: Filter<LineContent>,
) -> Result<HttpResponse, Problem> {
    export::stream::<Outcome, _>(&context, filter.0, Ndjson::of(fields, &content.0)).await
}

/// `GET /v1/exports/outcomes.csv`
pub async fn export_csv(
    context: Context,
    filter: Filter<OutcomeFilter>,
    mark: Filter<ByteOrderMark>,
) -> Result<HttpResponse, Problem> {
    export::stream::<Outcome, _>(&context, filter.0, Csv::of(&mark.0)).await
}
