//! Activities that took place or are planned under a plan.
//!
//! One rule: the themes that an activity serves are themes of its plan. Start with [`ActivityInput`].

mod calendar;
mod columns;
mod derived;
mod handlers;
mod model;
mod parents;
mod queries;

pub use model::{
    Activity, ActivityCity, ActivityCityRole, ActivityContent, ActivityFilter, ActivityInput,
    ActivityKind, ActivityMode, ActivitySort, ActivityStatus,
};

use crate::conventions::openapi::bulk_operations::export_calendar;
use crate::conventions::openapi::operation::Tag;
use crate::conventions::routes::Routes;

const TAG: Tag = Tag {
    name: "activities",
    description: "What was done or is planned under a plan.",
};
const CALENDAR: (&str, &str) = (
    "Export activities as a calendar",
    "A calendar (iCalendar, RFC 5545) to which clients can subscribe. Activities are all-day events that cover the whole range of an \
     imprecise date (a month for `2019-11`); their `UID`s never change. An activity that was postponed is a to-do without a date instead, \
     whose summary begins with `Postponed:`. All other activities without a date are left out. The end of an activity that lasts to the end \
     of the year 9999 is left out, and so is an activity on its last day, because a calendar cannot state the day after it.",
);

/// The routes of activities.
pub fn routes() -> Routes {
    Routes::collection::<Activity>(TAG)
        .and(Routes::record::<Activity>(TAG))
        .and(Routes::nested::<Activity>(TAG))
        .and(Routes::exports::<Activity>(TAG))
        .at("/v1/exports/activities.ics", |path| {
            let operation = export_calendar::<Activity>(TAG, CALENDAR.0, CALENDAR.1);
            path.on(operation, handlers::export_ics)
        })
        .and(Routes::import::<Activity>(TAG))
}
