//! The SQL of summaries: the parts of a plan, and the records that it refers to.

use crate::conventions::resource::{Key, Record, Resource};
use crate::database::schema::{activities, cities, outcomes, plans, themes};
use crate::database::sql::{CurrentSnapshot, Snapshot};
use crate::domain::Slug;
use crate::resources::activities::ActivityInput;
use crate::resources::cities::CityInput;
use crate::resources::outcomes::OutcomeInput;
use crate::resources::plans::{Plan, PlanInput};
use crate::resources::themes::ThemeInput;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel::{QueryResult, SelectableHelper};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{try_join, try_join3};
use std::collections::HashMap;
use uuid::Uuid;

/// A plan and its parts.
#[derive(Debug, Clone)]
pub struct StoredParts {
    /// The plan.
    pub plan: Plan,
    /// Its activities, in order.
    pub activities: Vec<(Record, ActivityInput)>,
    /// Its outcomes, in order.
    pub outcomes: Vec<(Record, OutcomeInput)>,
    /// The snapshot in which the first of them was read.
    pub state: Snapshot,
}

/// Loads the slugs of all plans, sorted.
///
/// # Errors
/// The statement fails.
pub async fn slugs(mut connection: &AsyncPgConnection) -> QueryResult<Vec<Slug>> {
    plans::table
        .select(plans::slug)
        .order(plans::slug)
        .load(&mut connection)
        .await
}

/// Loads a plan and its parts; `None` if there is no such plan.
///
/// # Errors
/// A statement fails.
pub async fn load_parts(
    connection: &AsyncPgConnection,
    key: &Key,
) -> QueryResult<Option<StoredParts>> {
    // The statements are pipelined: they are sent without waiting for the results of earlier ones.
    let (found, (activities, outcomes)) = match key {
        Key::Id(id) => try_join(load_plan(connection, key), load_contents(connection, *id)).await?,
        Key::Slug(_) => {
            let Some(found) = load_plan(connection, key).await? else {
                return Ok(None);
            };
            let contents = load_contents(connection, found.0.record.id).await?;
            (Some(found), contents)
        }
    };
    Ok(found.map(|(plan, state)| StoredParts {
        plan,
        activities,
        outcomes,
        state,
    }))
}

/// Loads a plan, and the snapshot in which it was read.
async fn load_plan(
    mut connection: &AsyncPgConnection,
    key: &Key,
) -> QueryResult<Option<(Plan, Snapshot)>> {
    let record = (
        plans::id,
        plans::version,
        plans::created_at,
        plans::updated_at,
    );
    let query = plans::table.select((record, PlanInput::as_select(), CurrentSnapshot));
    let found: Option<(Record, PlanInput, Snapshot)> = match key {
        Key::Id(id) => query
            .filter(plans::id.eq(*id))
            .first(&mut connection)
            .await
            .optional()?,
        Key::Slug(slug) => query
            .filter(plans::slug.eq(slug))
            .first(&mut connection)
            .await
            .optional()?,
    };
    Ok(found.map(|(record, input, state)| (Plan::new(record, input), state)))
}

type Contents = (Vec<(Record, ActivityInput)>, Vec<(Record, OutcomeInput)>);

/// Loads the activities and outcomes of a plan, in their order.
async fn load_contents(connection: &AsyncPgConnection, plan: Uuid) -> QueryResult<Contents> {
    let record = (
        activities::id,
        activities::version,
        activities::created_at,
        activities::updated_at,
    );
    let activities = activities::table
        .filter(activities::plan_id.eq(plan))
        .order((activities::position, activities::id));
    let activities = activities.select((record, ActivityInput::as_select()));
    let record = (
        outcomes::id,
        outcomes::version,
        outcomes::created_at,
        outcomes::updated_at,
    );
    let outcomes = outcomes::table
        .filter(outcomes::plan_id.eq(plan))
        .order((outcomes::position, outcomes::id));
    let outcomes = outcomes.select((record, OutcomeInput::as_select()));
    let (mut for_activities, mut for_outcomes) = (connection, connection);
    try_join(
        activities.load(&mut for_activities),
        outcomes.load(&mut for_outcomes),
    )
    .await
}

/// The records that a document refers to.
pub struct Referenced {
    /// The cities, in no particular order.
    pub cities: Vec<(Uuid, CityInput)>,
    /// The themes, in no particular order.
    pub themes: Vec<(Uuid, ThemeInput)>,
    /// The slugs of other plans, by id.
    pub plans: HashMap<Uuid, Slug>,
    /// The snapshot in which the last of them was read; `None` if there are no cities.
    pub state: Option<Snapshot>,
}

/// Loads the records that a document refers to.
///
/// # Errors
/// A statement fails.
pub async fn load_referenced(
    connection: &AsyncPgConnection,
    city_ids: &[Uuid],
    theme_ids: &[Uuid],
    plan_ids: &[Uuid],
) -> QueryResult<Referenced> {
    let (mut for_cities, mut for_themes, mut for_plans) = (connection, connection, connection);
    let cities = cities::table.filter(cities::id.eq_any(city_ids)).select((
        cities::id,
        CityInput::as_select(),
        CurrentSnapshot,
    ));
    let themes = themes::table
        .filter(themes::id.eq_any(theme_ids))
        .select((themes::id, ThemeInput::as_select()));
    let plans = plans::table
        .filter(plans::id.eq_any(plan_ids))
        .select((plans::id, plans::slug));
    // Cities are loaded last, because almost every document refers to cities, so that their snapshot is the last one.
    let (plans, themes, cities) = try_join3(
        async {
            if plan_ids.is_empty() {
                Ok(Vec::new())
            } else {
                plans.load::<(Uuid, Slug)>(&mut for_plans).await
            }
        },
        themes.load::<(Uuid, ThemeInput)>(&mut for_themes),
        cities.load::<(Uuid, CityInput, Snapshot)>(&mut for_cities),
    )
    .await?;
    let state = cities.iter().map(|(_, _, state)| state.clone()).next();
    let cities = cities.into_iter().map(|(id, city, _)| (id, city)).collect();
    Ok(Referenced {
        cities,
        themes,
        plans: plans.into_iter().collect(),
        state,
    })
}
