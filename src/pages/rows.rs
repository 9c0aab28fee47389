//! Records as they stand in the lists of pages: plain words, and the addresses of what they name.
//!
//! One rule: no markup. Start with [`PlanRow`].

use super::addresses;
use crate::documents::sheets::text::{Text, line};
use crate::documents::sheets::timeline::Event;
use crate::documents::sheets::{Tag, dates, words};
use crate::domain::RecordKind;
use crate::resources::activities::Activity;
use crate::resources::outcomes::Outcome;
use crate::resources::plans::{Plan, PlanCityRole, PlanStatus};
use crate::resources::references::ThemeReference;

/// Something with a page.
#[derive(Debug, Clone)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// Address of its page.
    pub page: String,
}

impl Named {
    /// A record with its name.
    pub fn new(kind: RecordKind, slug: &str, name: &str) -> Self {
        Self {
            name: line(name),
            page: addresses::of(kind, slug),
        }
    }

    /// A theme.
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
    /// Its title and page.
    pub plan: Named,
    /// Period of cooperation, in words.
    pub period: Option<String>,
    /// What sort of cooperation it is and where it stands.
    pub tags: Vec<Tag>,
    /// Its cities, the lead first.
    pub cities: Vec<Named>,
    /// Its themes.
    pub themes: Vec<Named>,
}

impl PlanRow {
    /// The row of a plan.
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
            tags: vec![
                words::plan_kind(input.kind),
                words::plan_status(input.status),
            ],
            cities: cities.collect(),
            themes: themes.collect(),
        }
    }
}

/// The period of a plan for a timeline.
pub fn period(number: usize, plan: &Plan) -> Event {
    let input = &plan.input;
    Event {
        number,
        title: line(&input.title),
        when: dates::period(&input.period),
        date: input.period.clone(),
        held: !matches!(input.status, PlanStatus::Draft | PlanStatus::Cancelled),
    }
}

/// An activity or an outcome in a list, with the plan that it belongs to.
pub struct PartRow {
    /// Its number in the list, from 1.
    pub number: usize,
    /// When, in words.
    pub when: Option<String>,
    /// What it is: a title, or what is expected.
    pub text: Text,
    /// Its kind and where it stands.
    pub tags: Vec<Tag>,
    /// The plan.
    pub plan: Named,
}

impl PartRow {
    /// The row of an activity.
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

    /// The row of an outcome.
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

/// When an activity happens, for a timeline.
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

/// An address of the same as data.
pub struct DataLink {
    /// What it is called.
    pub name: &'static str,
    /// Its address.
    pub address: String,
    /// Its media type.
    pub media_type: &'static str,
}

impl DataLink {
    /// JSON.
    pub fn json(address: String) -> Self {
        Self {
            name: "JSON",
            address,
            media_type: "application/json",
        }
    }

    /// A table.
    pub fn csv(name: &'static str, address: String) -> Self {
        Self {
            name,
            address,
            media_type: "text/csv",
        }
    }

    /// A map.
    pub fn geojson(address: String) -> Self {
        Self {
            name: "Map (GeoJSON)",
            address,
            media_type: "application/geo+json",
        }
    }

    /// A calendar.
    pub fn calendar(address: String) -> Self {
        Self {
            name: "Calendar of activities",
            address,
            media_type: "text/calendar",
        }
    }
}
