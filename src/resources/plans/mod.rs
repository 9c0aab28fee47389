//! Plans: who cooperates, when, on which themes and goals; the head of the paper form.
//!
//! One rule: a pairing has exactly one lead city, a cluster none. Activities and outcomes are resources of their own that
//! belong to a plan and go with it. Start with [`PlanInput`].

mod columns;
mod findings;
mod handlers;
mod map;
mod model;
mod parts;
mod queries;

pub use findings::{FindingCode, FindingSeverity};
pub use model::{Plan, PlanFilter, PlanInput, PlanKind, PlanSort, PlanStatus};
pub use parts::{
    AsStated, PlanCity, PlanCityRole, PlanContact, PlanFocus, PlanRelation, PlanRelationKind,
    PlanSdg, PlanSource, PlanTheme, PlanUrbanAgenda,
};

use crate::conventions::openapi::bulk_operations::export_geojson;
use crate::conventions::openapi::operation::Tag;
use crate::conventions::routes::Routes;

const TAG: Tag = Tag {
    name: "plans",
    description: "Urban Cooperation Action Plans: who cooperates, when, on what.",
};
const MAP: (&str, &str) = (
    "Export plans as a map",
    "GeoJSON (RFC 7946): for each plan the lines from its lead to its partners, for a cluster the points of its cities, where \
     coordinates are known; a plan without any has no geometry.",
);

/// The routes of plans.
pub fn routes() -> Routes {
    Routes::bulk::<Plan>(TAG)
        .at("/v1/exports/plans.geojson", |path| {
            let operation = export_geojson::<Plan>(TAG, MAP.0, MAP.1);
            path.on(operation, handlers::export_geojson)
        })
        .and(Routes::collection::<Plan>(TAG))
        .and(Routes::nested::<Plan>(TAG))
        .and(Routes::record::<Plan>(TAG))
}
