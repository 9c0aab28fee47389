//! The short forms in which resources name cities, themes and plans, and the queries that look them up.
//!
//! They are read-only: a reference is stored as an id alone, and its names are filled in when it is read.

use crate::conventions::http::problem::RelatedRecord;
pub mod links;
pub mod organisation;

use crate::database::schema::{activities, cities, outcomes, plans, themes};
use crate::domain::{CountryCode, Slug};
use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, QueryDsl, Queryable};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::try_join3;
use links::{Names, Targets};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What a reader needs to know of a city that is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Queryable, utoipa::ToSchema)]
pub struct CityNames {
    /// Slug of the city.
    #[schema(read_only, value_type = String, example = "chengdu")]
    pub slug: Slug,
    /// Name of the city.
    #[schema(read_only, example = "Chengdu")]
    pub name: String,
    /// Country of the city.
    #[schema(read_only, example = "CN")]
    pub country: Option<CountryCode>,
}

/// A city in short form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CityReference {
    /// Id of the city.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub city_id: Uuid,
    /// Its names.
    #[serde(flatten)]
    pub names: CityNames,
}

/// Some cities in short form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CityReferences {
    /// Cities that the statement names.
    #[schema(required = false)]
    pub city_ids: Vec<Uuid>,
    /// Their names, filled in when read.
    #[schema(read_only)]
    pub cities: Vec<CityReference>,
}

/// The city of an organisation's seat in short form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Seat {
    /// Id of the city of its seat.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub city_id: Option<Uuid>,
    /// Slug of the city of its seat.
    #[schema(read_only, value_type = Option<String>, example = "manchester")]
    pub city_slug: Option<Slug>,
    /// Name of the city of its seat.
    #[schema(read_only, example = "Manchester")]
    pub city_name: Option<String>,
}

/// What a reader needs to know of a theme that is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Queryable, utoipa::ToSchema)]
pub struct ThemeNames {
    /// Slug of the theme.
    #[schema(read_only, value_type = String, example = "circular-economy")]
    pub slug: Slug,
    /// Name of the theme.
    #[schema(read_only, example = "Circular economy")]
    pub name: String,
}

/// A theme in short form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ThemeReference {
    /// Id of the theme.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub theme_id: Uuid,
    /// Its names.
    #[serde(flatten)]
    pub names: ThemeNames,
}

/// What a reader needs to know of a plan that is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Queryable, utoipa::ToSchema)]
pub struct PlanNames {
    /// Slug of the plan.
    #[schema(read_only, value_type = String, example = "manchester-chengdu-liuzhou-yangzhou")]
    pub slug: Slug,
    /// Title of the plan.
    #[schema(read_only, example = "Manchester with Chengdu, Liuzhou and Yangzhou")]
    pub title: String,
}

/// A plan in short form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PlanReference {
    /// Id of the plan.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub plan_id: Uuid,
    /// Its names.
    #[serde(flatten)]
    pub names: PlanNames,
}

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
pub const USERS_NAMED: i64 = 20;

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
