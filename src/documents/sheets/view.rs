//! Converts the document to a sheet.
//!
//! One rule: the wording of the source has precedence over the records of the registry. Slugs are replaced by names; an unknown slug
//! is shown unchanged. Start with [`Sheet::new`]; `cities.rs` creates the table of cities.

use super::cities::{self, CityFacts};
use super::dates;
use super::nesting::nest;
use super::relations;
use super::sheet::{
    CityLine, Contact, Entry, Fact, Focus, Group, Indicator, Link, Sheet, Source, Statement, Value,
};
use super::text::{Text, grouped, line};
use super::timeline::{Event, Subject, Timeline};
use super::words;
use crate::documents::document::{DocumentActivity, DocumentOutcome, PlanDocument};
use crate::domain::vocabularies::{country_name, partnership_title, sdg_title, topic_title};
use crate::domain::{RecordKind, Slug};
use crate::resources::cities::CityInput;
use crate::resources::outcomes::OutcomeIndicator;
use crate::resources::plans::{
    Basis, InverseRelation, PlanCity, PlanCityRole, PlanContact, PlanSdg, PlanSource, PlanTheme,
    PlanTopic, PlanUrbanAgenda,
};
use crate::resources::references::organisation::Organisation;
use std::collections::HashMap;

impl Sheet {
    /// Creates the sheet of a plan, to which other plans may be related.
    pub fn new(document: &PlanDocument, inverse_relations: &[InverseRelation]) -> Self {
        let (plan, names) = (&document.plan, Names::new(document));
        let activities = (1..).zip(&document.activities);
        let events = activities
            .clone()
            .map(|(number, activity)| event(number, activity));
        let entries = activities.map(|(number, activity)| names.activity(number, activity));
        let outcomes = (1..).zip(&document.outcomes).map(|(number, outcome)| {
            let heading = names.heading(outcome);
            (heading, names.outcome(number, outcome))
        });
        let themes = plan.themes.iter();
        let focused = themes.clone().filter(|theme| !theme.focus.is_empty());
        Self {
            slug: plan.slug.to_string(),
            title: line(&plan.title),
            programme: plan.programme.as_deref().map(line),
            tags: words::plan_tags(plan.kind, plan.status),
            language: plan.language.clone(),
            cities: cities::table(city_facts(document, &names)),
            period: dates::period(&plan.period),
            themes: themes
                .map(|theme| names.theme_value(theme.theme.slug()))
                .collect(),
            sdgs: plan.sdgs.iter().map(sdg).collect(),
            urban_agenda: plan.urban_agenda.iter().map(urban_agenda).collect(),
            topics: plan.topics.iter().map(topic).collect(),
            focus: focused.map(|theme| names.focus(theme)).collect(),
            challenges: plan.challenges.iter().map(|text| Text::new(text)).collect(),
            objectives: plan.objectives.iter().map(|text| Text::new(text)).collect(),
            timeline: Timeline::new(Subject::Activities, &plan.period, events.collect()),
            activities: nest(&document.activities, entries.collect()),
            outcomes: groups(outcomes),
            contacts: plan.contacts.iter().map(contact).collect(),
            sources: plan.sources.iter().map(source).collect(),
            relations: relations::from_both_ends(&plan.relations, inverse_relations),
            note: Text::maybe(plan.note.as_deref()),
        }
    }
}

/// The names of cities and themes, by slug.
struct Names<'a> {
    cities: HashMap<&'a str, String>,
    themes: HashMap<&'a str, String>,
}

