//! The SQL of the organisations. Which names are one organisation is decided by their folded form, which only the program knows: it
//! reads the names, folds them, and has the database count them by the number of their organisation.

use super::model::OrganisationUse;
use crate::database::sql::Conditions;
use crate::domain::folding::fold;
use crate::domain::words::any_organisation;
use crate::resources::references::{CityNames, CityReference, PlanCount, cities_by_id};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// Makes conditions anew for each statement.
pub type MakeConditions<'c> = &'c dyn Fn() -> Conditions;

/// The activities and outcomes that name the organisations.
pub struct NamedBy<'c> {
    /// The condition on `activities`.
    pub activities: MakeConditions<'c>,
    /// The condition on `outcomes`; `None` to leave them out.
    pub outcomes: Option<MakeConditions<'c>>,
}

/// An organisation and how often it is named.
#[derive(Debug, Clone)]
pub struct Found {
    /// The folded name.
    pub folded: String,
    /// All spellings.
    pub spellings: Vec<String>,
    /// The number of plans.
    pub plans: i64,
    activities: i64,
    outcomes: i64,
}

impl Found {
    /// A key that sorts as the list: those in the most plans first, then by name.
    pub fn key(&self) -> String {
        format!("{:019} {}", i64::MAX - self.plans, self.folded)
    }
}

/// Counts where organisations are named, those in the most plans first.
///
/// # Errors
/// A statement fails.
pub async fn count(
    mut connection: &AsyncPgConnection,
    by: &PlanCount,
    named_by: &NamedBy<'_>,
) -> QueryResult<Vec<Found>> {
    let names: Vec<String> = Names(Naming::new(named_by)).load(&mut connection).await?;
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in names {
        groups.entry(fold(&name)).or_default().push(name);
    }
    let counting = Counting::new(Naming::new(named_by), by, groups.values());
    let counts: Vec<(i32, i64, i64, i64)> = counting.load(&mut connection).await?;
    let mut groups: Vec<Option<(String, Vec<String>)>> = groups.into_iter().map(Some).collect();
    let found = counts
        .into_iter()
        .filter_map(|(place, plans, activities, outcomes)| {
            let (folded, spellings) = groups.get_mut(usize::try_from(place).ok()?)?.take()?;
            Some(Found {
                folded,
                spellings,
                plans,
                activities,
                outcomes,
            })
        });
    let mut found: Vec<Found> = found.collect();
    found.sort_by_cached_key(Found::key);
    Ok(found)
}

/// The most frequent spelling of each organisation.
///
/// # Errors
/// The statement fails.
pub async fn names(connection: &AsyncPgConnection, found: &[Found]) -> QueryResult<Vec<String>> {
    let stated = load_stated(connection, found).await?;
    Ok(found.iter().map(|one| name(one, &stated)).collect())
}

/// Adds what is stated about organisations anywhere in the registry.
///
/// # Errors
/// A statement fails, or a city is missing.
pub async fn describe(
    connection: &AsyncPgConnection,
    found: Vec<Found>,
) -> QueryResult<Vec<OrganisationUse>> {
    let stated = load_stated(connection, &found).await?;
    let seats = stated.iter().filter_map(|entry| entry.city_id).collect();
    let cities = cities_by_id(connection, seats).await?;
    let described = found.into_iter().map(|one| use_of(one, &stated, &cities));
    Ok(described.collect())
}

fn use_of(one: Found, stated: &[Stated], cities: &HashMap<Uuid, CityNames>) -> OrganisationUse {
    let entries: Vec<&Stated> = stated.iter().filter(|entry| entry.is_of(&one)).collect();
    let seats = most_frequent(&entries, |entry| entry.city_id).into_iter();
    let seats = seats.filter_map(|city_id| {
        let names = cities.get(&city_id)?.clone();
        Some(CityReference { city_id, names })
    });
    OrganisationUse {
        name: name(&one, stated),
        acronyms: most_frequent(&entries, |entry| entry.acronym.clone()),
        kinds: known(&most_frequent(&entries, |entry| entry.kind.clone())),
        countries: known(&most_frequent(&entries, |entry| entry.country.clone())),
        cities: seats.collect(),
        plans: one.plans,
        activities: one.activities,
        outcomes: one.outcomes,
    }
}

/// The values that can be read as a `T`.
fn known<T: DeserializeOwned>(texts: &[String]) -> Vec<T> {
    let values = texts.iter().map(|text| Value::String(text.clone()));
    values
        .filter_map(|value| serde_json::from_value(value).ok())
        .collect()
}

/// The most frequent spelling.
fn name(one: &Found, stated: &[Stated]) -> String {
    let entries: Vec<&Stated> = stated.iter().filter(|entry| entry.is_of(one)).collect();
    let names = most_frequent(&entries, |entry| Some(entry.name.clone()));
    let name = names
        .into_iter()
        .chain(one.spellings.iter().cloned())
        .next();
    name.unwrap_or_else(|| one.folded.clone())
}

/// The values of a property, the most frequent first.
fn most_frequent<T: Ord + Clone>(
    entries: &[&Stated],
    value: impl Fn(&Stated) -> Option<T>,
) -> Vec<T> {
    let mut counts: BTreeMap<T, i64> = BTreeMap::new();
    for entry in entries {
        if let Some(value) = value(entry) {
            *counts.entry(value).or_default() += entry.times;
        }
    }
    let mut counts: Vec<(T, i64)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, times)| Reverse(*times));
    counts.into_iter().map(|(value, _)| value).collect()
}

