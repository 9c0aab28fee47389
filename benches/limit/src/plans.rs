//! One plan, pages of plans, and a new plan.

use crate::database::{Connection, Database};
use crate::records::{
    AsStated, Contact, Focus, Json, Names, Partnership, Period, Plan, PlanCity, PlanTheme,
    Relation, Sdg, Source,
};
use crate::{Answer, json};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::future::{try_join3, try_join4};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use tokio_postgres::Row;
use uuid::Uuid;

#[derive(Serialize)]
struct CityReference<'a> {
    city_id: Uuid,
    slug: &'a str,
    name: &'a str,
    country: Option<&'a str>,
}

#[derive(Serialize)]
struct ShownCity<'a> {
    city_id: Uuid,
    slug: &'a str,
    name: &'a str,
    country: Option<&'a str>,
    role: &'a str,
    as_stated: &'a AsStated<'a>,
}

#[derive(Serialize)]
struct ShownFocus<'a> {
    text: &'a str,
    city_ids: &'a [Uuid],
    cities: Vec<CityReference<'a>>,
}

#[derive(Serialize)]
struct ShownTheme<'a> {
    theme_id: Uuid,
    slug: &'a str,
    name: &'a str,
    label: &'a Option<Cow<'a, str>>,
    focus: Vec<ShownFocus<'a>>,
}

#[derive(Serialize)]
struct ShownRelation<'a> {
    plan_id: Uuid,
    slug: &'a str,
    title: &'a str,
    kind: &'a str,
}

#[derive(Serialize)]
struct ShownPlan<'a> {
    id: Uuid,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    slug: &'a str,
    title: &'a str,
    programme: Option<&'a str>,
    kind: &'a str,
    status: &'a str,
    period: &'a Period<'a>,
    objectives: &'a [&'a str],
    challenges: &'a [&'a str],
    cities: Vec<ShownCity<'a>>,
    themes: Vec<ShownTheme<'a>>,
    sdgs: &'a [Sdg<'a>],
    urban_agenda: &'a [Partnership<'a>],
    contacts: &'a [Contact<'a>],
    sources: &'a [Source<'a>],
    relations: Vec<ShownRelation<'a>>,
    note: Option<&'a str>,
}

impl<'a> ShownPlan<'a> {
    fn of(plan: &'a Plan<'a>, names: &Names<'a>) -> Self {
        let city = |id: Uuid| {
            let (slug, name, country) = names.cities.get(&id).copied().unwrap_or_default();
            CityReference {
                city_id: id,
                slug,
                name,
                country,
            }
        };
        let focus = |focus: &'a Focus| ShownFocus {
            text: &focus.text,
            city_ids: &focus.city_ids,
            cities: focus.city_ids.iter().map(|id| city(*id)).collect(),
        };
        let theme = |theme: &'a PlanTheme| {
            let (slug, name) = names
                .themes
                .get(&theme.theme_id)
                .copied()
                .unwrap_or_default();
            ShownTheme {
                theme_id: theme.theme_id,
                slug,
                name,
                label: &theme.label,
                focus: theme.focus.iter().map(focus).collect(),
            }
        };
        let relation = |relation: &'a Relation| {
            let (slug, title) = names
                .plans
                .get(&relation.plan_id)
                .copied()
                .unwrap_or_default();
            ShownRelation {
                plan_id: relation.plan_id,
                slug,
                title,
                kind: &relation.kind,
            }
        };
        let cities = plan.cities.iter().map(|link| {
            let CityReference {
                city_id,
                slug,
                name,
                country,
            } = city(link.city_id);
            ShownCity {
                city_id,
                slug,
                name,
                country,
                role: &link.role,
                as_stated: &link.as_stated,
            }
        });
        Self {
            id: plan.id,
            version: plan.version,
            created_at: plan.created_at,
            updated_at: plan.updated_at,
            slug: plan.slug,
            title: plan.title,
            programme: plan.programme,
            kind: plan.kind,
            status: plan.status,
            period: &plan.period,
            objectives: &plan.objectives,
            challenges: &plan.challenges,
            cities: cities.collect(),
            themes: plan.themes.iter().map(theme).collect(),
            sdgs: &plan.sdgs,
            urban_agenda: &plan.urban_agenda,
            contacts: &plan.contacts,
            sources: &plan.sources,
            relations: plan.relations.iter().map(relation).collect(),
            note: plan.note,
        }
    }
}

/// `GET /v1/plans/{id}`: four statements at once.
pub async fn fetch(database: web::Data<Database>, id: web::Path<Uuid>) -> Answer {
    let connection = database.connection();
    let client = &connection.client;
    let (row, cities, themes, plans) = try_join4(
        client.query_opt(&connection.plan, &[&*id]),
        client.query(&connection.cities_of_plan, &[&*id]),
        client.query(&connection.themes_of_plan, &[&*id]),
        client.query(&connection.plans_of_plan, &[&*id]),
    )
    .await?;
    let Some(row) = row else {
        return Ok(HttpResponse::NotFound().finish());
    };
    let plan = Plan::of(&row);
    json(
        StatusCode::OK,
        4096,
        &ShownPlan::of(&plan, &Names::of(&cities, &themes, &plans)),
    )
}

#[derive(Deserialize)]
pub struct PageQuery {
    limit: i64,
    after: Option<DateTime<Utc>>,
    after_id: Option<Uuid>,
    country: Option<String>,
}

#[derive(Serialize)]
struct Page<'a> {
    data: Vec<ShownPlan<'a>>,
    next_cursor: Option<String>,
}