impl<'a> Names<'a> {
    fn new(document: &'a PlanDocument) -> Self {
        let mut namesakes: HashMap<&str, usize> = HashMap::new();
        for city in &document.cities {
            *namesakes.entry(&city.name).or_default() += 1;
        }
        let city = |city: &'a CityInput| {
            let is_unique = namesakes.get(city.name.as_str()) == Some(&1);
            let name = if is_unique {
                line(&city.name)
            } else {
                qualified_name(city)
            };
            (city.slug.as_str(), name)
        };
        let mut themes: HashMap<_, _> = document
            .themes
            .iter()
            .map(|theme| (theme.slug.as_str(), line(&theme.name)))
            .collect();
        themes.extend(
            document
                .plan
                .themes
                .iter()
                .filter_map(|theme| Some((theme.theme.slug(), line(theme.label.as_deref()?)))),
        );
        Self {
            cities: document.cities.iter().map(city).collect(),
            themes,
        }
    }

    fn city(&self, slug: &str) -> String {
        self.cities
            .get(slug)
            .cloned()
            .unwrap_or_else(|| slug.to_owned())
    }

    fn theme(&self, slug: &str) -> String {
        self.themes
            .get(slug)
            .cloned()
            .unwrap_or_else(|| slug.to_owned())
    }

    fn focus(&self, theme: &PlanTheme) -> Focus {
        let cities =
            |slugs: Vec<&Slug>| slugs.iter().map(|slug| self.city(slug.as_str())).collect();
        let statements = theme.focus.iter().map(|focus| Statement {
            text: Text::maybe(focus.text.as_deref()),
            cities: cities(focus.cities.slugs()),
        });
        Focus {
            theme: self.theme(theme.theme.slug()),
            statements: statements.collect(),
        }
    }

    fn activity(&self, number: usize, activity: &DocumentActivity) -> Entry {
        let DocumentActivity {
            content: activity,
            themes,
            ..
        } = activity;
        let title = line(&activity.title);
        let cities = activity
            .cities
            .iter()
            .map(|city| self.city_value(city.city.slug(), words::activity_role(city.role)));
        let themes = themes.iter().map(|slug| self.theme_value(slug.as_str()));
        let facts = [
            ("Cities", cities.collect()),
            ("Organisations", self.organisations(&activity.organisations)),
            ("Themes", themes.collect()),
        ];
        Entry {
            number,
            when: Some(dates::moment(&activity.date).unwrap_or_else(|| "Undated".to_owned())),
            tags: words::activity_tags(&title, activity.kind, activity.mode, activity.status),
            title: Some(title),
            text: Text::maybe(activity.description.as_deref()),
            facts: with_values(facts),
            outputs: activity
                .outputs
                .iter()
                .map(|text| Text::new(text))
                .collect(),
            indicators: Vec::new(),
            note: Text::maybe(activity.note.as_deref()),
            children: Vec::new(),
        }
    }

    fn outcome(&self, number: usize, outcome: &DocumentOutcome) -> Entry {
        let heading = self.heading(outcome).unwrap_or_default().to_lowercase();
        let DocumentOutcome {
            content: outcome,
            theme,
        } = outcome;
        let theme = theme.as_ref().map(|slug| self.theme_value(slug.as_str()));
        let theme = theme.filter(|theme| !theme.name.to_lowercase().contains(&heading));
        let plain = |name| Value {
            name,
            detail: None,
            page: None,
        };
        let cities = outcome
            .cities
            .iter()
            .map(|city| self.city_value(city.city.slug(), words::outcome_role(city.role)));
        let facts = [
            (
                "Due",
                dates::moment(&outcome.due).map(plain).into_iter().collect(),
            ),
            ("Theme", theme.into_iter().collect()),
            ("Cities", cities.collect()),
            ("Organisations", self.organisations(&outcome.organisations)),
        ];
        Entry {
            number,
            when: None,
            title: None,
            tags: words::outcome_tags(outcome.kind, outcome.status),
            text: Text::new(&outcome.description),
            facts: with_values(facts),
            outputs: Vec::new(),
            indicators: outcome.indicators.iter().map(indicator).collect(),
            note: Text::maybe(outcome.note.as_deref()),
            children: Vec::new(),
        }
    }

    /// The heading of an outcome: the heading of the source, or otherwise the name of its theme.
    fn heading(&self, outcome: &DocumentOutcome) -> Option<String> {
        let theme = || outcome.theme.as_ref().map(|slug| self.theme(slug.as_str()));
        outcome.content.heading.as_deref().map(line).or_else(theme)
    }

    /// A city with its role and the path of its page.
    fn city_value(&self, slug: &str, role: Option<&str>) -> Value {
        Value {
            name: self.city(slug),
            detail: role.map(str::to_owned),
            page: Some(page(RecordKind::City, slug)),
        }
    }

    /// A theme with the path of its page.
    fn theme_value(&self, slug: &str) -> Value {
        Value {
            name: self.theme(slug),
            detail: None,
            page: Some(page(RecordKind::Theme, slug)),
        }
    }

    fn organisations(&self, organisations: &[Organisation]) -> Vec<Value> {
        let value = |organisation: &Organisation| {
            let name = line(&organisation.name);
            let role = organisation
                .role
                .map(|role| words::organisation_role(role).to_owned());
            let kind = organisation
                .kind
                .and_then(words::organisation_kind)
                .map(str::to_owned);
            let city = organisation.city.slug().map(|slug| self.city(slug));
            let country = organisation.country.as_ref();
            let country = country.map(|code| country_name(code.as_str()).to_owned());
            let details = role.into_iter().chain(kind).chain(city).chain(country);
            let details: Vec<_> = details.collect();
            let name = match organisation.acronym.as_deref().map(line) {
                Some(acronym) => format!("{name} ({acronym})"),
                None => name,
            };
            Value {
                name,
                detail: Some(details.join(", ")).filter(|detail| !detail.is_empty()),
                page: None,
            }
        };
        organisations.iter().map(value).collect()
    }
}

