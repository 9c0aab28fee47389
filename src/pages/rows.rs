//! Records in the lists of pages, as plain text and the URLs of related records.
//!
//! One rule: no markup. Start with [`PlanRow`].

use super::paths;
use crate::documents::sheets::text::{Text, line};
use crate::documents::sheets::timeline::Event;
use crate::documents::sheets::{Tag, dates, words};
use crate::domain::RecordKind;
use crate::resources::activities::Activity;
use crate::resources::outcomes::Outcome;
use crate::resources::plans::{Plan, PlanCityRole, PlanStatus};
use crate::resources::references::ThemeReference;

/// The name of a record and the path of its page.
#[derive(Debug, Clone)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The path of the page.
    pub page: String,
}

impl Named {
    /// Creates the link to a record.
    pub fn new(kind: RecordKind, slug: &str, name: &str) -> Self {
        Self {
            name: line(name),
            page: paths::of_record(kind, slug),
        }
    }

    /// Creates the link to a theme.
    pub fn theme(theme: &ThemeReference) -> Self {
        Self::new(
            RecordKind::Theme,
            theme.names.slug.as_str(),
            &theme.names.name,
        )
    }
}

/// A plan in a list.
pub struct PlanRow {
    /// The title and the page.
    pub plan: Named,
    /// The period of cooperation, in words.
    pub period: Option<String>,
    /// The kind and the status.
    pub tags: Vec<Tag>,
    /// The cities; the lead city comes first.
    pub cities: Vec<Named>,
    /// The themes.
    pub themes: Vec<Named>,
}

impl PlanRow {
    /// Creates the row of a plan.
    pub fn new(plan: &Plan) -> Self {
        let input = &plan.input;
        let mut cities: Vec<_> = input.cities.iter().collect();
        cities.sort_by_key(|city| city.role != PlanCityRole::Lead);
        let cities = cities
            .into_iter()
            .map(|city| Named::new(RecordKind::City, city.city.slug(), city.city.name()));
        let themes = input
            .themes
            .iter()
            .map(|theme| Named::new(RecordKind::Theme, theme.theme.slug(), theme.theme.name()));
        Self {
            plan: Named::new(RecordKind::Plan, input.slug.as_str(), &input.title),
            period: dates::period(&input.period),
            tags: words::plan_tags(input.kind, input.status),
            cities: cities.collect(),
            themes: themes.collect(),
        }
    }
}

/// The period of a plan as an event of a timeline.
pub fn period(number: usize, plan: &Plan) -> Event {
    let input = &plan.input;
    Event {
        number,
        title: line(&input.title),
        when: dates::period(&input.period),
        date: input.period.clone(),
        held: !matches!(
            input.status,
            Some(PlanStatus::Draft | PlanStatus::Cancelled)
        ),
    }
}

/// An activity or an outcome in a list, with the plan that it belongs to.
pub struct PartRow {
    /// The number in the list, from 1.
    pub number: usize,
    /// The date, in words.
    pub when: Option<String>,
    /// The title of an activity, or the description of an outcome.
    pub text: Text,
    /// The kind and the status.
    pub tags: Vec<Tag>,
    /// The plan.
    pub plan: Named,
}

impl PartRow {
    /// Creates the row of an activity.
    pub fn activity(number: usize, activity: &Activity) -> Self {
        let content = &activity.input.content;
        Self {
            number,
            when: dates::moment(&content.date),
            text: Text::new(&line(&content.title)),
            tags: words::activity_tags(&content.title, content.kind, content.mode, content.status),
            plan: Named::new(RecordKind::Plan, &activity.plan_slug, &activity.plan_title),
        }
    }

    /// Creates the row of an outcome.
    pub fn outcome(number: usize, outcome: &Outcome) -> Self {
        let content = &outcome.input.content;
        Self {
            number,
            when: dates::moment(&content.due),
            text: Text::new(&content.description),
            tags: words::outcome_tags(content.kind, content.status),
            plan: Named::new(RecordKind::Plan, &outcome.plan_slug, &outcome.plan_title),
        }
    }
}

/// An activity as an event of a timeline.
pub fn moment(number: usize, activity: &Activity) -> Event {
    let content = &activity.input.content;
    Event {
        number,
        title: line(&content.title),
        when: dates::moment(&content.date),
        date: content.date.clone(),
        held: words::activity_status(content.status).is_none(),
    }
}

/// A link to the content of a page as data.
pub struct DataLink {
    /// The text of the link.
    pub name: &'static str,
    /// The URL.
    pub url: String,
    /// The media type.
    pub media_type: &'static str,
}

impl DataLink {
    /// Creates the link to JSON.
    pub fn json(url: String) -> Self {
        Self {
            name: "JSON",
            url,
            media_type: "application/json",
        }
    }

    /// Creates the link to a CSV table.
    pub fn csv(name: &'static str, url: String) -> Self {
        Self {
            name,
            url,
            media_type: "text/csv",
        }
    }

    /// Creates the link to a GeoJSON map.
    pub fn geojson(url: String) -> Self {
        Self {
            name: "Map (GeoJSON)",
            url,
            media_type: "application/geo+json",
        }
    }

    /// Creates the link to a calendar.
    pub fn calendar(url: String) -> Self {
        Self {
            name: "Calendar of activities",
            url,
            media_type: "text/calendar",
        }
    }
}
