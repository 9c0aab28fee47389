//! References between records, by id or slug, without knowing which resources there are: a table is just a name.

use crate::conventions::http::problem::{Code, Problem, RelatedRecord};
use crate::conventions::resource::Key;
use crate::domain::{Fault, FaultCode, nearest};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// A record that an input names.
#[derive(Debug, Clone)]
pub struct Reference {
    /// Where in the body.
    pub pointer: String,
    /// The table that it must be in.
    pub table: &'static str,
    /// Its id.
    pub id: Uuid,
}

/// A conflict with what is stored, and the records it is with.
#[derive(Debug)]
pub struct Conflict {
    /// What conflicts.
    pub fault: Fault,
    /// The other records.
    pub related: Vec<RelatedRecord>,
}

/// Those of the records that exist, by table and id; they stay until the end of the transaction.
///
/// # Errors
/// A statement fails.
pub async fn existing<'a>(
    mut connection: &AsyncPgConnection,
    references: impl IntoIterator<Item = &'a Reference>,
) -> QueryResult<HashSet<(&'static str, Uuid)>> {
    let mut by_table: BTreeMap<&'static str, HashSet<Uuid>> = BTreeMap::new();
    for reference in references {
        by_table
            .entry(reference.table)
            .or_default()
            .insert(reference.id);
    }
    let mut known = HashSet::new();
    for (table, ids) in by_table {
        let query = Lookup {
            select: "id",
            table,
            column: "id",
            values: Values::Ids(ids.into_iter().collect()),
            suffix: " FOR KEY SHARE",
        };
        let found: Vec<Uuid> = Typed::<SqlUuid>::of(query).load(&mut connection).await?;
        known.extend(found.into_iter().map(|id| (table, id)));
    }
    Ok(known)
}

/// A reference that leads nowhere, as a fault.
pub fn unknown(reference: &Reference) -> Fault {
    let detail = format!(
        "there is no record {} among {}",
        reference.id, reference.table
    );
    Fault::at(
        reference.pointer.clone(),
        FaultCode::UnknownReference,
        detail,
    )
}

/// The references that lead nowhere, as conflicts.
///
/// # Errors
/// A statement fails.
pub async fn dangling(
    connection: &AsyncPgConnection,
    references: &[Reference],
) -> QueryResult<Vec<Conflict>> {
    let known = existing(connection, references).await?;
    let missing = references
        .iter()
        .filter(|reference| !known.contains(&(reference.table, reference.id)));
    Ok(missing
        .map(|reference| Conflict {
            fault: unknown(reference),
            related: Vec::new(),
        })
        .collect())
}

/// The ids behind slugs, as far as there are any.
///
/// # Errors
/// The statement fails.
pub async fn ids_of_slugs(
    mut connection: &AsyncPgConnection,
    table: &'static str,
    slugs: Vec<String>,
) -> QueryResult<HashMap<String, Uuid>> {
    let query = Lookup {
        select: "slug, id",
        table,
        column: "slug",
        values: Values::Slugs(slugs),
        suffix: "",
    };
    let found: Vec<(String, Uuid)> = Typed::<(Text, SqlUuid)>::of(query)
        .load(&mut connection)
        .await?;
    Ok(found.into_iter().collect())
}

/// The id behind a slug.
///
/// # Errors
/// The statement fails.
pub async fn id_of_slug(
    mut connection: &AsyncPgConnection,
    table: &'static str,
    slug: &str,
) -> QueryResult<Option<Uuid>> {
    let query = Lookup {
        select: "id",
        table,
        column: "slug",
        values: Values::Slugs(vec![slug.to_owned()]),
        suffix: "",
    };
    let found: Vec<Uuid> = Typed::<SqlUuid>::of(query).load(&mut connection).await?;
    Ok(found.into_iter().next())
}

/// Where records wait until they can be told what to get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// What they have in common.
    pub key: String,
    /// True if something is to be assigned to the record: nobody else may be there then. Those that bring all along do not wait
    /// for each other.
    pub alone: bool,
}

/// Waits for a place in the queue, and keeps it to the end of the transaction.
///
/// # Errors
/// The statement fails.
pub async fn wait_in(mut connection: &AsyncPgConnection, queue: &Queue) -> QueryResult<()> {
    let key = hashtext(queue.key.as_str());
    match queue.alone {
        true => diesel::select(pg_advisory_xact_lock(key))
            .execute(&mut connection)
            .await
            .map(drop),
        false => diesel::select(pg_advisory_xact_lock_shared(key))
            .execute(&mut connection)
            .await
            .map(drop),
    }
}

/// The slugs that are one of these but for a number behind it, as far as they are taken.
///
/// # Errors
/// A statement fails.
pub async fn slugs_like(
    mut connection: &AsyncPgConnection,
    table: &'static str,
    stems: Vec<String>,
) -> QueryResult<Vec<String>> {
    let query = Lookup {
        select: "slug",
        table,
        column: "regexp_replace(slug, '-[0-9]+$', '')",
        values: Values::Slugs(stems),
        suffix: "",
    };
    Typed::<Text>::of(query).load(&mut connection).await
}