/// The path of the page of a record.
fn page(kind: RecordKind, slug: &str) -> String {
    format!("/{}/{slug}", kind.plural())
}

/// The name of a city with its region, its country or its slug, for cities that have the same name.
fn qualified_name(city: &CityInput) -> String {
    let qualifier = city
        .region
        .as_deref()
        .map(line)
        .or_else(|| country(city))
        .unwrap_or_else(|| city.slug.to_string());
    format!("{} ({qualifier})", line(&city.name))
}

fn country(city: &CityInput) -> Option<String> {
    let code = city.country?;
    Some(country_name(code.as_str()).to_owned())
}

fn city_facts(document: &PlanDocument, names: &Names) -> Vec<CityFacts> {
    let facts = |part: &PlanCity| {
        let slug = part.city.slug();
        let mut cities = document.cities.iter();
        let city = cities.find(|city| city.slug.as_str() == slug);
        let known = city.map_or_else(|| slug.to_owned(), |city| line(&city.name));
        let stated = part.as_stated.name.as_deref();
        let name = stated.map_or_else(|| known.clone(), line);
        CityFacts {
            lead: part.role == PlanCityRole::Lead,
            short: names.city(slug),
            page: page(RecordKind::City, slug),
            remarks: remarks(&name, known, city),
            name,
            rows: rows(part, city),
        }
    };
    document.plan.cities.iter().map(facts).collect()
}

/// The other names of the city without repetitions, and its kind.
fn remarks(name: &str, known: String, city: Option<&CityInput>) -> Vec<String> {
    let kind = city.and_then(|city| words::place(city.kind));
    let others = city.into_iter().flat_map(|city| &city.alternative_names);
    let others = others.map(|name| line(name));
    let all = std::iter::once(known).chain(others);
    let mut remarks: Vec<String> = Vec::new();
    for remark in all.chain(kind.map(str::to_owned)) {
        if remark != name && !remarks.contains(&remark) {
            remarks.push(remark);
        }
    }
    remarks
}

/// The values that the plan states about the city, or otherwise the values of its record.
fn rows(part: &PlanCity, city: Option<&CityInput>) -> [CityLine; 5] {
    let stated = &part.as_stated;
    let region = city.and_then(|city| city.region.clone());
    let population = city.and_then(|city| city.population);
    let area = city.and_then(|city| city.area_km2);
    [
        cities::value(stated.region.as_deref(), region),
        cities::value(stated.country.as_deref(), city.and_then(country)),
        cities::value(
            stated.population.as_deref(),
            population.map(|number| grouped(&number.to_string())),
        ),
        cities::value(
            stated.area.as_deref(),
            area.map(|number| grouped(&number.to_string())),
        ),
        cities::value(stated.mayor.as_deref(), None),
    ]
}

fn event(number: usize, activity: &DocumentActivity) -> Event {
    let activity = &activity.content;
    let held = words::activity_status(activity.status).is_none();
    Event {
        number,
        title: line(&activity.title),
        when: dates::moment(&activity.date),
        date: activity.date.clone(),
        held,
    }
}

