//! The SQL of imports: locks, and what a document may mean.

use crate::conventions::resource::Key;
use crate::database::schema::{
    activities, changes, cities, city_identifiers, outcomes, plans, themes,
};
use crate::domain::Slug;
use crate::resources::cities::CityInput;
use crate::resources::themes::ThemeInput;
use diesel::dsl::exists;
use diesel::prelude::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, PgArrayExpressionMethods, QueryDsl,
};
use diesel::sql_types::{Integer, Text};
use diesel::{QueryResult, SelectableHelper};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
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
