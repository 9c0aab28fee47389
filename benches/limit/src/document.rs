//! A whole plan as one document: six statements, three at a time.

use crate::database::Database;
use crate::records::{
    Activity, AsStated, ById, Contact, Indicator, Json, LinkedCity, Organisation, Outcome,
    Partnership, Period, Plan, Sdg, Source,
};
use crate::{Answer, json};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use futures_util::future::try_join3;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashSet;
use tokio_postgres::Row;
use uuid::Uuid;

#[derive(Serialize, Deserialize)]
struct Identifier<'a> {
    #[serde(borrow)]
    scheme: Cow<'a, str>,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

#[derive(Serialize)]
struct City<'a> {
    slug: &'a str,
    name: &'a str,
    alternative_names: Vec<&'a str>,
    kind: &'a str,
    country: Option<&'a str>,
    region: Option<&'a str>,
    population: Option<i64>,
    area_km2: Option<f64>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    identifiers: Vec<Identifier<'a>>,
}

#[derive(Serialize)]
struct Theme<'a> {
    slug: &'a str,
    name: &'a str,
    description: Option<&'a str>,
    aliases: Vec<&'a str>,
    sdgs: Vec<i32>,
    urban_agenda: Vec<&'a str>,
}

fn city(row: &Row) -> City<'_> {
    City {
        slug: row.get(1),
        name: row.get(2),
        alternative_names: row.get(3),
        kind: row.get(4),
        country: row.get(5),
        region: row.get(6),
        population: row.get(7),
        area_km2: row.get(8),
        latitude: row.get(9),
        longitude: row.get(10),
        identifiers: row.get::<_, Json<Vec<Identifier>>>(11).0,
    }
}

fn theme(row: &Row) -> Theme<'_> {
    Theme {
        slug: row.get(1),
        name: row.get(2),
        description: row.get(3),
        aliases: row.get(4),
        sdgs: row.get(5),
        urban_agenda: row.get(6),
    }
}

#[derive(Serialize)]
struct PlanCity<'a> {
    city: &'a str,
    role: &'a str,
    as_stated: &'a AsStated<'a>,
}

#[derive(Serialize)]
struct Focus<'a> {
    text: &'a str,
    cities: Vec<&'a str>,
}

#[derive(Serialize)]
struct PlanTheme<'a> {
    theme: &'a str,
    label: &'a Option<Cow<'a, str>>,
    focus: Vec<Focus<'a>>,
}

#[derive(Serialize)]
struct Relation<'a> {
    plan: &'a str,
    kind: &'a str,
}

#[derive(Serialize)]
struct DocumentPlan<'a> {
    slug: &'a str,
    title: &'a str,
    programme: Option<&'a str>,
    kind: &'a str,
    status: &'a str,
    period: &'a Period<'a>,
    objectives: &'a [&'a str],
    challenges: &'a [&'a str],
    cities: Vec<PlanCity<'a>>,
    themes: Vec<PlanTheme<'a>>,
    sdgs: &'a [Sdg<'a>],
    urban_agenda: &'a [Partnership<'a>],
    contacts: &'a [Contact<'a>],
    sources: &'a [Source<'a>],
    relations: Vec<Relation<'a>>,
    note: Option<&'a str>,
}

#[derive(Serialize)]
struct DocumentCity<'a> {
    city: &'a str,
    role: &'a str,
}

#[derive(Serialize)]
struct DocumentOrganisation<'a> {
    name: &'a str,
    acronym: &'a Option<Cow<'a, str>>,
    kind: &'a Option<Cow<'a, str>>,
    role: &'a Option<Cow<'a, str>>,
    city: Option<&'a str>,
}

#[derive(Serialize)]
struct DocumentActivity<'a> {
    title: &'a str,
    description: Option<&'a str>,
    kind: &'a str,
    mode: Option<&'a str>,
    status: &'a str,
    date: &'a Period<'a>,
    outputs: &'a [&'a str],
    note: Option<&'a str>,
    cities: Vec<DocumentCity<'a>>,
    organisations: Vec<DocumentOrganisation<'a>>,
    themes: Vec<&'a str>,
}

