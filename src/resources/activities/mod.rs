//! Activities: what was done or is planned under a plan.
//!
//! One rule: a theme that an activity serves is one of its plan's themes. Start with [`ActivityInput`].

mod calendar;
mod columns;
mod handlers;
mod model;
mod queries;

pub use model::{
    Activity, ActivityCity, ActivityCityRole, ActivityContent, ActivityFilter, ActivityInput,
    ActivityKind, ActivityMode, ActivitySort, ActivityStatus,
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
    name: "activities",
    description: "What was done or is planned under a plan.",
};
const CALENDAR: (&str, &str) = (
    "Export activities as a calendar",
    "iCalendar (RFC 5545) to subscribe to: all-day events, as long as their dates are vague (a month for `2019-11`), with `UID`s that \
     never change. Activities without a date are left out.",
);
impl Related for Activity {
    const RELATIONS: &'static [Relation] = &[Relation {
        name: "plan",
        schema: "Plan",
        many: false,
    }];
}

/// The routes of activities.
pub fn routes() -> Routes {
    bulk().and(records())
}

/// Imports and exports.
fn bulk() -> Routes {
    Routes::new()
        .at("/v1/imports/activities", |path| {
            path.on(
                bulk_operations::import::<Activity>(TAG),
                import::respond::<Activity>,
            )
        })
        .at("/v1/exports/activities.ndjson", |path| {
            path.on(
                bulk_operations::export_ndjson::<Activity>(TAG),
                handlers::export_ndjson,
            )
        })
        .at("/v1/exports/activities.csv", |path| {
            path.on(
                bulk_operations::export_csv::<Activity>(TAG),
                handlers::export_csv,
            )
        })
        .at("/v1/exports/activities.ics", |path| {
            path.on(
                bulk_operations::export_calendar::<Activity>(TAG, CALENDAR.0, CALENDAR.1),
                handlers::export_ics,
            )
        })
}

/// The records.
fn records() -> Routes {
    Routes::new()
        .at("/v1/activities", |path| {
            path.on(
                record_operations::list::<Activity>(TAG).including::<Activity>(),
                handlers::list,
            )
            .on(record_operations::create::<Activity>(TAG), handlers::create)
        })
        .at("/v1/activities/{activity_id}", |path| {
            path.on(
                record_operations::fetch::<Activity>(TAG).including::<Activity>(),
                handlers::fetch,
            )
            .on(
                record_operations::replace::<Activity>(TAG),
                handlers::replace,
            )
            .on(record_operations::patch::<Activity>(TAG), handlers::patch)
            .on(record_operations::delete::<Activity>(TAG), handlers::delete)
        })
        .at("/v1/plans/{plan_id}/activities", |path| {
            path.on(
                record_operations::list_below::<Activity>(TAG, RecordKind::Plan)
                    .including::<Activity>(),
                handlers::list_of_plan,
            )
        })
}
