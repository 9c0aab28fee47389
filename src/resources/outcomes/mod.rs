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
pub use queries::{of_plans, plans_of};

use crate::conventions::bulk::import;
use crate::conventions::openapi::bulk_operations;
use crate::conventions::openapi::operation::{self, Tag};
use crate::conventions::reading::include::{Related, Relation};
use crate::conventions::resource::Name;
use crate::conventions::routes::Routes;

const TAG: Tag = Tag {
    name: "outcomes",
    description: "Expected or achieved results and benefits of a plan.",
};
const PLAN: Name = Name {
    schema: "Plan",
    singular: "plan",
    plural: "plans",
    has_slug: true,
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
                operation::list::<Outcome>(TAG).including::<Outcome>(),
                handlers::list,
            )
            .on(operation::create::<Outcome>(TAG), handlers::create)
        })
        .at("/v1/outcomes/{outcome_id}", |path| {
            path.on(
                operation::fetch::<Outcome>(TAG).including::<Outcome>(),
                handlers::fetch,
            )
            .on(operation::replace::<Outcome>(TAG), handlers::replace)
            .on(operation::patch::<Outcome>(TAG), handlers::patch)
            .on(operation::delete::<Outcome>(TAG), handlers::delete)
        })
        .at("/v1/plans/{plan_id}/outcomes", |path| {
            path.on(
                operation::list_below::<Outcome>(TAG, PLAN).including::<Outcome>(),
                handlers::list_of_plan,
            )
        })
}
