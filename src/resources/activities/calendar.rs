//! Activities as a calendar (iCalendar, RFC 5545) to which clients can subscribe: all-day events that cover the whole range of an
//! imprecise date.

use super::model::{Activity, ActivityCityRole, ActivityStatus};
use crate::conventions::bulk::export::Format;
use crate::conventions::context::ApplicationState;
use crate::conventions::http::problem::Problem;
use icalendar::{Component, Event, EventLike, EventStatus};

/// A calendar. Activities without a date are omitted.
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
        let content = &activity.input.content;
        let (Some(first), Some(last)) = (
            content.date.start.or(content.date.end),
            content.date.end.or(content.date.start),
        ) else {
            return Ok(());
        };
        let mut event = Event::new();
        event
            .uid(&format!("{}@ucap", activity.record.id))
            .timestamp(activity.record.updated_at)
            .last_modified(activity.record.updated_at);
        // The end of an all-day event is the day after it (RFC 5545, section 3.6.1).
        event
            .starts(first.earliest())
            .ends(last.latest().succ_opt().unwrap_or(last.latest()));
        event
            .summary(&content.title)
            .sequence(u32::try_from(activity.record.version).unwrap_or_default())
            .status(status(content.status));
        event.add_property("TRANSP", "TRANSPARENT");
        event.description(&self.description(activity));
        let places = places(activity);
        if !places.is_empty() {
            event.location(&places);
        }
        out.extend_from_slice(event.to_string().as_bytes());
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"END:VCALENDAR\r\n");
    }
}

impl Calendar {
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

/// The cities in which the activity takes place.
fn places(activity: &Activity) -> String {
    let cities = activity.input.content.cities.iter();
    let places = cities
        .filter(|city| matches!(city.role, ActivityCityRole::Host | ActivityCityRole::Venue))
        .map(|city| city.city.name());
    places.collect::<Vec<_>>().join(", ")
}

fn status(status: ActivityStatus) -> EventStatus {
    match status {
        ActivityStatus::Held => EventStatus::Confirmed,
        ActivityStatus::Planned | ActivityStatus::Postponed => EventStatus::Tentative,
        ActivityStatus::Cancelled => EventStatus::Cancelled,
    }
}