/// What activities and outcomes state about an organisation, and how often.
struct Stated {
    folded: String,
    name: String,
    acronym: Option<String>,
    kind: Option<String>,
    country: Option<String>,
    city_id: Option<Uuid>,
    times: i64,
}

impl Stated {
    fn new((name, acronym, kind, country, city_id, times): StatedRow) -> Self {
        Self {
            folded: fold(&name),
            name,
            acronym,
            kind,
            country,
            city_id,
            times,
        }
    }

    fn is_of(&self, one: &Found) -> bool {
        one.folded == self.folded
    }
}

type StatedRow = (
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<Uuid>,
    i64,
);

async fn load_stated(
    mut connection: &AsyncPgConnection,
    found: &[Found],
) -> QueryResult<Vec<Stated>> {
    let names: Vec<String> = found.iter().flat_map(|one| one.spellings.clone()).collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let query = StatedQuery(any_organisation(&names));
    let rows: Vec<StatedRow> = query.load(&mut connection).await?;
    let stated = rows.into_iter().map(Stated::new);
    // The records name others as well.
    let wanted: HashSet<&String> = found.iter().map(|one| &one.folded).collect();
    Ok(stated
        .filter(|entry| wanted.contains(&entry.folded))
        .collect())
}

/// The records that name organisations, as rows of the name, the plan, and the activity or the outcome.
struct Naming {
    activities: Conditions,
    outcomes: Option<Conditions>,
}

impl Naming {
    fn new(named_by: &NamedBy<'_>) -> Self {
        Self {
            activities: (named_by.activities)(),
            outcomes: named_by.outcomes.map(|make| make()),
        }
    }
}

impl QueryFragment<Pg> for Naming {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "(SELECT activity_organisations.name, activities.plan_id, activities.id AS activity_id, NULL::uuid AS outcome_id \
             FROM activity_organisations JOIN activities ON activities.id = activity_organisations.activity_id WHERE ",
        );
        self.activities.walk_ast(out.reborrow())?;
        if let Some(outcomes) = &self.outcomes {
            out.push_sql(
                " UNION ALL SELECT outcome_organisations.name, outcomes.plan_id, NULL::uuid, outcomes.id \
                 FROM outcome_organisations JOIN outcomes ON outcomes.id = outcome_organisations.outcome_id WHERE ",
            );
            outcomes.walk_ast(out.reborrow())?;
        }
        out.push_sql(") AS named");
        Ok(())
    }
}

/// All names of organisations.
struct Names(Naming);

impl QueryFragment<Pg> for Names {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT DISTINCT name FROM ");
        self.0.walk_ast(out)
    }
}

/// The numbers of plans, activities and outcomes of each organisation, by its place in a list.
struct Counting {
    naming: Naming,
    plans: String,
    names: Vec<String>,
    places: Vec<i32>,
}

impl Counting {
    fn new<'n>(
        naming: Naming,
        by: &PlanCount,
        organisations: impl Iterator<Item = &'n Vec<String>>,
    ) -> Self {
        let spelled = (0..).zip(organisations);
        let spelled =
            spelled.flat_map(|(place, names)| names.iter().map(move |name| (name.clone(), place)));
        let (names, places) = spelled.unzip();
        Self {
            naming,
            plans: by.of_distinct("plan_id"),
            names,
            places,
        }
    }
}

impl QueryFragment<Pg> for Counting {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // The text depends on which plans mirror one another.
        out.unsafe_to_cache_prepared();
        out.push_sql("SELECT spelled.place, ");
        out.push_sql(&self.plans);
        out.push_sql(", count(DISTINCT activity_id), count(DISTINCT outcome_id) FROM ");
        self.naming.walk_ast(out.reborrow())?;
        out.push_sql(" JOIN unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.names)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Integer>, _>(&self.places)?;
        out.push_sql(
            ") AS spelled (name, place) ON spelled.name = named.name GROUP BY spelled.place",
        );
        Ok(())
    }
}

/// What is stated about organisations in the records that have some words.
struct StatedQuery(String);

impl QueryFragment<Pg> for StatedQuery {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT item ->> 'name', item ->> 'acronym', item ->> 'kind', item ->> 'country', (item ->> 'city_id')::uuid, count(*) \
             FROM (SELECT organisations FROM activities WHERE search @@ ",
        );
        out.push_bind_param::<Text, _>(&self.0)?;
        out.push_sql("::tsquery UNION ALL SELECT organisations FROM outcomes WHERE search @@ ");
        out.push_bind_param::<Text, _>(&self.0)?;
        out.push_sql(
            "::tsquery) AS naming CROSS JOIN jsonb_array_elements(organisations) AS item GROUP BY 1, 2, 3, 4, 5",
        );
        Ok(())
    }
}

impl QueryId for Names {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl Query for Names {
    type SqlType = Text;
}
impl diesel::RunQueryDsl<AsyncPgConnection> for Names {}

impl QueryId for Counting {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl Query for Counting {
    type SqlType = (Integer, BigInt, BigInt, BigInt);
}
impl diesel::RunQueryDsl<AsyncPgConnection> for Counting {}

impl QueryId for StatedQuery {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl Query for StatedQuery {
    type SqlType = StatedType;
}
impl diesel::RunQueryDsl<AsyncPgConnection> for StatedQuery {}

/// Name, acronym, kind, country, city, and how often they are stated together.
type StatedType = (
    Text,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<SqlUuid>,
    BigInt,
);
