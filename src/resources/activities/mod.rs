//! Activities: what was done or is planned under a plan.
//!
//! One rule: a theme that an activity serves is one of its plan's themes. Start with [`ActivityInput`].

mod handlers;
mod model;
mod queries;

pub use model::{
    Activity, ActivityCity, ActivityCityRole, ActivityContent, ActivityFilter, ActivityInput, ActivityKind, ActivityMode, ActivitySort,
    ActivityStatus,
};

use crate::conventions::openapi::operation::{self, Tag};
use crate::conventions::resource::Name;
use crate::conventions::routes::Routes;

const TAG: Tag = Tag { name: "activities", description: "What was done or is planned under a plan." };
const PLAN: Name = Name { schema: "Plan", singular: "plan", plural: "plans", has_slug: true };

/// The routes of activities.
pub fn routes() -> Routes {
    Routes::new()
        .at("/v1/activities", |path| {
            path.on(operation::list::<Activity>(TAG), handlers::list).on(operation::create::<Activity>(TAG), handlers::create)
        })
        .at("/v1/activities/{activity_id}", |path| {
            path.on(operation::fetch::<Activity>(TAG), handlers::fetch)
                .on(operation::replace::<Activity>(TAG), handlers::replace)
                .on(operation::patch::<Activity>(TAG), handlers::patch)
                .on(operation::delete::<Activity>(TAG), handlers::delete)
        })
        .at("/v1/plans/{plan_id}/activities", |path| path.on(operation::list_below::<Activity>(TAG, PLAN), handlers::list_of_plan))
}
