//! Outcomes: expected or achieved results and benefits of a plan.
//!
//! One rule: the theme of an outcome, if it has one, is a theme of its plan; the heading is the wording of the source and may
//! differ from it. Start with [`OutcomeInput`].

mod columns;
mod derived;
mod model;
mod queries;

pub use model::{
    Outcome, OutcomeCity, OutcomeCityRole, OutcomeContent, OutcomeFilter, OutcomeIndicator,
    OutcomeInput, OutcomeKind, OutcomeSort, OutcomeStatus,
};

use crate::conventions::openapi::operation::Tag;
use crate::conventions::routes::Routes;

const TAG: Tag = Tag {
    name: "outcomes",
    description: "Expected or achieved results and benefits of a plan.",
};

/// The routes of outcomes.
pub fn routes() -> Routes {
    Routes::collection::<Outcome>(TAG)
        .and(Routes::record::<Outcome>(TAG))
        .and(Routes::nested::<Outcome>(TAG))
        .and(Routes::exports::<Outcome>(TAG))
        .and(Routes::import::<Outcome>(TAG))
}
