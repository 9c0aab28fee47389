//! Plans: which cities cooperate, when, and on which themes and goals. This is the first part of the paper form.
//!
//! One rule: a pairing has at most one lead city, a cluster has none. Activities and outcomes are separate resources; they
//! belong to a plan and are deleted with it. Start with [`PlanInput`].

mod columns;
mod conditions;
mod derived;
mod filter;
mod findings;
mod groups;
mod handlers;
mod map;
mod model;
mod parts;
mod queries;
mod relations;

pub use filter::{CityRole, PlanFilter};
pub use findings::{FindingCode, FindingSeverity};
pub use groups::GroupedBy;
pub use model::{Plan, PlanInput, PlanKind, PlanSort, PlanStatus};
pub use parts::{
    AsStated, Basis, PlanCity, PlanCityRole, PlanContact, PlanFocus, PlanRelation,
    PlanRelationKind, PlanSdg, PlanSource, PlanTheme, PlanTopic, PlanUrbanAgenda, SourceKind,
};
pub use relations::{InverseRelation, InverseRelationKind, inverse_relations};

use crate::conventions::openapi::bulk_operations::export_geojson;
use crate::conventions::openapi::operation::Tag;
use crate::conventions::routes::Routes;

const TAG: Tag = Tag {
    name: "plans",
    description: "Urban Cooperation Action Plans: which cities cooperate, when, and on what.",
};
const MAP: (&str, &str) = (
    "Export plans as a map",
    "A GeoJSON document (RFC 7946) with lines from the lead of each pairing to its partners, and points for the cities of each cluster. \
     Of a pairing without a lead there is a line between its cities if there are two of them, and otherwise points. \
     Cities without coordinates are left out, and so are lines between two cities at the same place; a plan for which nothing \
     remains to be drawn has no geometry.",
);

/// The routes of plans.
pub fn routes() -> Routes {
    Routes::collection::<Plan>(TAG)
        .and(Routes::record::<Plan>(TAG))
        .and(Routes::nested::<Plan>(TAG))
        .and(Routes::exports::<Plan>(TAG))
        .at("/v1/exports/plans.geojson", |path| {
            let operation = export_geojson::<Plan>(TAG, MAP.0, MAP.1);
            path.on(operation, handlers::export_geojson)
        })
        .and(Routes::import::<Plan>(TAG))
}
