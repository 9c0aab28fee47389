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

pub use findings::{FindingCode, FindingSeverity, refresh as refresh_findings};
pub use model::{Plan, PlanFilter, PlanInput, PlanKind, PlanSort, PlanStatus};
pub use parts::{
    AsStated, PlanCity, PlanCityRole, PlanContact, PlanFocus, PlanRelation, PlanRelationKind,
    PlanSdg, PlanSource, PlanTheme, PlanUrbanAgenda,
};

use crate::conventions::bulk::import;
use crate::conventions::openapi::bulk_operations;
use crate::conventions::openapi::operation::Tag;
use crate::conventions::openapi::record_operations;
use crate::conventions::resource::{Related, Relation};
use crate::conventions::routes::Routes;
use crate::domain::RecordKind;

const TAG: Tag = Tag {
    name: "plans",
    description: "Urban Cooperation Action Plans: who cooperates, when, on what.",
};
const MAP: (&str, &str) = (
    "Export plans as a map",
    "GeoJSON (RFC 7946): for each plan the lines from its lead to its partners, for a cluster the points of its cities, where \
     coordinates are known; a plan without any has no geometry.",
);

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
            path.on(
                bulk_operations::import::<Plan>(TAG),
                import::respond::<Plan>,
            )
        })
        .at("/v1/exports/plans.ndjson", |path| {
            path.on(
                bulk_operations::export_ndjson::<Plan>(TAG),
                handlers::export_ndjson,
            )
        })
        .at("/v1/exports/plans.csv", |path| {
            path.on(
                bulk_operations::export_csv::<Plan>(TAG),
                handlers::export_csv,
            )
        })
        .at("/v1/exports/plans.geojson", |path| {
            path.on(
                bulk_operations::export_geojson::<Plan>(TAG, MAP.0, MAP.1),
                handlers::export_geojson,
            )
        })
}

/// The records.
fn records() -> Routes {
    Routes::new()
        .at("/v1/plans", |path| {
            path.on(
                record_operations::list::<Plan>(TAG).including::<Plan>(),
                handlers::list,
            )
            .on(record_operations::create::<Plan>(TAG), handlers::create)
        })
        .at("/v1/cities/{city_id}/plans", |path| {
            path.on(
                record_operations::list_below::<Plan>(TAG, RecordKind::City).including::<Plan>(),
                handlers::list_of_city,
            )
        })
        .at("/v1/plans/{plan_id}", |path| {
            path.on(
                record_operations::fetch::<Plan>(TAG).including::<Plan>(),
                handlers::fetch,
            )
            .on(record_operations::replace::<Plan>(TAG), handlers::replace)
            .on(record_operations::patch::<Plan>(TAG), handlers::patch)
            .on(record_operations::delete::<Plan>(TAG), handlers::delete)
        })
}
