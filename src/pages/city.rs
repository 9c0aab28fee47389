//! The page of a city: its plans, its partners, its activities and its outcomes.

use super::amount::Amount;
use super::map::{Cooperation, Map};
use super::reading::{Listed, last};
use super::rows::{self, DataLink, Named, PartRow, PlanRow};
use super::words;
use crate::conventions::context::Context;
use crate::conventions::html::Html;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::fetch::{self, Target};
use crate::documents::sheets::text::{grouped, line};
use crate::documents::sheets::timeline::{Subject, Timeline};
use crate::documents::sheets::words::place;
use crate::domain::{Period, RecordKind};
use crate::resources::activities::{Activity, ActivityFilter, ActivitySort};
use crate::resources::cities::{City, CityPartners, read_partners};
use crate::resources::outcomes::{Outcome, OutcomeFilter, OutcomeSort};
use crate::resources::plans::{Plan, PlanFilter, PlanSort};
use askama::Template;

/// The maximum number of records in each list.
const LISTED: i64 = 50;
/// The maximum number of partners in the table. The map contains all partners that the API returns.
const PARTNERS: usize = 50;

/// The content of the page of a city.
#[derive(Template)]
#[template(path = "pages/city.html")]
pub struct CityPage {
    name: String,
    slug: String,
    asides: Vec<String>,
    facts: Vec<(&'static str, String)>,
    plans: Vec<PlanRow>,
    all_plans: Amount,
    partners: Vec<Partner>,
    all_partners: Amount,
    map: Option<Map>,
    timeline: Option<Timeline>,
    activities: Vec<PartRow>,
    all_activities: Amount,
    outcomes: Vec<PartRow>,
    all_outcomes: Amount,
    data: Vec<DataLink>,
}

/// A city that has plans in common with the city of the page.
struct Partner {
    city: Named,
    country: Option<String>,
    plans: i32,
    themes: Vec<Named>,
}

/// `GET /cities/{city_id}`
pub async fn show(context: Context, target: Target<City>) -> Result<Html<CityPage>, Problem> {
    let city = fetch::fetch(&context, &target).await?;
    let partners = read_partners(&context, &target).await?;
    let parts = Parts::read(&context, &city).await?;
    let map = cooperation(&city, &partners).read_map(&context).await?;
    Ok(Html(CityPage::new(&city, &partners, &parts, map)))
}

/// The plans, activities and outcomes of a city.
struct Parts {
    plans: Listed<Plan>,
    activities: Listed<Activity>,
    outcomes: Listed<Outcome>,
}

impl Parts {
    async fn read(context: &Context, city: &City) -> Result<Self, Problem> {
        let key = || vec![city.record.id.to_string()].into();
        let of_plans = PlanFilter {
            city: key(),
            ..PlanFilter::default()
        };
        let of_activities = ActivityFilter {
            city: key(),
            ..ActivityFilter::default()
        };
        let of_outcomes = OutcomeFilter {
            city: key(),
            ..OutcomeFilter::default()
        };
        Ok(Self {
            plans: last(context, of_plans, PlanSort::PeriodStart, LISTED).await?,
            activities: last(context, of_activities, ActivitySort::Date, LISTED).await?,
            outcomes: last(context, of_outcomes, OutcomeSort::UpdatedAt, LISTED).await?,
        })
    }
}

fn cooperation(city: &City, partners: &CityPartners) -> Cooperation<uuid::Uuid> {
    let mut cooperation = Cooperation::default();
    for partner in &partners.data {
        let plans = usize::try_from(partner.plans).unwrap_or_default();
        cooperation.add_pair(city.record.id, partner.city.city_id, plans);
    }
    cooperation
}

impl CityPage {
    fn new(city: &City, partners: &CityPartners, parts: &Parts, map: Option<Map>) -> Self {
        let input = &city.input;
        let activities = (1..).zip(&parts.activities.records);
        let events = activities
            .clone()
            .map(|(at, activity)| rows::moment(at, activity));
        let timeline = Timeline::new(Subject::Activities, &Period::default(), events.collect());
        let outcomes = (1..).zip(&parts.outcomes.records);
        let names = input.alternative_names.iter().map(|name| line(name));
        let kind = place(input.kind).map(str::to_owned);
        Self {
            name: line(&input.name),
            slug: input.slug.to_string(),
            asides: names.chain(kind).collect(),
            facts: facts(city),
            plans: parts.plans.records.iter().map(PlanRow::new).collect(),
            all_plans: parts.plans.total,
            partners: partners
                .data
                .iter()
                .take(PARTNERS)
                .map(Partner::new)
                .collect(),
            all_partners: Amount::exact(partners.data.len()),
            map,
            timeline: timeline.filter(Timeline::has_several),
            activities: activities
                .map(|(at, part)| PartRow::activity(at, part))
                .collect(),
            all_activities: parts.activities.total,
            outcomes: outcomes
                .map(|(at, part)| PartRow::outcome(at, part))
                .collect(),
            all_outcomes: parts.outcomes.total,
            data: data(input.slug.as_str()),
        }
    }
}

impl Partner {
    fn new(partner: &crate::resources::cities::CityPartner) -> Self {
        let names = &partner.city.names;
        let country = names
            .country
            .map(|country| words::country(country.as_str()));
        let themes = partner.themes.iter();
        Self {
            city: Named::new(RecordKind::City, names.slug.as_str(), &names.name),
            country,
            plans: partner.plans,
            themes: themes.map(|theme| Named::theme(&theme.theme)).collect(),
        }
    }
}

fn facts(city: &City) -> Vec<(&'static str, String)> {
    let input = &city.input;
    let country = input
        .country
        .map(|country| words::country(country.as_str()));
    let number = |number: String| grouped(&number);
    let coordinates = input.latitude.zip(input.longitude);
    let identifiers = input.identifiers.iter();
    let identifiers = identifiers.map(|known| format!("{} {}", known.scheme, known.value));
    let identifiers: Vec<_> = identifiers.collect();
    let facts = [
        ("Country", country),
        (
            "Province, State, Department",
            input.region.as_deref().map(line),
        ),
        (
            "Population",
            input.population.map(|value| number(value.to_string())),
        ),
        (
            "Size (km²)",
            input.area_km2.map(|value| number(value.to_string())),
        ),
        (
            "Latitude, longitude",
            coordinates.map(|(north, east)| format!("{north}, {east}")),
        ),
        (
            "Identifiers",
            Some(identifiers.join(", ")).filter(|text| !text.is_empty()),
        ),
    ];
    let known = facts.into_iter();
    known
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

fn data(slug: &str) -> Vec<DataLink> {
    vec![
        DataLink::json(format!("/v1/cities/{slug}")),
        DataLink {
            name: "Partners (JSON)",
            url: format!("/v1/cities/{slug}/partners"),
            media_type: "application/json",
        },
        DataLink {
            name: "Plans (JSON)",
            url: format!("/v1/plans?city={slug}"),
            media_type: "application/json",
        },
        DataLink::csv(
            "Plans as a table (CSV)",
            format!("/v1/exports/plans.csv?city={slug}"),
        ),
        DataLink::csv(
            "Activities as a table (CSV)",
            format!("/v1/exports/activities.csv?city={slug}"),
        ),
        DataLink::calendar(format!("/v1/exports/activities.ics?city={slug}")),
        DataLink::geojson(format!("/v1/exports/plans.geojson?city={slug}")),
    ]
}
