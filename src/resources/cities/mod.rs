//! Cities: places that take part in a plan or are mentioned by one.
//!
//! One rule: a city is identified by its slug and its identifiers, never by its name, which need not be unique. Start with
//! [`CityInput`].

mod columns;
mod derived;
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

use crate::conventions::openapi::bulk_operations::export_geojson;
use crate::conventions::openapi::document_operations::read_document;
use crate::conventions::openapi::operation::{Content, Tag};
use crate::conventions::routes::Routes;
use crate::domain::RecordKind;

const TAG: Tag = Tag {
    name: "cities",
    description: "Places that take part in a plan or are mentioned by one.",
};
const MAP: (&str, &str) = (
    "Export cities as a map",
    "A GeoJSON document (RFC 7946) with a point for each city. A city without coordinates has no geometry.",
);

/// The routes of cities.
pub fn routes() -> Routes {
    Routes::collection::<City>(TAG)
        .and(Routes::record::<City>(TAG))
        .at("/v1/cities/{city_id}/partners", |path| {
            let texts = (
                "List the partners of a city",
                "The cities with which a city shares plans, with the number of these plans and their themes.",
            );
            let content = Content::json::<CityPartners>();
            let operation =
                read_document(TAG, RecordKind::City, "list_city_partners", texts, content);
            path.on(operation.with_schema::<CityPartners>(), handlers::partners)
        })
        .and(Routes::exports::<City>(TAG))
        .at("/v1/exports/cities.geojson", |path| {
            let operation = export_geojson::<City>(TAG, MAP.0, MAP.1);
            path.on(operation, handlers::export_geojson)
        })
        .and(Routes::import::<City>(TAG))
}