/// The facts that have values.
fn with_values<const N: usize>(facts: [(&'static str, Vec<Value>); N]) -> Vec<Fact> {
    facts
        .into_iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(label, values)| Fact { label, values })
        .collect()
}

/// Groups consecutive outcomes with the same heading.
fn groups(outcomes: impl Iterator<Item = (Option<String>, Entry)>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (heading, entry) in outcomes {
        match groups.last_mut().filter(|group| group.heading == heading) {
            Some(group) => group.entries.push(entry),
            None => groups.push(Group {
                heading,
                entries: vec![entry],
            }),
        }
    }
    if groups.len() > 1 {
        for group in groups.iter_mut().filter(|group| group.heading.is_none()) {
            group.heading = Some("Other results and benefits".to_owned());
        }
    }
    groups
}

fn indicator(indicator: &OutcomeIndicator) -> Indicator {
    let name = line(&indicator.name);
    let name = indicator
        .unit
        .as_deref()
        .map_or_else(|| name.clone(), |unit| format!("{name} ({})", line(unit)));
    let number = |value: Option<f64>| value.map(|value| grouped(&value.to_string()));
    let values = [
        ("Baseline", indicator.baseline),
        ("Target", indicator.target),
        ("Actual", indicator.actual),
    ];
    Indicator {
        name,
        values: values.map(|(heading, value)| (heading, number(value))),
    }
}

/// True if a text contains a number or a word as a whole: `11` is contained in `SDG 11`, but not in `2011`.
fn contains_word(text: &str, word: &str) -> bool {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '.')
        .any(|part| part.trim_matches('.') == word)
}

/// A goal, a partnership or a topic; the sheet tells what the source states from what an editor assigned.
fn assigned(name: String, basis: Basis) -> Value {
    Value {
        name,
        detail: (basis == Basis::Assigned).then(|| "assigned by an editor".to_owned()),
        page: None,
    }
}

fn topic(entry: &PlanTopic) -> Value {
    let title = || topic_title(&entry.topic).unwrap_or(&entry.topic);
    let name = entry.label.as_deref();
    assigned(name.map_or_else(|| title().to_owned(), line), entry.basis)
}

fn sdg(sdg: &PlanSdg) -> Value {
    let number = sdg.goal.to_string();
    let title = || sdg_title(sdg.goal).unwrap_or_default().to_owned();
    let words = sdg.label.as_deref().map_or_else(title, line);
    let target = sdg
        .target
        .as_deref()
        .filter(|target| !contains_word(&words, target));
    let words = if contains_word(&words, &number) {
        words
    } else {
        format!("SDG {number} {words}")
    };
    let name = target.map_or_else(
        || words.clone(),
        |target| format!("{words} (target {target})"),
    );
    assigned(name, sdg.basis)
}

fn urban_agenda(entry: &PlanUrbanAgenda) -> Value {
    let title = || partnership_title(&entry.partnership).unwrap_or(&entry.partnership);
    let name = entry.label.as_deref();
    assigned(name.map_or_else(|| title().to_owned(), line), entry.basis)
}

fn contact(contact: &PlanContact) -> Contact {
    let links = contact
        .email
        .as_deref()
        .map(Link::mail)
        .into_iter()
        .chain(contact.url.as_deref().map(Link::web));
    Contact {
        names: [&contact.organisation, &contact.name]
            .into_iter()
            .flatten()
            .map(|name| line(name))
            .collect(),
        links: links.collect(),
        purpose: contact.purpose.as_deref().map(line),
    }
}

fn source(source: &PlanSource) -> Source {
    let kind = source.kind.and_then(words::source_kind);
    let language = source
        .language
        .as_deref()
        .map(|language| format!("language: {language}"));
    let read = source
        .retrieved_on
        .map(|day| format!("read on {}", day.format("%-d %B %Y")));
    Source {
        title: source.title.as_deref().map(line),
        link: source.url.as_deref().map(Link::web),
        details: kind
            .map(str::to_owned)
            .into_iter()
            .chain(language)
            .chain(read)
            .collect(),
        note: Text::maybe(source.note.as_deref()),
    }
}
