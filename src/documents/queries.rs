//! The SQL of documents.

use super::findings::Finding;
use super::stored::StoredParts;
use crate::conventions::resource::{Key, Record};
use crate::database::schema::{
    activities, changes, cities, city_identifiers, outcomes, plan_findings, plans, themes,
};
use crate::database::{CurrentState, State};
use crate::domain::Slug;
use crate::resources::activities::ActivityInput;
use crate::resources::cities::CityInput;
use crate::resources::outcomes::OutcomeInput;
use crate::resources::plans::{Plan, PlanInput};
use crate::resources::themes::ThemeInput;
use diesel::dsl::exists;
use diesel::prelude::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, PgArrayExpressionMethods, QueryDsl,
};
use diesel::sql_types::{Integer, Text};
use diesel::{QueryResult, SelectableHelper};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{try_join, try_join3};
use std::collections::HashMap;
use uuid::Uuid;

/// True if something was ever stored. Until the end of the transaction nobody else stores anything.
///
/// # Errors
/// A statement fails.
pub async fn has_history(connection: &mut AsyncPgConnection) -> QueryResult<bool> {
    diesel::sql_query("LOCK TABLE changes IN SHARE ROW EXCLUSIVE MODE")
        .execute(connection)
        .await?;
    diesel::select(exists(changes::table.select(changes::seq)))
        .get_result(connection)
        .await
}