#[derive(Serialize)]
struct DocumentOutcome<'a> {
    heading: Option<&'a str>,
    description: &'a str,
    kind: &'a str,
    status: &'a str,
    due: &'a Period<'a>,
    indicators: &'a [Indicator<'a>],
    note: Option<&'a str>,
    cities: Vec<DocumentCity<'a>>,
    organisations: Vec<DocumentOrganisation<'a>>,
    theme: Option<&'a str>,
}

#[derive(Serialize)]
struct Document<'a> {
    plan: DocumentPlan<'a>,
    cities: Vec<City<'a>>,
    themes: Vec<Theme<'a>>,
    activities: Vec<DocumentActivity<'a>>,
    outcomes: Vec<DocumentOutcome<'a>>,
}

/// Slugs by id.
type Slugs<'a> = ById<&'a str>;

fn slug<'a>(slugs: &Slugs<'a>, id: Uuid) -> &'a str {
    slugs.get(&id).copied().unwrap_or_default()
}

fn slugs(rows: &[Row]) -> Slugs<'_> {
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

fn document_cities<'a>(links: &'a [LinkedCity], slugs: &Slugs<'a>) -> Vec<DocumentCity<'a>> {
    links
        .iter()
        .map(|link| DocumentCity {
            city: slug(slugs, link.city_id),
            role: &link.role,
        })
        .collect()
}

fn document_organisations<'a>(
    organisations: &'a [Organisation],
    slugs: &Slugs<'a>,
) -> Vec<DocumentOrganisation<'a>> {
    let shown = |one: &'a Organisation| DocumentOrganisation {
        name: &one.name,
        acronym: &one.acronym,
        kind: &one.kind,
        role: &one.role,
        city: one.city_id.map(|id| slug(slugs, id)),
    };
    organisations.iter().map(shown).collect()
}

/// The cities that a document names, each once, in the order in which they are first named.
fn named_cities(plan: &Plan, activities: &[Activity], outcomes: &[Outcome]) -> Vec<Uuid> {
    let mut seen = HashSet::new();
    let focus = plan
        .themes
        .iter()
        .flat_map(|theme| &theme.focus)
        .flat_map(|focus| focus.city_ids.iter().copied());
    let of_plan = plan.cities.iter().map(|city| city.city_id).chain(focus);
    let of = |cities: &[LinkedCity], organisations: &[Organisation]| -> Vec<Uuid> {
        cities
            .iter()
            .map(|city| city.city_id)
            .chain(organisations.iter().filter_map(|one| one.city_id))
            .collect()
    };
    let of_activities = activities
        .iter()
        .flat_map(|one| of(&one.cities, &one.organisations));
    let of_outcomes = outcomes
        .iter()
        .flat_map(|one| of(&one.cities, &one.organisations));
    of_plan
        .chain(of_activities)
        .chain(of_outcomes)
        .filter(|id| seen.insert(*id))
        .collect()
}

fn in_order<'a>(ids: &[Uuid], rows: &'a [Row]) -> Vec<&'a Row> {
    let rows: ById<&Row> = rows.iter().map(|row| (row.get(0), row)).collect();
    ids.iter().filter_map(|id| rows.get(id).copied()).collect()
}

