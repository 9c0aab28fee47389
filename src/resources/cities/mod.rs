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
pub use partners::read as read_partners;

use crate::conventions::bulk::import;
use crate::conventions::openapi::bulk_operations;
use crate::conventions::openapi::document_operations::read_document;
use crate::conventions::openapi::operation::{Content, Tag};
use crate::conventions::openapi::record_operations;
use crate::conventions::routes::Routes;
use crate::domain::RecordKind;

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
            path.on(
                bulk_operations::import::<City>(TAG),
                import::respond::<City>,
            )
        })
        .at("/v1/exports/cities.ndjson", |path| {
            path.on(
                bulk_operations::export_ndjson::<City>(TAG),
                handlers::export_ndjson,
            )
        })
        .at("/v1/exports/cities.csv", |path| {
            path.on(
                bulk_operations::export_csv::<City>(TAG),
                handlers::export_csv,
            )
        })
        .at("/v1/exports/cities.geojson", |path| {
            path.on(
                bulk_operations::export_geojson::<City>(TAG, MAP.0, MAP.1),
                handlers::export_geojson,
            )
        })
}

/// The records.
fn records() -> Routes {
    Routes::new()
        .at("/v1/cities", |path| {
            path.on(record_operations::list::<City>(TAG), handlers::list)
                .on(record_operations::create::<City>(TAG), handlers::create)
        })
        .at("/v1/cities/{city_id}/partners", |path| {
            let texts = (
                "List the partners of a city",
                "The cities with which it shares plans: how many, and on which themes.",
            );
            let operation = read_document(
                TAG,
                RecordKind::City,
                "list_city_partners",
                texts,
                Content::json::<CityPartners>(),
            )
            .with_schema::<CityPartners>();
            path.on(operation, handlers::partners)
        })
        .at("/v1/cities/{city_id}", |path| {
            path.on(record_operations::fetch::<City>(TAG), handlers::fetch)
                .on(record_operations::replace::<City>(TAG), handlers::replace)
                .on(record_operations::patch::<City>(TAG), handlers::patch)
                .on(record_operations::delete::<City>(TAG), handlers::delete)
        })
}