diesel::define_sql_function! {
    /// Waits for a lock that the transaction then holds to its end.
    fn pg_advisory_xact_lock(key: diesel::sql_types::Integer) -> diesel::sql_types::Nullable<Text>;
}
diesel::define_sql_function! {
    /// Waits for a lock that the transaction then holds to its end, maybe with others that took it in this manner.
    fn pg_advisory_xact_lock_shared(key: diesel::sql_types::Integer) -> diesel::sql_types::Nullable<Text>;
}
diesel::define_sql_function! {
    /// A number for a text.
    fn hashtext(text: Text) -> diesel::sql_types::Integer;
}

/// The id behind a key of the path.
///
/// # Errors
/// 404 if there is no such record.
pub async fn id_of_key(
    mut connection: &AsyncPgConnection,
    table: &'static str,
    singular: &str,
    key: &Key,
) -> Result<Uuid, Problem> {
    let query = |column, values| Lookup {
        select: "id",
        table,
        column,
        values,
        suffix: "",
    };
    let query = match key {
        Key::Id(id) => query("id", Values::Ids(vec![*id])),
        Key::Slug(slug) => query("slug", Values::Slugs(vec![slug.to_string()])),
    };
    let found: Vec<Uuid> = Typed::<SqlUuid>::of(query).load(&mut connection).await?;
    found
        .into_iter()
        .next()
        .ok_or_else(|| Problem::not_found(singular, key))
}

/// The ids of the records that a filter names by id or slug.
///
/// # Errors
/// 400 that names each slug that is not known and the nearest that is.
pub async fn ids_of_filter(
    connection: &AsyncPgConnection,
    table: &'static str,
    parameter: &str,
    keys: &[String],
) -> Result<Vec<Uuid>, Problem> {
    let mut ids = Vec::with_capacity(keys.len());
    let mut faults = Vec::new();
    for key in keys {
        match Uuid::try_parse(key) {
            Ok(id) => ids.push(id),
            Err(_) => match id_of_slug(connection, table, key).await? {
                Some(id) => ids.push(id),
                None => faults.push(unknown_slug(connection, table, parameter, key).await?),
            },
        }
    }
    if faults.is_empty() {
        Ok(ids)
    } else {
        Err(Problem::of_faults(Code::InvalidParameters, faults))
    }
}

async fn unknown_slug(
    mut connection: &AsyncPgConnection,
    table: &'static str,
    parameter: &str,
    key: &str,
) -> QueryResult<Fault> {
    let initial = key.get(..1).unwrap_or_default().to_owned();
    let query = Lookup {
        select: "slug",
        table,
        column: "left(slug, 1)",
        values: Values::Slugs(vec![initial]),
        suffix: " LIMIT 5000",
    };
    let slugs: Vec<String> = Typed::<Text>::of(query).load(&mut connection).await?;
    let hint = nearest(key, slugs.iter().map(String::as_str))
        .map(|slug| format!("; did you mean {slug:?}?"))
        .unwrap_or_default();
    let detail = format!("{parameter} names {key:?}, which is not among {table}{hint}");
    Ok(Fault::of_parameter(
        parameter,
        FaultCode::UnknownReference,
        detail,
    ))
}

/// `SELECT select FROM table WHERE column = ANY(values)`: a statement that the connection prepares once.
#[derive(Debug)]
struct Lookup {
    select: &'static str,
    table: &'static str,
    column: &'static str,
    values: Values,
    suffix: &'static str,
}

#[derive(Debug)]
enum Values {
    Ids(Vec<Uuid>),
    Slugs(Vec<String>),
}

/// A lookup that gives one column of type `T`.
struct Typed<T> {
    lookup: Lookup,
    column: std::marker::PhantomData<T>,
}

impl<T> Typed<T> {
    fn of(lookup: Lookup) -> Self {
        Self {
            lookup,
            column: std::marker::PhantomData,
        }
    }
}

impl<T> QueryFragment<Pg> for Typed<T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Lookup {
            select,
            table,
            column,
            values,
            suffix,
        } = &self.lookup;
        for part in [
            "SELECT ", select, " FROM ", table, " WHERE ", column, " = ANY(",
        ] {
            out.push_sql(part);
        }
        match values {
            Values::Ids(ids) => out.push_bind_param::<Array<SqlUuid>, _>(ids)?,
            Values::Slugs(slugs) => out.push_bind_param::<Array<Text>, _>(slugs)?,
        }
        out.push_sql(")");
        out.push_sql(suffix);
        Ok(())
    }
}

impl<T> QueryId for Typed<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> Query for Typed<T> {
    type SqlType = T;
}
impl<T> diesel::RunQueryDsl<AsyncPgConnection> for Typed<T> {}
