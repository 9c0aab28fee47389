//! The SQL of references: the names of those that are named, and who uses a record.

use super::links::{Names, Targets};
use super::{CityNames, PlanNames, ThemeNames};
use crate::conventions::http::problem::RelatedRecord;
use crate::database::schema::{activities, cities, outcomes, plans, themes};
use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::try_join3;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The rows by id; `NotFound` if one is missing: it went, and what referred to it changed, since that was read.
fn whole<T>(wanted: usize, rows: Vec<(Uuid, T)>) -> QueryResult<HashMap<Uuid, T>> {
    if rows.len() < wanted {
        Err(diesel::result::Error::NotFound)
    } else {
        Ok(rows.into_iter().collect())
    }
}

/// The names of those cities, by id.
///
/// # Errors
/// The statement fails, or a city is missing.
pub async fn cities_by_id(
    mut connection: &AsyncPgConnection,
    ids: HashSet<Uuid>,
) -> QueryResult<HashMap<Uuid, CityNames>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let wanted = ids.len();
    let query = cities::table
        .filter(cities::id.eq_any(ids))
        .select((cities::id, (cities::slug, cities::name, cities::country)));
    whole(
        wanted,
        query.load::<(Uuid, CityNames)>(&mut connection).await?,
    )
}

/// The names of those themes, by id.
///
/// # Errors
/// The statement fails.
pub async fn themes_by_id(
    mut connection: &AsyncPgConnection,
    ids: HashSet<Uuid>,
) -> QueryResult<HashMap<Uuid, ThemeNames>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let wanted = ids.len();
    let query = themes::table
        .filter(themes::id.eq_any(ids))
        .select((themes::id, (themes::slug, themes::name)));
    whole(
        wanted,
        query.load::<(Uuid, ThemeNames)>(&mut connection).await?,
    )
}

/// The names of those plans, by id.
///
/// # Errors
/// The statement fails.
pub async fn plans_by_id(
    mut connection: &AsyncPgConnection,
    ids: HashSet<Uuid>,
) -> QueryResult<HashMap<Uuid, PlanNames>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let wanted = ids.len();
    let query = plans::table
        .filter(plans::id.eq_any(ids))
        .select((plans::id, (plans::slug, plans::title)));
    whole(
        wanted,
        query.load::<(Uuid, PlanNames)>(&mut connection).await?,
    )
}

/// The names of all records that those links lead to.
///
/// # Errors
/// A statement fails, or a record is missing.
pub async fn names_of(connection: &AsyncPgConnection, targets: Targets) -> QueryResult<Names> {
    // Sent one behind the other without waiting for answers.
    let (cities, themes, plans) = try_join3(
        cities_by_id(connection, targets.cities.into_iter().collect()),
        themes_by_id(connection, targets.themes.into_iter().collect()),
        plans_by_id(connection, targets.plans.into_iter().collect()),
    )
    .await?;
    Ok(Names {
        cities,
        themes,
        plans,
    })
}

/// How many users of a record are named when it cannot be deleted.
const USERS_NAMED: i64 = 20;

/// Those plans as users of a record.
///
/// # Errors
/// The statement fails.
pub async fn plans_as_users(
    mut connection: &AsyncPgConnection,
    ids: Vec<Uuid>,
) -> QueryResult<Vec<RelatedRecord>> {
    let query = plans::table
        .filter(plans::id.eq_any(ids))
        .select((plans::id, plans::slug))
        .limit(USERS_NAMED);
    Ok(related(
        "plan",
        query.load::<(Uuid, String)>(&mut connection).await?,
    ))
}

/// Those activities as users of a record.
///
/// # Errors
/// The statement fails.
pub async fn activities_as_users(
    mut connection: &AsyncPgConnection,
    ids: Vec<Uuid>,
) -> QueryResult<Vec<RelatedRecord>> {
    let query = activities::table
        .filter(activities::id.eq_any(ids))
        .select((activities::id, activities::title))
        .limit(USERS_NAMED);
    Ok(related(
        "activity",
        query.load::<(Uuid, String)>(&mut connection).await?,
    ))
}

/// Those outcomes as users of a record.
///
/// # Errors
/// The statement fails.
pub async fn outcomes_as_users(
    mut connection: &AsyncPgConnection,
    ids: Vec<Uuid>,
) -> QueryResult<Vec<RelatedRecord>> {
    let query = outcomes::table
        .filter(outcomes::id.eq_any(ids))
        .select((outcomes::id, outcomes::description))
        .limit(USERS_NAMED);
    Ok(related(
        "outcome",
        query.load::<(Uuid, String)>(&mut connection).await?,
    ))
}

fn related(resource: &str, rows: Vec<(Uuid, String)>) -> Vec<RelatedRecord> {
    let rows = rows.into_iter();
    rows.map(|(id, label)| RelatedRecord {
        resource: resource.to_owned(),
        id,
        label: label.chars().take(200).collect(),
    })
    .collect()
}
