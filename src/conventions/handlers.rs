//! The handlers that all resources share. The arguments of a handler state what it takes from the request.
//!
//! One rule: a slice has its own handlers only for operations that no other resource has.
//! [`Routes::for_resource`](super::routes::Routes::for_resource) registers the handlers; start there. The paths below are those
//! of cities, as an example.

use super::bulk::export::{self, Csv, LineContent, Ndjson, TableOptions, Tabular};
use super::context::Context;
use super::http::problem::Problem;
use super::http::query::Query;
use super::paging::Page;
use super::reading::fetch::{self, Target};
use super::reading::fields::Fields;
use super::reading::list;
use super::reading::versioned::Versioned;
use super::resource::selection::Selection;
use super::resource::{Key, Nested, Readable, Writable};
use super::writing::commands;
use super::writing::input::{Body, Patch};
use super::writing::precondition::Precondition;
use actix_web::{HttpRequest, HttpResponse, Responder};

/// `GET /v1/cities`
///
/// # Errors
/// 400 if a filter names a record that does not exist, 503.
pub async fn list<R: Readable>(
    request: HttpRequest,
    context: Context,
    selection: Selection<R::Filter>,
    page: Page<R::Sort>,
) -> Result<impl Responder, Problem> {
    let list = list::list::<R>(&context, selection, page).await?;
    list::respond(&request, &context, list).await
}

/// `GET /v1/cities/{city_id}/plans`
///
/// # Errors
/// 400 if a filter names a record that does not exist, 404, 503.
pub async fn list_nested<R: Nested>(
    request: HttpRequest,
    context: Context,
    mut selection: Selection<R::Filter>,
) -> Result<impl Responder, Problem> {
    let page = Page::sorted_by(&request, R::SORT)?;
    *R::parent(&mut selection.filter) = Key::from_path(&request, R::PARENT)?.into();
    let list = list::list::<R>(&context, selection, page).await?;
    list::respond(&request, &context, list).await
}

/// `POST /v1/cities`
///
/// # Errors
/// 409, 503.
pub async fn create<R: Writable>(context: Context, body: Body<R>) -> Result<Versioned<R>, Problem> {
    let Body { input, named } = body;
    let created = commands::create(&context, input).await;
    let created = created.map_err(|problem| named.explained(problem))?;
    Ok(Versioned::created(created))
}

/// `GET /v1/cities/{city_id}`
///
/// # Errors
/// 404, 503.
pub async fn fetch<R: Readable>(
    request: HttpRequest,
    context: Context,
    target: Target<R>,
) -> Result<Versioned<R>, Problem> {
    let record = fetch::fetch(&context, &target).await?;
    Versioned::with_included(&context, &request, record).await
}

/// `PUT /v1/cities/{city_id}`
///
/// # Errors
/// 404, 409, 412, 503.
pub async fn replace<R: Writable>(
    context: Context,
    target: Target<R>,
    precondition: Precondition,
    body: Body<R>,
) -> Result<Versioned<R>, Problem> {
    let Body { input, named } = body;
    let replaced = commands::replace(&context, &target, &precondition, input).await;
    let replaced = replaced.map_err(|problem| named.explained(problem))?;
    Ok(Versioned::new(replaced))
}

/// `PATCH /v1/cities/{city_id}`
///
/// # Errors
/// 404, 409, 412, 422, 503.
pub async fn patch<R: Writable>(
    context: Context,
    target: Target<R>,
    precondition: Precondition,
    patch: Patch<R>,
) -> Result<Versioned<R>, Problem> {
    let Patch { value, named, .. } = patch;
    let amended = commands::amend(&context, &target, &precondition, value).await;
    let amended = amended.map_err(|problem| named.explained(problem))?;
    Ok(Versioned::new(amended))
}

/// `DELETE /v1/cities/{city_id}`
///
/// # Errors
/// 404, 409, 412, 503.
pub async fn delete<R: Writable>(
    context: Context,
    target: Target<R>,
    precondition: Precondition,
) -> Result<HttpResponse, Problem> {
    commands::remove(&context, &target, &precondition).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /v1/exports/cities.ndjson`
///
/// # Errors
/// 400 if a filter names a record that does not exist, 503.
pub async fn export_ndjson<R: Readable>(
    context: Context,
    selection: Selection<R::Filter>,
    fields: Fields,
    content: Query<LineContent>,
) -> Result<HttpResponse, Problem> {
    export::stream::<R, _>(&context, selection, Ndjson::new(fields, &content.0)).await
}

/// `GET /v1/exports/cities.csv`
///
/// # Errors
/// 400 if a filter names a record that does not exist, 503.
pub async fn export_csv<R: Tabular>(
    context: Context,
    selection: Selection<R::Filter>,
    options: Query<TableOptions>,
) -> Result<HttpResponse, Problem> {
    export::stream::<R, _>(&context, selection, Csv::new(options.0)).await
}
