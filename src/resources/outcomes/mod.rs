//! Outcomes: expected or achieved results and benefits of a plan.
//!
//! One rule: the theme of an outcome, if it has one, is one of its plan's themes; the heading is the wording of the
//! source and may say something else. Start with [`OutcomeInput`].

mod columns;
mod handlers;
mod model;
mod queries;

pub use model::{
    Outcome, OutcomeCity, OutcomeCityRole, OutcomeContent, OutcomeFilter, OutcomeIndicator,
    OutcomeInput, OutcomeKind, OutcomeSort, OutcomeStatus,
};
pub use queries::TABLES;

use crate::conventions::bulk::import;
use crate::conventions::openapi::bulk_operations;
use crate::conventions::openapi::operation::Tag;
use crate::conventions::openapi::record_operations;
use crate::conventions::resource::{Related, Relation};
use crate::conventions::routes::Routes;
use crate::domain::RecordKind;

const TAG: Tag = Tag {
    name: "outcomes",
    description: "Expected or achieved results and benefits of a plan.",
};
impl Related for Outcome {
    const RELATIONS: &'static [Relation] = &[Relation {
        name: "plan",
        schema: "Plan",
        many: false,
    }];
}

/// The routes of outcomes.
pub fn routes() -> Routes {
    Routes::new()
        .at("/v1/imports/outcomes", |path| {
            path.on(
                bulk_operations::import::<Outcome>(TAG),
                import::respond::<Outcome>,
            )
        })
        .at("/v1/exports/outcomes.ndjson", |path| {
            path.on(
                bulk_operations::export_ndjson::<Outcome>(TAG),
                handlers::export_ndjson,
            )
        })
        .at("/v1/exports/outcomes.csv", |path| {
            path.on(
                bulk_operations::export_csv::<Outcome>(TAG),
                handlers::export_csv,
            )
        })
        .at("/v1/outcomes", |path| {
            path.on(
                record_operations::list::<Outcome>(TAG).including::<Outcome>(),
                handlers::list,
            )
            .on(record_operations::create::<Outcome>(TAG), handlers::create)
        })
        .at("/v1/outcomes/{outcome_id}", |path| {
            path.on(
                record_operations::fetch::<Outcome>(TAG).including::<Outcome>(),
                handlers::fetch,
            )
            .on(
                record_operations::replace::<Outcome>(TAG),
                handlers::replace,
            )
            .on(record_operations::patch::<Outcome>(TAG), handlers::patch)
            .on(record_operations::delete::<Outcome>(TAG), handlers::delete)
        })
        .at("/v1/plans/{plan_id}/outcomes", |path| {
            path.on(
                record_operations::list_below::<Outcome>(TAG, RecordKind::Plan)
                    .including::<Outcome>(),
                handlers::list_of_plan,
            )
        })
}
