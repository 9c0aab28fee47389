//! All activities as lines of JSON: the rows as they come, their names looked up for many at a time.

use crate::Answer;
use crate::database::{Connection, Database};
use crate::plans::distinct;
use crate::records::{Activity, Names, Period};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use futures_util::future::try_join3;
use futures_util::{StreamExt, TryStreamExt};
use serde::Serialize;
use std::borrow::Cow;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// Rows whose names are looked up at a time.
const BATCH: usize = 1000;

#[derive(Serialize)]
struct ShownCity<'a> {
    city_id: Uuid,
    slug: &'a str,
    name: &'a str,
    country: Option<&'a str>,
    role: &'a str,
}

#[derive(Serialize)]
struct ShownOrganisation<'a> {
    name: &'a str,
    acronym: &'a Option<Cow<'a, str>>,
    kind: &'a Option<Cow<'a, str>>,
    role: &'a Option<Cow<'a, str>>,
    city_id: Option<Uuid>,
    city_slug: Option<&'a str>,
    city_name: Option<&'a str>,
}

#[derive(Serialize)]
struct ShownTheme<'a> {
    theme_id: Uuid,
    slug: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct ShownActivity<'a> {
    id: Uuid,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    plan_id: Uuid,
    title: &'a str,
    description: Option<&'a str>,
    kind: &'a str,
    mode: Option<&'a str>,
    status: &'a str,
    date: &'a Period<'a>,
    outputs: &'a [&'a str],
    note: Option<&'a str>,
    cities: Vec<ShownCity<'a>>,
    organisations: Vec<ShownOrganisation<'a>>,
    theme_ids: &'a [Uuid],
    position: i32,
    plan_slug: &'a str,
    plan_title: &'a str,
    themes: Vec<ShownTheme<'a>>,
}

fn shown<'a>(activity: &'a Activity<'a>, names: &Names<'a>) -> ShownActivity<'a> {
    let cities = activity.cities.iter().map(|link| {
        let (slug, name, country) = names.cities.get(&link.city_id).copied().unwrap_or_default();
        ShownCity {
            city_id: link.city_id,
            slug,
            name,
            country,
            role: &link.role,
        }
    });
    let organisations = activity.organisations.iter().map(|one| {
        let city = one.city_id.and_then(|id| names.cities.get(&id));
        let (acronym, kind, role) = (&one.acronym, &one.kind, &one.role);
        ShownOrganisation {
            name: &one.name,
            acronym,
            kind,
            role,
            city_id: one.city_id,
            city_slug: city.map(|city| city.0),
            city_name: city.map(|city| city.1),
        }
    });
    let themes = activity.theme_ids.iter().map(|id| {
        let (slug, name) = names.themes.get(id).copied().unwrap_or_default();
        ShownTheme {
            theme_id: *id,
            slug,
            name,
        }
    });
    let (plan_slug, plan_title) = names
        .plans
        .get(&activity.plan_id)
        .copied()
        .unwrap_or_default();
    ShownActivity {
        id: activity.id,
        version: activity.version,
        created_at: activity.created_at,
        updated_at: activity.updated_at,
        plan_id: activity.plan_id,
        title: activity.texts.title,
        description: activity.texts.description,
        kind: activity.texts.kind,
        mode: activity.texts.mode,
        status: activity.texts.status,
        date: &activity.texts.date,
        outputs: &activity.texts.outputs,
        note: activity.texts.note,
        cities: cities.collect(),
        organisations: organisations.collect(),
        theme_ids: &activity.theme_ids,
        position: activity.position,
        plan_slug,
        plan_title,
        themes: themes.collect(),
    }
}

/// `GET /v1/exports/activities.ndjson`
pub async fn activities(database: web::Data<Database>) -> Answer {
    let nothing: [&(dyn ToSql + Sync); 0] = [];
    let rows = database
        .export
        .client
        .query_raw(&database.export.activities, nothing)
        .await?;
    let batches = rows.try_chunks(BATCH).map_err(|error| error.1);
    let body = batches.and_then(move |rows| {
        let database = database.clone();
        async move { lines(database.connection(), &rows).await }
    });
    Ok(HttpResponse::Ok()
        .content_type("application/x-ndjson")
        .streaming(body.boxed_local()))
}

async fn lines(connection: &Connection, rows: &[Row]) -> Result<Bytes, tokio_postgres::Error> {
    let activities: Vec<Activity> = rows.iter().map(Activity::of).collect();
    let mut cities: Vec<Uuid> = activities
        .iter()
        .flat_map(|one| &one.cities)
        .map(|city| city.city_id)
        .collect();
    cities.extend(
        activities
            .iter()
            .flat_map(|one| &one.organisations)
            .filter_map(|one| one.city_id),
    );
    let themes: Vec<Uuid> = activities
        .iter()
        .flat_map(|one| one.theme_ids.clone())
        .collect();
    let plans: Vec<Uuid> = activities.iter().map(|one| one.plan_id).collect();
    let (cities, themes, plans) = try_join3(
        connection
            .client
            .query(&connection.cities, &[&distinct(cities)]),
        connection
            .client
            .query(&connection.themes, &[&distinct(themes)]),
        connection
            .client
            .query(&connection.plans, &[&distinct(plans)]),
    )
    .await?;
    let names = Names::of(&cities, &themes, &plans);
    let mut out = Vec::with_capacity(rows.len() * 2048);
    for activity in &activities {
        // Writing into memory cannot fail.
        let _ = serde_json::to_writer(&mut out, &shown(activity, &names));
        out.push(b'\n');
    }
    Ok(out.into())
}
