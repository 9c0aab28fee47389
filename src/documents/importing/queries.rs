//! The SQL of imports: locks, and the stored records that a document can refer to.

use crate::conventions::resource::Key;
use crate::database::schema::{
    activities, changes, cities, city_identifiers, outcomes, plans, themes,
};
use crate::domain::Slug;
use crate::domain::words::any_name;
use crate::resources::cities::CityInput;
use crate::resources::themes::ThemeInput;
use diesel::dsl::{exists, sql};
use diesel::prelude::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl};
use diesel::sql_types::{Bool, Integer, Text};
use diesel::{QueryResult, SelectableHelper};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use std::collections::HashMap;
use uuid::Uuid;

/// Returns true if something was ever stored. Other writes wait until the end of the transaction.
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
    /// Acquires a lock until the end of the transaction, unless another transaction holds it.
    fn pg_try_advisory_xact_lock(space: Integer, key: Integer) -> Bool;
}
diesel::define_sql_function! {
    /// The hash of a text.
    fn hashtext(text: Text) -> Integer;
}

/// The first key of the advisory locks of imports, which other advisory locks do not use.
const IMPORT_LOCKS: i32 = 0x5543_4150;

/// Acquires the lock for the import of the plan with that slug. Returns false if another import of the plan is running.
///
/// # Errors
/// The statement fails.
pub async fn begin_import(connection: &mut AsyncPgConnection, slug: &str) -> QueryResult<bool> {
    diesel::select(pg_try_advisory_xact_lock(IMPORT_LOCKS, hashtext(slug)))
        .get_result(connection)
        .await
}

/// Loads the slug of a plan; `None` if there is no such plan.
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

/// Locks the plan with that slug, its activities and its outcomes until the end of the transaction, so that others can neither
/// change them nor add activities and outcomes. Returns the id of the plan, if there is such a plan.
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

/// The values by which candidates for cities or themes are searched.
#[derive(Debug, Default)]
pub struct SearchKeys {
    /// Slugs.
    pub slugs: Vec<String>,
    /// Schemes of identifiers.
    pub schemes: Vec<String>,
    /// Values of identifiers.
    pub values: Vec<String>,
    /// Names, which may also be alternative names or aliases, in any spelling that folds to the same.
    pub names: Vec<String>,
}

/// Loads the cities that a document can refer to, and locks them until the end of the transaction: against deletion, or, if they
/// will be updated, against all changes.
///
/// # Errors
/// The statement fails.
pub async fn city_candidates(
    mut connection: &AsyncPgConnection,
    keys: &SearchKeys,
    will_update: bool,
) -> QueryResult<Vec<(Uuid, CityInput)>> {
    // Schemes and values are compared separately, so that the index can be used. Rows with another combination are rare.
    let identified = city_identifiers::table.filter(city_identifiers::scheme.eq_any(&keys.schemes));
    let identified = identified
        .filter(city_identifiers::value.eq_any(&keys.values))
        .select(city_identifiers::city_id);
    let by_identifier = cities::id.eq_any(identified.load::<Uuid>(&mut connection).await?);
    let by_name = sql::<Bool>("cities.search @@ ")
        .bind::<Text, _>(any_name(&keys.names))
        .sql("::tsquery");
    let matching = cities::slug
        .eq_any(&keys.slugs)
        .or(by_identifier)
        .or(by_name);
    let query = cities::table
        .filter(matching)
        .order(cities::id)
        .select((cities::id, CityInput::as_select()));
    if will_update {
        query.for_no_key_update().load(&mut connection).await
    } else {
        query.for_key_share().load(&mut connection).await
    }
}

/// Loads the themes that a document can refer to, and locks them until the end of the transaction: against deletion, or, if they
/// will be updated, against all changes.
///
/// # Errors
/// The statement fails.
pub async fn theme_candidates(
    mut connection: &AsyncPgConnection,
    keys: &SearchKeys,
    will_update: bool,
) -> QueryResult<Vec<(Uuid, ThemeInput)>> {
    let by_name = sql::<Bool>("themes.search @@ ")
        .bind::<Text, _>(any_name(&keys.names))
        .sql("::tsquery");
    let matching = themes::slug.eq_any(&keys.slugs).or(by_name);
    let query = themes::table
        .filter(matching)
        .order(themes::id)
        .select((themes::id, ThemeInput::as_select()));
    if will_update {
        query.for_no_key_update().load(&mut connection).await
    } else {
        query.for_key_share().load(&mut connection).await
    }
}

/// Loads the plans with the given slugs, and locks them against deletion until the end of the transaction.
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

/// The constraints that an import checks at its end, so that a theme can be removed from the plan before the activities and outcomes
/// that serve it are changed, and an activity before those that belong to it.
pub const DEFERRED_CONSTRAINTS: &[&str] = &[
    "activity_themes_plan_theme_fkey",
    "outcomes_plan_theme_fkey",
    "activities_parent_fkey",
];
