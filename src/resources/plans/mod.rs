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
pub use queries::{by_id, filtered};

use crate::conventions::import;
use crate::conventions::include::{Related, Relation};
use crate::conventions::openapi::operation::{self, Tag};
use crate::conventions::openapi::transfer;
use crate::conventions::resource::Name;
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

const CITY: Name = Name {
    schema: "City",
    singular: "city",
    plural: "cities",
    has_slug: true,
};

impl Related for Plan {
    const RELATIONS: &'static [Relation] = &[
        Relation {
            name: "activities",
            schema: "Activity",
            many: true,
        },
        Relation {
            name: "outcomes",
            schema: "Outcome",
            many: true,
        },
    ];
}

/// The routes of plans.
pub fn routes() -> Routes {
    bulk().and(records())
}

/// Imports and exports.
fn bulk() -> Routes {
    Routes::new()
        .at("/v1/imports/plans", |path| {
            path.on(transfer::import::<Plan>(TAG), import::respond::<Plan>)
        })
        .at("/v1/exports/plans.ndjson", |path| {
            path.on(
                transfer::export_ndjson::<Plan>(TAG),
                handlers::export_ndjson,
            )
        })
        .at("/v1/exports/plans.csv", |path| {
            path.on(transfer::export_csv::<Plan>(TAG), handlers::export_csv)
        })
        .at("/v1/exports/plans.geojson", |path| {
            path.on(
                transfer::export_geojson::<Plan>(TAG, MAP.0, MAP.1),
                handlers::export_geojson,
            )
        })
}

/// The records.
fn records() -> Routes {
    Routes::new()
        .at("/v1/plans", |path| {
            path.on(
                operation::list::<Plan>(TAG).including::<Plan>(),
                handlers::list,
            )
            .on(operation::create::<Plan>(TAG), handlers::create)
        })
        .at("/v1/cities/{city_id}/plans", |path| {
            path.on(
                operation::list_below::<Plan>(TAG, CITY).including::<Plan>(),
                handlers::list_of_city,
            )
        })
        .at("/v1/plans/{plan_id}", |path| {
            path.on(
                operation::fetch::<Plan>(TAG).including::<Plan>(),
                handlers::fetch,
            )
            .on(operation::replace::<Plan>(TAG), handlers::replace)
            .on(operation::patch::<Plan>(TAG), handlers::patch)
            .on(operation::delete::<Plan>(TAG), handlers::delete)
        })
}
