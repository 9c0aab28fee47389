//! The HTTP of cities: each handler's arguments are its contract.

use super::map::Points;
use super::model::{City, CityFilter, CityPartners, CitySort};
use super::partners;
use crate::conventions::bulk::export::{self, ByteOrderMark, Csv, LineContent, Ndjson};
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::http::query::Query;
use crate::conventions::paging::Page;
use crate::conventions::reading::fetch::{self, Target};
use crate::conventions::reading::fields::Fields;
use crate::conventions::reading::list;
use crate::conventions::reading::versioned::{Tagged, Versioned};
use crate::conventions::resource::selection::Selection;
use crate::conventions::writing::commands;
use crate::conventions::writing::input::{Body, Patch};
use crate::conventions::writing::precondition::Precondition;
use actix_web::{HttpRequest, HttpResponse, Responder};

/// `GET /v1/cities`
pub async fn list(
    request: HttpRequest,
    context: Context,
    selection: Selection<CityFilter>,
    page: Page<CitySort>,
) -> Result<impl Responder, Problem> {
    let list = list::list::<City>(&context, selection, page).await?;
    list::respond(&request, &context, list).await
}

/// `POST /v1/cities`
pub async fn create(context: Context, body: Body<City>) -> Result<Versioned<City>, Problem> {
    commands::create(&context, body.0)
        .await
        .map(Versioned::created)
}

/// `GET /v1/cities/{city_id}`
pub async fn fetch(context: Context, target: Target<City>) -> Result<Versioned<City>, Problem> {
    fetch::fetch(&context, &target).await.map(Versioned::new)
}

/// `GET /v1/cities/{city_id}/partners`
pub async fn partners(
    context: Context,
    target: Target<City>,
) -> Result<Tagged<CityPartners>, Problem> {
    let value = partners::read(&context, &target).await?;
    Ok(Tagged {
        value,
        header: None,
    })
}

/// `PUT /v1/cities/{city_id}`
pub async fn replace(
    context: Context,
    target: Target<City>,
    precondition: Precondition,
    body: Body<City>,
) -> Result<Versioned<City>, Problem> {
    commands::replace(&context, &target, &precondition, body.0)
        .await
        .map(Versioned::new)
}

/// `PATCH /v1/cities/{city_id}`
pub async fn patch(
    context: Context,
    target: Target<City>,
    precondition: Precondition,
    patch: Patch<City>,
) -> Result<Versioned<City>, Problem> {
    commands::amend(&context, &target, &precondition, patch)
        .await
        .map(Versioned::new)
}

/// `DELETE /v1/cities/{city_id}`
pub async fn delete(
    context: Context,
    target: Target<City>,
    precondition: Precondition,
) -> Result<HttpResponse, Problem> {
    commands::remove(&context, &target, &precondition).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /v1/exports/cities.ndjson`
pub async fn export_ndjson(
    context: Context,
    selection: Selection<CityFilter>,
    fields: Fields,
    content: Query<LineContent>,
) -> Result<HttpResponse, Problem> {
    export::stream::<City, _>(&context, selection, Ndjson::new(fields, &content.0)).await
}

/// `GET /v1/exports/cities.csv`
pub async fn export_csv(
    context: Context,
    selection: Selection<CityFilter>,
    mark: Query<ByteOrderMark>,
) -> Result<HttpResponse, Problem> {
    export::stream::<City, _>(&context, selection, Csv::new(&mark.0)).await
}

/// `GET /v1/exports/cities.geojson`
pub async fn export_geojson(
    context: Context,
    selection: Selection<CityFilter>,
) -> Result<HttpResponse, Problem> {
    export::stream::<City, _>(&context, selection, Points::default()).await
}