/// A plan and its parts, if there is such a plan.
///
/// # Errors
/// A statement fails.
pub async fn parts(connection: &AsyncPgConnection, key: &Key) -> QueryResult<Option<StoredParts>> {
    // Sent one behind the other without waiting for answers.
    let (found, (activities, outcomes)) = match key {
        Key::Id(id) => try_join(plan(connection, key), contents(connection, *id)).await?,
        Key::Slug(_) => {
            let Some(found) = plan(connection, key).await? else {
                return Ok(None);
            };
            let contents = contents(connection, found.0.record.id).await?;
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

/// A plan, and the state that it was seen in.
async fn plan(mut connection: &AsyncPgConnection, key: &Key) -> QueryResult<Option<(Plan, State)>> {
    let record = (
        plans::id,
        plans::version,
        plans::created_at,
        plans::updated_at,
    );
    let query = plans::table.select((record, PlanInput::as_select(), CurrentState));
    let found: Option<(Record, PlanInput, State)> = match key {
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
    Ok(found.map(|(record, input, state)| (Plan { record, input }, state)))
}

type Contents = (Vec<(Record, ActivityInput)>, Vec<(Record, OutcomeInput)>);

/// The activities and outcomes of a plan, in order.
async fn contents(connection: &AsyncPgConnection, plan: Uuid) -> QueryResult<Contents> {
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

/// The records that a document names.
pub struct Named {
    /// Cities, in no order.
    pub cities: Vec<(Uuid, CityInput)>,
    /// Themes, in no order.
    pub themes: Vec<(Uuid, ThemeInput)>,
    /// Slugs of other plans.
    pub plans: HashMap<Uuid, Slug>,
    /// The state that the last of them was seen in, if there is any.
    pub state: Option<State>,
}

/// Reads the records that a document names.
///
/// # Errors
/// A statement fails.
pub async fn named(
    connection: &AsyncPgConnection,
    city_ids: &[Uuid],
    theme_ids: &[Uuid],
    plan_ids: &[Uuid],
) -> QueryResult<Named> {
    let (mut for_cities, mut for_themes, mut for_plans) = (connection, connection, connection);
    let cities = cities::table.filter(cities::id.eq_any(city_ids)).select((
        cities::id,
        CityInput::as_select(),
        CurrentState,
    ));
    let themes = themes::table
        .filter(themes::id.eq_any(theme_ids))
        .select((themes::id, ThemeInput::as_select()));
    let plans = plans::table
        .filter(plans::id.eq_any(plan_ids))
        .select((plans::id, plans::slug));
    // Cities come last: a document names some.
    let (plans, themes, cities) = try_join3(
        async {
            if plan_ids.is_empty() {
                Ok(Vec::new())
            } else {
                plans.load::<(Uuid, Slug)>(&mut for_plans).await
            }
        },
        themes.load::<(Uuid, ThemeInput)>(&mut for_themes),
        cities.load::<(Uuid, CityInput, State)>(&mut for_cities),
    )
    .await?;
    let state = cities.iter().map(|(_, _, state)| state.clone()).next();
    let cities = cities.into_iter().map(|(id, city, _)| (id, city)).collect();
    Ok(Named {
        cities,
        themes,
        plans: plans.into_iter().collect(),
        state,
    })
}

diesel::define_sql_function! {
    /// Takes a lock that the transaction then holds to its end, unless another transaction has it.
    fn pg_try_advisory_xact_lock(space: Integer, key: Integer) -> diesel::sql_types::Bool;
}
diesel::define_sql_function! {
    /// A number for a text.
    fn hashtext(text: Text) -> Integer;
}
diesel::define_sql_function! {
    /// The text in lower case.
    fn lower(text: Text) -> Text;
}

/// What tells the locks of imports from other advisory locks.
const IMPORTS: i32 = 0x5543_4150;

/// Begins the import of the plan with that slug; false if another import of it is at work.
///
/// # Errors
/// The statement fails.
pub async fn begin_import(connection: &mut AsyncPgConnection, slug: &str) -> QueryResult<bool> {
    diesel::select(pg_try_advisory_xact_lock(IMPORTS, hashtext(slug)))
        .get_result(connection)
        .await
}

/// The slug of a plan, if there is such a plan.
///
/// # Errors
/// The statement fails.
pub async fn slug_of(mut connection: &AsyncPgConnection, key: &Key) -> QueryResult<Option<Slug>> {
    let Key::Id(id) = key else { return Ok(None) };
    plans::table
        .find(*id)
        .select(plans::slug)
        .first(&mut connection)
        .await
        .optional()
}

/// Id and slug of a plan, if there is such a plan.
///
/// # Errors
/// The statement fails.
pub async fn plan_names(
    mut connection: &AsyncPgConnection,
    key: &Key,
) -> QueryResult<Option<(Uuid, String)>> {
    let query = plans::table.select((plans::id, plans::slug)).into_boxed();
    let query = match key {
        Key::Id(id) => query.filter(plans::id.eq(*id)),
        Key::Slug(slug) => query.filter(plans::slug.eq(slug.clone())),
    };
    query.first(&mut connection).await.optional()
}

/// The findings of a plan, in the order of its document.
///
/// # Errors
/// The statement fails.
pub async fn findings(mut connection: &AsyncPgConnection, plan: Uuid) -> QueryResult<Vec<Finding>> {
    let order = (
        plan_findings::section,
        plan_findings::place,
        plan_findings::pointer,
        plan_findings::code,
    );
    let query = plan_findings::table
        .filter(plan_findings::plan_id.eq(plan))
        .order(order);
    let rows = query
        .select((
            plan_findings::code,
            plan_findings::pointer,
            plan_findings::subject,
        ))
        .load::<(String, String, String)>(&mut connection)
        .await?;
    Ok(rows.into_iter().filter_map(finding).collect())
}

/// A row of the view as a finding. Another version of the program may have made the view, with a code that this one does not
/// know: that is left out, and the log of the service says so.
fn finding((code, pointer, subject): (String, String, String)) -> Option<Finding> {
    match code.parse() {
        Ok(code) => Some(Finding::new(code, pointer, &subject)),
        Err(_) => {
            log::warn!(
                "left out of the findings, as this version does not know what it is: {code}"
            );
            None
        }
    }
}

/// The slugs of all plans, sorted.
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

/// Keeps others from changing the plan with that slug, its activities and its outcomes, and from adding to them, until
/// the end of the transaction. Its id, if there is such a plan.
///
/// # Errors
/// A statement fails.
pub async fn lock_parts(
    connection: &mut AsyncPgConnection,
    slug: &Slug,
) -> QueryResult<Option<Uuid>> {
    let plan = plans::table
        .filter(plans::slug.eq(slug))
        .select(plans::id)
        .for_update();
    let Some(id) = plan.first::<Uuid>(connection).await.optional()? else {
        return Ok(None);
    };
    let activities = activities::table
        .filter(activities::plan_id.eq(id))
        .select(activities::id)
        .order(activities::id)
        .for_update();
    activities.load::<Uuid>(connection).await?;
    let outcomes = outcomes::table
        .filter(outcomes::plan_id.eq(id))
        .select(outcomes::id)
        .order(outcomes::id)
        .for_update();
    outcomes.load::<Uuid>(connection).await?;
    Ok(Some(id))
}

/// What cities or themes may be looked for by.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Slugs.
    pub slugs: Vec<String>,
    /// Schemes of identifiers.
    pub schemes: Vec<String>,
    /// Values of identifiers.
    pub values: Vec<String>,
    /// Names in any case, other names letter by letter.
    pub names: Vec<String>,
}

/// The cities that may be those of a document; none of them is deleted before the end of the transaction.
///
/// # Errors
/// The statement fails.
pub async fn city_candidates(
    mut connection: &AsyncPgConnection,
    wanted: &Wanted,
) -> QueryResult<Vec<(Uuid, CityInput)>> {
    let lowered: Vec<String> = wanted
        .names
        .iter()
        .map(|name| name.to_lowercase())
        .collect();
    // More than the pairs that are looked for, but hardly, and in the order of the index.
    let identified =
        city_identifiers::table.filter(city_identifiers::scheme.eq_any(&wanted.schemes));
    let identified = identified
        .filter(city_identifiers::value.eq_any(&wanted.values))
        .select(city_identifiers::city_id);
    let by_identifier = cities::id.eq_any(identified.load::<Uuid>(&mut connection).await?);
    let by_name = lower(cities::name)
        .eq_any(lowered)
        .or(cities::alternative_names.overlaps_with(&wanted.names));
    let matching = cities::slug
        .eq_any(&wanted.slugs)
        .or(by_identifier)
        .or(by_name);
    let query = cities::table
        .filter(matching)
        .order(cities::id)
        .select((cities::id, CityInput::as_select()));
    query.for_key_share().load(&mut connection).await
}

/// The themes that may be those of a document; none of them is deleted before the end of the transaction.
///
/// # Errors
/// The statement fails.
pub async fn theme_candidates(
    mut connection: &AsyncPgConnection,
    wanted: &Wanted,
) -> QueryResult<Vec<(Uuid, ThemeInput)>> {
    let lowered: Vec<String> = wanted
        .names
        .iter()
        .map(|name| name.to_lowercase())
        .collect();
    let by_name = lower(themes::name)
        .eq_any(lowered)
        .or(themes::aliases.overlaps_with(&wanted.names));
    let matching = themes::slug.eq_any(&wanted.slugs).or(by_name);
    let query = themes::table
        .filter(matching)
        .order(themes::id)
        .select((themes::id, ThemeInput::as_select()));
    query.for_key_share().load(&mut connection).await
}

/// The plans with those slugs, kept from being deleted.
///
/// # Errors
/// The statement fails.
pub async fn plans_by_slug(
    mut connection: &AsyncPgConnection,
    slugs: &[String],
) -> QueryResult<HashMap<String, Uuid>> {
    let query = plans::table
        .filter(plans::slug.eq_any(slugs))
        .order(plans::id)
        .select((plans::slug, plans::id))
        .for_key_share();
    Ok(query
        .load::<(String, Uuid)>(&mut connection)
        .await?
        .into_iter()
        .collect())
}

/// Lets a theme leave the plan before the activities and outcomes that served it do, within the transaction.
///
/// # Errors
/// The statement fails.
pub async fn defer_themes(connection: &mut AsyncPgConnection) -> QueryResult<()> {
    let statement =
        "SET CONSTRAINTS activity_themes_plan_theme_fkey, outcomes_plan_theme_fkey DEFERRED";
    diesel::sql_query(statement)
        .execute(connection)
        .await
        .map(drop)
}
