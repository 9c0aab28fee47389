//! The HTTP of themes: each handler's arguments are its contract.

use super::model::{Theme, ThemeFilter};
use crate::conventions::body::{Body, Patch};
use crate::conventions::context::Context;
use crate::conventions::export::{self, ByteOrderMark, Csv, LineContent, Ndjson};
use crate::conventions::fields::Fields;
use crate::conventions::paging::{self, Page};
use crate::conventions::problem::Problem;
use crate::conventions::query::Filter;
use crate::conventions::reading::versioned::Versioned;
use crate::conventions::resource::{self, Target};
use crate::conventions::writing::precondition::Precondition;
use actix_web::{HttpRequest, HttpResponse, Responder};

/// `GET /v1/themes`
pub async fn list(
    request: HttpRequest,
    context: Context,
    filter: Filter<ThemeFilter>,
    page: Page<Theme>,
) -> Result<impl Responder, Problem> {
    let list = resource::list(&context, &filter.0, page).await?;
    paging::respond(&request, &context, list).await
}

/// `POST /v1/themes`
pub async fn create(context: Context, body: Body<Theme>) -> Result<Versioned<Theme>, Problem> {
    resource::create(&context, body.0)
        .await
        .map(Versioned::created)
}

/// `GET /v1/themes/{theme_id}`
pub async fn fetch(context: Context, target: Target<Theme>) -> Result<Versioned<Theme>, Problem> {
    resource::fetch(&context, &target).await.map(Versioned::of)
}

/// `PUT /v1/themes/{theme_id}`
pub async fn replace(
    context: Context,
    target: Target<Theme>,
    precondition: Precondition,
    body: Body<Theme>,
) -> Result<Versioned<Theme>, Problem> {
    resource::replace(&context, &target, &precondition, body.0)
        .await
        .map(Versioned::of)
}

/// `PATCH /v1/themes/{theme_id}`
pub async fn patch(
    context: Context,
    target: Target<Theme>,
    precondition: Precondition,
    patch: Patch<Theme>,
) -> Result<Versioned<Theme>, Problem> {
    resource::amend(&context, &target, &precondition, patch)
        .await
        .map(Versioned::of)
}

/// `DELETE /v1/themes/{theme_id}`
pub async fn delete(
    context: Context,
    target: Target<Theme>,
    precondition: Precondition,
) -> Result<HttpResponse, Problem> {
    resource::remove(&context, &target, &precondition).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /v1/exports/themes.ndjson`
pub async fn export_ndjson(
    context: Context,
    filter: Filter<ThemeFilter>,
    fields: Fields,
    content: Filter<LineContent>,
) -> Result<HttpResponse, Problem> {
    export::stream::<Theme, _>(&context, filter.0, Ndjson::of(fields, &content.0)).await
}

/// `GET /v1/exports/themes.csv`
pub async fn export_csv(
    context: Context,
    filter: Filter<ThemeFilter>,
    mark: Filter<ByteOrderMark>,
) -> Result<HttpResponse, Problem> {
    export::stream::<Theme, _>(&context, filter.0, Csv::of(&mark.0)).await
}
