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

use crate::conventions::openapi::bulk_operations::export_geojson;
use crate::conventions::openapi::document_operations::read_document;
use crate::conventions::openapi::operation::{Content, Tag};
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
    Routes::bulk::<City>(TAG)
        .at("/v1/exports/cities.geojson", |path| {
            let operation = export_geojson::<City>(TAG, MAP.0, MAP.1);
            path.on(operation, handlers::export_geojson)
        })
        .and(Routes::collection::<City>(TAG))
        .at("/v1/cities/{city_id}/partners", |path| {
            let texts = (
                "List the partners of a city",
                "The cities with which it shares plans: how many, and on which themes.",
            );
            let content = Content::json::<CityPartners>();
            let operation =
                read_document(TAG, RecordKind::City, "list_city_partners", texts, content);
            path.on(operation.with_schema::<CityPartners>(), handlers::partners)
        })
        .and(Routes::record::<City>(TAG))
}
