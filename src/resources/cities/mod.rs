//! Cities: places that take part in a plan or are named by one.
//!
//! One rule: a city is told by its slug and its identifiers, never by its name, which another may share. Start with
//! [`CityInput`].

mod columns;
mod handlers;
mod map;
mod model;
mod partners;
mod queries;

pub use model::{
    City, CityFilter, CityIdentifier, CityInput, CityKind, CityPartner, CityPartners, CitySort,
    PartnerTheme,
};

use crate::conventions::import;
use crate::conventions::openapi::operation::{self, Content, Tag};
use crate::conventions::openapi::transfer;
use crate::conventions::openapi::whole::read_whole;
use crate::conventions::resource::Resource;
use crate::conventions::routes::Routes;

const TAG: Tag = Tag {
    name: "cities",
    description: "Places that take part in a plan or are named by one.",
};
const MAP: (&str, &str) = (
    "Export cities as a map",
    "GeoJSON (RFC 7946): a point for each city; one without known coordinates has no geometry.",
);

/// The routes of cities.
pub fn routes() -> Routes {
    bulk().and(records())
}

/// Imports and exports.
fn bulk() -> Routes {
    Routes::new()
        .at("/v1/imports/cities", |path| {
            path.on(transfer::import::<City>(TAG), import::respond::<City>)
        })
        .at("/v1/exports/cities.ndjson", |path| {
            path.on(
                transfer::export_ndjson::<City>(TAG),
                handlers::export_ndjson,
            )
        })
        .at("/v1/exports/cities.csv", |path| {
            path.on(transfer::export_csv::<City>(TAG), handlers::export_csv)
        })
        .at("/v1/exports/cities.geojson", |path| {
            path.on(
                transfer::export_geojson::<City>(TAG, MAP.0, MAP.1),
                handlers::export_geojson,
            )
        })
}

/// The records.
fn records() -> Routes {
    Routes::new()
        .at("/v1/cities", |path| {
            path.on(operation::list::<City>(TAG), handlers::list)
                .on(operation::create::<City>(TAG), handlers::create)
        })
        .at("/v1/cities/{city_id}/partners", |path| {
            let texts = (
                "List the partners of a city",
                "The cities with which it shares plans: how many, and on which themes.",
            );
            let operation = read_whole(
                TAG,
                City::NAME,
                "list_city_partners",
                texts,
                Content::json::<CityPartners>(),
            )
            .with_schema::<CityPartners>();
            path.on(operation, handlers::partners)
        })
        .at("/v1/cities/{city_id}", |path| {
            path.on(operation::fetch::<City>(TAG), handlers::fetch)
                .on(operation::replace::<City>(TAG), handlers::replace)
                .on(operation::patch::<City>(TAG), handlers::patch)
                .on(operation::delete::<City>(TAG), handlers::delete)
        })
}
