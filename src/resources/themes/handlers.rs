//! The HTTP of themes: each handler's arguments are its contract.

use super::model::{Theme, ThemeFilter, ThemeSort};
use crate::conventions::bulk::export::{self, ByteOrderMark, Csv, LineContent, Ndjson};
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::http::query::Query;
use crate::conventions::paging::Page;
use crate::conventions::reading::fetch::{self, Target};
use crate::conventions::reading::fields::Fields;
use crate::conventions::reading::list;
use crate::conventions::reading::versioned::Versioned;
use crate::conventions::resource::selection::Selection;
use crate::conventions::writing::commands;
use crate::conventions::writing::input::{Body, Patch};
use crate::conventions::writing::precondition::Precondition;
use actix_web::{HttpRequest, HttpResponse, Responder};

/// `GET /v1/themes`
pub async fn list(
    request: HttpRequest,
    context: Context,
    selection: Selection<ThemeFilter>,
    page: Page<ThemeSort>,
) -> Result<impl Responder, Problem> {
    let list = list::list::<Theme>(&context, selection, page).await?;
    list::respond(&request, &context, list).await
}

/// `POST /v1/themes`
pub async fn create(context: Context, body: Body<Theme>) -> Result<Versioned<Theme>, Problem> {
    commands::create(&context, body.0)
        .await
        .map(Versioned::created)
}

/// `GET /v1/themes/{theme_id}`
pub async fn fetch(context: Context, target: Target<Theme>) -> Result<Versioned<Theme>, Problem> {
    fetch::fetch(&context, &target).await.map(Versioned::new)
}

/// `PUT /v1/themes/{theme_id}`
pub async fn replace(
    context: Context,
    target: Target<Theme>,
    precondition: Precondition,
    body: Body<Theme>,
) -> Result<Versioned<Theme>, Problem> {
    commands::replace(&context, &target, &precondition, body.0)
        .await
        .map(Versioned::new)
}

/// `PATCH /v1/themes/{theme_id}`
pub async fn patch(
    context: Context,
    target: Target<Theme>,
    precondition: Precondition,
    patch: Patch<Theme>,
) -> Result<Versioned<Theme>, Problem> {
    commands::amend(&context, &target, &precondition, patch)
        .await
        .map(Versioned::new)
}

/// `DELETE /v1/themes/{theme_id}`
pub async fn delete(
    context: Context,
    target: Target<Theme>,
    precondition: Precondition,
) -> Result<HttpResponse, Problem> {
    commands::remove(&context, &target, &precondition).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /v1/exports/themes.ndjson`
pub async fn export_ndjson(
    context: Context,
    selection: Selection<ThemeFilter>,
    fields: Fields,
    content: Query<LineContent>,
) -> Result<HttpResponse, Problem> {
    export::stream::<Theme, _>(&context, selection, Ndjson::new(fields, &content.0)).await
}

/// `GET /v1/exports/themes.csv`
pub async fn export_csv(
    context: Context,
    selection: Selection<ThemeFilter>,
    mark: Query<ByteOrderMark>,
) -> Result<HttpResponse, Problem> {
    export::stream::<Theme, _>(&context, selection, Csv::new(&mark.0)).await
}