/// `GET /v1/plans`: the rows, then three statements at once for the names in them.
pub async fn list(database: web::Data<Database>, query: web::Query<PageQuery>) -> Answer {
    let connection = database.connection();
    let room = query.limit + 1;
    let rows = match (&query.country, query.after, query.after_id) {
        (Some(country), ..) => {
            connection
                .client
                .query(&connection.by_country, &[&room, country])
                .await?
        }
        (None, Some(after), Some(id)) => {
            connection
                .client
                .query(&connection.next_page, &[&room, &after, &id])
                .await?
        }
        _ => {
            connection
                .client
                .query(&connection.first_page, &[&room])
                .await?
        }
    };
    let shown = rows
        .get(..rows.len().min(query.limit as usize))
        .unwrap_or_default();
    let plans: Vec<Plan> = shown.iter().map(Plan::of).collect();
    let (cities, themes, related) = names(connection, &plans).await?;
    let names = Names::of(&cities, &themes, &related);
    let last = plans.last().filter(|_| rows.len() > shown.len());
    let next_cursor = last.map(|plan| {
        format!(
            "{},{}",
            plan.created_at.to_rfc3339_opts(SecondsFormat::Micros, true),
            plan.id
        )
    });
    let page = Page {
        data: plans
            .iter()
            .map(|plan| ShownPlan::of(plan, &names))
            .collect(),
        next_cursor,
    };
    json(StatusCode::OK, 64 * 1024, &page)
}

/// The rows with the names of all that the plans lead to.
async fn names(
    connection: &Connection,
    plans: &[Plan<'_>],
) -> Result<(Vec<Row>, Vec<Row>, Vec<Row>), tokio_postgres::Error> {
    let focus = |plan: &Plan| {
        plan.themes
            .iter()
            .flat_map(|theme| &theme.focus)
            .flat_map(|focus| focus.city_ids.clone())
            .collect::<Vec<_>>()
    };
    let cities: Vec<Uuid> = plans
        .iter()
        .flat_map(|plan| {
            plan.cities
                .iter()
                .map(|city| city.city_id)
                .chain(focus(plan))
        })
        .collect();
    let themes: Vec<Uuid> = plans
        .iter()
        .flat_map(|plan| &plan.themes)
        .map(|theme| theme.theme_id)
        .collect();
    let related: Vec<Uuid> = plans
        .iter()
        .flat_map(|plan| &plan.relations)
        .map(|relation| relation.plan_id)
        .collect();
    try_join3(
        connection
            .client
            .query(&connection.cities, &[&distinct(cities)]),
        connection
            .client
            .query(&connection.themes, &[&distinct(themes)]),
        connection
            .client
            .query(&connection.plans, &[&distinct(related)]),
    )
    .await
}

/// Each id once.
pub fn distinct(mut ids: Vec<Uuid>) -> Vec<Uuid> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// A plan as it is sent; what is missing or of a wrong type is refused.
#[derive(Deserialize)]
pub struct NewPlan<'a> {
    slug: &'a str,
    #[serde(borrow)]
    title: Cow<'a, str>,
    programme: Option<Cow<'a, str>>,
    kind: &'a str,
    status: &'a str,
    period: Period<'a>,
    objectives: Vec<Cow<'a, str>>,
    challenges: Vec<Cow<'a, str>>,
    cities: Vec<PlanCity<'a>>,
    themes: Vec<PlanTheme<'a>>,
    sdgs: Vec<Sdg<'a>>,
    urban_agenda: Vec<Partnership<'a>>,
    contacts: Vec<Contact<'a>>,
    sources: Vec<Source<'a>>,
    relations: Vec<Relation<'a>>,
    note: Option<Cow<'a, str>>,
}

/// `POST /v1/plans`: one insertion, the names at the same time.
pub async fn create(database: web::Data<Database>, body: web::Bytes) -> Answer {
    let new: NewPlan = serde_json::from_slice(&body)?;
    let connection = database.writer();
    let mut city_ids: Vec<Uuid> = new.cities.iter().map(|city| city.city_id).collect();
    city_ids.extend(
        new.themes
            .iter()
            .flat_map(|theme| &theme.focus)
            .flat_map(|focus| &focus.city_ids),
    );
    let theme_ids: Vec<Uuid> = new.themes.iter().map(|theme| theme.theme_id).collect();
    let plan_ids: Vec<Uuid> = new
        .relations
        .iter()
        .map(|relation| relation.plan_id)
        .collect();
    let client = &connection.client;
    let (id, period, cities, themes) = (
        Uuid::now_v7(),
        Json(new.period),
        Json(new.cities),
        Json(new.themes),
    );
    let (sdgs, urban_agenda, contacts) =
        (Json(new.sdgs), Json(new.urban_agenda), Json(new.contacts));
    let (sources, relations) = (Json(new.sources), Json(new.relations));
    let (row, city_names, theme_names, plan_names) = try_join4(
        client.query_one(
            &connection.insert,
            &[
                &id,
                &new.slug,
                &new.title,
                &new.programme,
                &new.kind,
                &new.status,
                &period,
                &new.objectives,
                &new.challenges,
                &cities,
                &themes,
                &sdgs,
                &urban_agenda,
                &contacts,
                &sources,
                &relations,
                &new.note,
            ],
        ),
        client.query(&connection.cities, &[&city_ids]),
        client.query(&connection.themes, &[&theme_ids]),
        client.query(&connection.plans, &[&plan_ids]),
    )
    .await?;
    let plan = Plan::of(&row);
    json(
        StatusCode::CREATED,
        4096,
        &ShownPlan::of(&plan, &Names::of(&city_names, &theme_names, &plan_names)),
    )
}
