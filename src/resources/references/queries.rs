//! The SQL of references: the names of the records that are referred to, and the records that refer to one.

use super::cooperations::Cooperations;
use super::links::{Names, Targets};
use super::{CityNames, PlanNames, ThemeNames};
use crate::conventions::http::problem::RelatedRecord;
use crate::database::schema::{activities, cities, outcomes, plan_relations, plans, themes};
use crate::domain::RecordKind;
use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, NullableExpressionMethods, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::try_join3;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The rows by id. `NotFound` if one is missing, because the reference was changed and the record deleted after the reference was
/// read.
fn all_found<T>(wanted: usize, rows: Vec<(Uuid, T)>) -> QueryResult<HashMap<Uuid, T>> {
    if rows.len() < wanted {
        Err(diesel::result::Error::NotFound)
    } else {
        Ok(rows.into_iter().collect())
    }
}

/// The names of cities by their ids.
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
    all_found(
        wanted,
        query.load::<(Uuid, CityNames)>(&mut connection).await?,
    )
}

/// The names of themes by their ids.
///
/// # Errors
/// The statement fails, or a theme is missing.
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
    all_found(
        wanted,
        query.load::<(Uuid, ThemeNames)>(&mut connection).await?,
    )
}

/// The names of plans by their ids.
///
/// # Errors
/// The statement fails, or a plan is missing.
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
    all_found(
        wanted,
        query.load::<(Uuid, PlanNames)>(&mut connection).await?,
    )
}

/// The names of all records to which links refer.
///
/// # Errors
/// A statement fails, or a record is missing.
pub async fn names_of(connection: &AsyncPgConnection, targets: Targets) -> QueryResult<Names> {
    // The statements are sent without waiting for the results in between.
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

/// The maximum number of records of each kind that are named as users of a record that cannot be deleted.
pub const MAX_USERS: i64 = 20;

/// The users of a record: plans, activities and outcomes that refer to it. The ids of each kind need not be complete: at most
/// [`MAX_USERS`] of them are named.
///
/// # Errors
/// A statement fails.
pub async fn users(
    mut connection: &AsyncPgConnection,
    plans: Vec<Uuid>,
    activities: Vec<Uuid>,
    outcomes: Vec<Uuid>,
) -> QueryResult<Vec<RelatedRecord>> {
    let mut users = Vec::new();
    if !plans.is_empty() {
        let query = plans::table.filter(plans::id.eq_any(plans));
        let query = query.select((plans::id, plans::slug)).limit(MAX_USERS);
        users.extend(related(
            RecordKind::Plan,
            query.load(&mut connection).await?,
        ));
    }
    if !activities.is_empty() {
        let query = activities::table.filter(activities::id.eq_any(activities));
        let query = query
            .select((activities::id, activities::title))
            .limit(MAX_USERS);
        users.extend(related(
            RecordKind::Activity,
            query.load(&mut connection).await?,
        ));
    }
    if !outcomes.is_empty() {
        let query = outcomes::table.filter(outcomes::id.eq_any(outcomes));
        let query = query
            .select((outcomes::id, outcomes::description))
            .limit(MAX_USERS);
        users.extend(related(
            RecordKind::Outcome,
            query.load(&mut connection).await?,
        ));
    }
    Ok(users)
}

fn related(kind: RecordKind, rows: Vec<(Uuid, String)>) -> impl Iterator<Item = RelatedRecord> {
    let rows = rows.into_iter();
    rows.map(move |(id, label)| RelatedRecord {
        resource: kind.singular().to_owned(),
        id,
        label: label.chars().take(200).collect(),
    })
}

/// How plans are counted: those that describe the same cooperation count once.
pub struct PlanCount {
    /// A JSON object as an SQL literal, with the plan that stands for the cooperation of each plan; `None` if there are no such plans.
    cooperations: Option<String>,
}

impl PlanCount {
    /// Loads which plans describe the same cooperation.
    ///
    /// # Errors
    /// The statement fails.
    pub async fn load(mut connection: &AsyncPgConnection) -> QueryResult<Self> {
        let mirrors: Vec<(Uuid, Uuid)> = plan_relations::table
            .filter(plan_relations::kind.eq("mirrors"))
            .filter(plan_relations::related_plan_id.is_not_null())
            .select((
                plan_relations::plan_id,
                plan_relations::related_plan_id.assume_not_null(),
            ))
            .load(&mut connection)
            .await?;
        let cooperations = Cooperations::new(&mirrors);
        let members = cooperations.by_plan().iter();
        let members: Vec<String> = members
            .map(|(plan, first)| format!("\"{plan}\": \"{first}\""))
            .collect();
        let literal = format!("'{{{}}}'::jsonb", members.join(", "));
        Ok(Self {
            cooperations: (!members.is_empty()).then_some(literal),
        })
    }

    /// The SQL of the number of plans in a group that has a row for each plan. `plan` is the column with the id of the plan.
    pub fn of_rows(&self, plan: &str) -> String {
        match &self.cooperations {
            None => "count(*)".to_owned(),
            Some(all) => format!(
                "count(*) - count({all} ->> {plan}::text) + count(DISTINCT {all} ->> {plan}::text)"
            ),
        }
    }

    /// The same for a group that may have several rows for a plan.
    pub fn of_distinct(&self, plan: &str) -> String {
        match &self.cooperations {
            None => format!("count(DISTINCT {plan})"),
            Some(all) => format!("count(DISTINCT coalesce({all} ->> {plan}::text, {plan}::text))"),
        }
    }

    /// The SQL of the plan that stands for the cooperation of a plan, as a nullable text: null if the plan describes it alone.
    pub fn cooperation(&self, plan: &str) -> String {
        match &self.cooperations {
            None => "NULL::text".to_owned(),
            Some(all) => format!("{all} ->> {plan}::text"),
        }
    }
}