fn document_plan<'a>(
    plan: &'a Plan<'a>,
    cities: &Slugs<'a>,
    themes: &Slugs<'a>,
    plans: &Slugs<'a>,
) -> DocumentPlan<'a> {
    let focus = |focus: &'a crate::records::Focus| Focus {
        text: &focus.text,
        cities: focus.city_ids.iter().map(|id| slug(cities, *id)).collect(),
    };
    let theme = |theme: &'a crate::records::PlanTheme| PlanTheme {
        theme: slug(themes, theme.theme_id),
        label: &theme.label,
        focus: theme.focus.iter().map(focus).collect(),
    };
    DocumentPlan {
        slug: plan.slug,
        title: plan.title,
        programme: plan.programme,
        kind: plan.kind,
        status: plan.status,
        period: &plan.period,
        objectives: &plan.objectives,
        challenges: &plan.challenges,
        cities: plan
            .cities
            .iter()
            .map(|link| PlanCity {
                city: slug(cities, link.city_id),
                role: &link.role,
                as_stated: &link.as_stated,
            })
            .collect(),
        themes: plan.themes.iter().map(theme).collect(),
        sdgs: &plan.sdgs,
        urban_agenda: &plan.urban_agenda,
        contacts: &plan.contacts,
        sources: &plan.sources,
        relations: plan
            .relations
            .iter()
            .map(|relation| Relation {
                plan: slug(plans, relation.plan_id),
                kind: &relation.kind,
            })
            .collect(),
        note: plan.note,
    }
}

/// `GET /v1/plans/{id}/summary`
pub async fn fetch(database: web::Data<Database>, id: web::Path<Uuid>) -> Answer {
    let connection = database.connection();
    let client = &connection.client;
    let (row, activities, outcomes) = try_join3(
        client.query_opt(&connection.plan, &[&*id]),
        client.query(&connection.activities_of_plan, &[&*id]),
        client.query(&connection.outcomes_of_plan, &[&*id]),
    )
    .await?;
    let Some(row) = row else {
        return Ok(HttpResponse::NotFound().finish());
    };
    let plan = Plan::of(&row);
    let activities: Vec<Activity> = activities.iter().map(Activity::of).collect();
    let outcomes: Vec<Outcome> = outcomes.iter().map(Outcome::of).collect();
    let city_ids = named_cities(&plan, &activities, &outcomes);
    let theme_ids: Vec<Uuid> = plan.themes.iter().map(|theme| theme.theme_id).collect();
    let plan_ids: Vec<Uuid> = plan
        .relations
        .iter()
        .map(|relation| relation.plan_id)
        .collect();
    let (cities, themes, plans) = try_join3(
        client.query(&connection.whole_cities, &[&city_ids]),
        client.query(&connection.whole_themes, &[&theme_ids]),
        client.query(&connection.plans, &[&plan_ids]),
    )
    .await?;
    let (city_slugs, theme_slugs, plan_slugs) = (slugs(&cities), slugs(&themes), slugs(&plans));
    let shown_activities = activities.iter().map(|one| DocumentActivity {
        title: one.texts.title,
        description: one.texts.description,
        kind: one.texts.kind,
        mode: one.texts.mode,
        status: one.texts.status,
        date: &one.texts.date,
        outputs: &one.texts.outputs,
        note: one.texts.note,
        cities: document_cities(&one.cities, &city_slugs),
        organisations: document_organisations(&one.organisations, &city_slugs),
        themes: one
            .theme_ids
            .iter()
            .map(|id| slug(&theme_slugs, *id))
            .collect(),
    });
    let shown_outcomes = outcomes.iter().map(|one| DocumentOutcome {
        heading: one.texts.heading,
        description: one.texts.description,
        kind: one.texts.kind,
        status: one.texts.status,
        due: &one.texts.due,
        indicators: &one.texts.indicators,
        note: one.texts.note,
        cities: document_cities(&one.cities, &city_slugs),
        organisations: document_organisations(&one.organisations, &city_slugs),
        theme: one.theme_id.map(|id| slug(&theme_slugs, id)),
    });
    let document = Document {
        plan: document_plan(&plan, &city_slugs, &theme_slugs, &plan_slugs),
        cities: in_order(&city_ids, &cities).into_iter().map(city).collect(),
        themes: in_order(&theme_ids, &themes)
            .into_iter()
            .map(theme)
            .collect(),
        activities: shown_activities.collect(),
        outcomes: shown_outcomes.collect(),
    };
    json(StatusCode::OK, 32 * 1024, &document)
}
