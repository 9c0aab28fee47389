//! The HTTP of cities: each handler's arguments are its contract.

use super::map::Points;
use super::model::{City, CityFilter};
use super::partners::{self, CityPartners};
use crate::conventions::body::{Body, Patch};
use crate::conventions::context::Context;
use crate::conventions::export::{self, ByteOrderMark, Csv, LineContent, Ndjson};
use crate::conventions::fields::Fields;
use crate::conventions::paging::{self, Page};
use crate::conventions::problem::Problem;
use crate::conventions::query::Filter;
use crate::conventions::reading::versioned::{Tagged, Versioned};
use crate::conventions::resource::{self, Target};
use crate::conventions::writing::precondition::Precondition;
use actix_web::{HttpRequest, HttpResponse, Responder};

/// `GET /v1/cities`
pub async fn list(
    request: HttpRequest,
    context: Context,
    filter: Filter<CityFilter>,
    page: Page<City>,
) -> Result<impl Responder, Problem> {
    let list = resource::list(&context, &filter.0, page).await?;
    paging::respond(&request, &context, list).await
}

/// `POST /v1/cities`
pub async fn create(context: Context, body: Body<City>) -> Result<Versioned<City>, Problem> {
    resource::create(&context, body.0)
        .await
        .map(Versioned::created)
}

/// `GET /v1/cities/{city_id}`
pub async fn fetch(context: Context, target: Target<City>) -> Result<Versioned<City>, Problem> {
    resource::fetch(&context, &target).await.map(Versioned::of)
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
    resource::replace(&context, &target, &precondition, body.0)
        .await
        .map(Versioned::of)
}

/// `PATCH /v1/cities/{city_id}`
pub async fn patch(
    context: Context,
    target: Target<City>,
    precondition: Precondition,
    patch: Patch<City>,
) -> Result<Versioned<City>, Problem> {
    resource::amend(&context, &target, &precondition, patch)
        .await
        .map(Versioned::of)
}

/// `DELETE /v1/cities/{city_id}`
pub async fn delete(
    context: Context,
    target: Target<City>,
    precondition: Precondition,
) -> Result<HttpResponse, Problem> {
    resource::remove(&context, &target, &precondition).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /v1/exports/cities.ndjson`
pub async fn export_ndjson(
    context: Context,
    filter: Filter<CityFilter>,
    fields: Fields,
    content: Filter<LineContent>,
) -> Result<HttpResponse, Problem> {
    export::stream::<City, _>(&context, filter.0, Ndjson::of(fields, &content.0)).await
}

/// `GET /v1/exports/cities.csv`
pub async fn export_csv(
    context: Context,
    filter: Filter<CityFilter>,
    mark: Filter<ByteOrderMark>,
) -> Result<HttpResponse, Problem> {
    export::stream::<City, _>(&context, filter.0, Csv::of(&mark.0)).await
}

/// `GET /v1/exports/cities.geojson`
pub async fn export_geojson(
    context: Context,
    filter: Filter<CityFilter>,
) -> Result<HttpResponse, Problem> {
    export::stream::<City, _>(&context, filter.0, Points::default()).await
}
