//! Activities as a calendar (iCalendar, RFC 5545) to which clients can subscribe: all-day events that cover the whole range of an
//! imprecise date, and to-dos for what was postponed.

use super::model::{Activity, ActivityCityRole, ActivityStatus};
use crate::conventions::bulk::export::Format;
use crate::conventions::context::ApplicationState;
use crate::conventions::http::problem::Problem;
use crate::domain::PartialDate;
use chrono::{Datelike, NaiveDate};
use icalendar::{Component, Event, EventLike, EventStatus, Todo, TodoStatus};

/// The last year that a date of a calendar can state (RFC 5545, section 3.3.4).
const MAX_YEAR: i32 = 9999;

/// A calendar. Activities without a date are omitted unless they were postponed.
pub struct Calendar {
    /// The public base URL of the service.
    pub public_url: String,
}

impl Format<Activity> for Calendar {
    const MEDIA_TYPE: &'static str = "text/calendar; charset=utf-8";

    fn begin(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//ucap//U-CAP registry//EN\r\nCALSCALE:GREGORIAN\r\n");
        out.extend_from_slice(b"X-WR-CALNAME:Urban Cooperation Action Plans\r\n");
        // A calendar requires at least one component (RFC 5545, section 3.6), even if no activity has a date.
        out.extend_from_slice(
            b"BEGIN:VTIMEZONE\r\nTZID:UTC\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n",
        );
        out.extend_from_slice(
            b"TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n",
        );
    }

    async fn prepare(&mut self, _: &ApplicationState, _: &[Activity]) -> Result<(), Problem> {
        Ok(())
    }

    fn record(&mut self, activity: &Activity, out: &mut Vec<u8>) -> Result<(), Problem> {
        let date = &activity.input.content.date;
        let range = date.start.or(date.end).zip(date.end.or(date.start));
        // Without an end, an event ends on the day after its start, which clients compute.
        let range = range.filter(|(first, _)| day_after(first.earliest()).is_some());
        let component = match (activity.input.content.status, range) {
            (ActivityStatus::Postponed, _) => self.postponed(activity),
            (status, Some((first, last))) => self.event(activity, status, first, last),
            (_, None) => return Ok(()),
        };
        out.extend_from_slice(component.as_bytes());
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"END:VCALENDAR\r\n");
    }
}

impl Calendar {
    /// An all-day event from the first day of the activity to its last.
    fn event(
        &self,
        activity: &Activity,
        status: ActivityStatus,
        first: PartialDate,
        last: PartialDate,
    ) -> String {
        let mut event = Event::new();
        self.describe(&mut event, activity, &activity.input.content.title);
        event.starts(first.earliest()).status(event_status(status));
        if let Some(end) = day_after(last.latest()) {
            event.ends(end);
        }
        event.add_property("TRANSP", "TRANSPARENT");
        event.to_string()
    }

    /// A to-do without a date: events have no status for what was postponed, and the activity no longer takes place on the days
    /// that the record still states.
    fn postponed(&self, activity: &Activity) -> String {
        let mut todo = Todo::new();
        let title = format!("Postponed: {}", activity.input.content.title);
        self.describe(&mut todo, activity, &title);
        todo.status(TodoStatus::NeedsAction);
        todo.to_string()
    }

    /// Sets the properties that events and to-dos have in common.
    fn describe(&self, component: &mut impl EventLike, activity: &Activity, title: &str) {
        let record = &activity.record;
        component
            .uid(&format!("{}@ucap", record.id))
            .timestamp(record.updated_at)
            .last_modified(record.updated_at)
            .sequence(u32::try_from(record.version).unwrap_or_default())
            .summary(title)
            .description(&self.description(activity));
        if let Some(parent) = activity.input.parent_id {
            // RFC 5545, section 3.8.4.5: the relationship is that to the parent unless it says otherwise.
            component.add_property("RELATED-TO", format!("{parent}@ucap"));
        }
        let places = places(activity);
        if !places.is_empty() {
            component.location(&places);
        }
    }

    /// The description of the activity, the title of its plan, and the URL of the record.
    fn description(&self, activity: &Activity) -> String {
        let plan = format!(
            "{}\n{}/v1/activities/{}",
            activity.plan_title, self.public_url, activity.record.id
        );
        let description = activity.input.content.description.iter();
        let paragraphs = description.map(String::as_str).chain([plan.as_str()]);
        paragraphs.collect::<Vec<_>>().join("\n\n")
    }
}

/// The day after a day, which is the end of an all-day event (RFC 5545, section 3.6.1); `None` if a calendar cannot state it.
fn day_after(day: NaiveDate) -> Option<NaiveDate> {
    day.succ_opt().filter(|next| next.year() <= MAX_YEAR)
}

/// The cities in which the activity takes place.
fn places(activity: &Activity) -> String {
    let cities = activity.input.content.cities.iter();
    let places = cities
        .filter(|city| matches!(city.role, ActivityCityRole::Host | ActivityCityRole::Venue))
        .map(|city| city.city.name());
    places.collect::<Vec<_>>().join(", ")
}

/// The status of the event for an activity that is not postponed.
fn event_status(status: ActivityStatus) -> EventStatus {
    match status {
        ActivityStatus::Held => EventStatus::Confirmed,
        ActivityStatus::Planned | ActivityStatus::Postponed => EventStatus::Tentative,
        ActivityStatus::Cancelled => EventStatus::Cancelled,
    }
}
