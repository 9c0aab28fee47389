//! Lookups of ids, slugs and positions in the table of any kind of record.
//!
//! One rule: a statement looks up any number of values at once as one bound array, so that each connection prepares it only
//! once. Start with `Lookup`.

use crate::domain::RecordKind;
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, Integer, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Those of the ids that exist. Their records cannot be deleted until the end of the transaction.
///
/// # Errors
/// The statement fails.
pub async fn lock_existing(
    mut connection: &AsyncPgConnection,
    kind: RecordKind,
    ids: Vec<Uuid>,
) -> QueryResult<Vec<Uuid>> {
    let query = Lookup {
        select: "id",
        table: kind.plural(),
        column: "id",
        values: Values::Ids(ids),
        suffix: " FOR KEY SHARE",
    };
    Typed::<SqlUuid>::new(query).load(&mut connection).await
}

/// True if there is a record with that id.
///
/// # Errors
/// The statement fails.
pub async fn exists(
    mut connection: &AsyncPgConnection,
    kind: RecordKind,
    id: Uuid,
) -> QueryResult<bool> {
    let query = Lookup {
        select: "id",
        table: kind.plural(),
        column: "id",
        values: Values::Ids(vec![id]),
        suffix: "",
    };
    let found: Vec<Uuid> = Typed::<SqlUuid>::new(query).load(&mut connection).await?;
    Ok(!found.is_empty())
}

/// The ids of the records with those slugs. Slugs that no record has are missing from the map.
///
/// # Errors
/// The statement fails.
pub async fn ids_of_slugs(
    mut connection: &AsyncPgConnection,
    kind: RecordKind,
    slugs: Vec<String>,
) -> QueryResult<HashMap<String, Uuid>> {
    let query = Lookup {
        select: "slug, id",
        table: kind.plural(),
        column: "slug",
        values: Values::Texts(slugs),
        suffix: "",
    };
    let found: Vec<(String, Uuid)> = Typed::<(Text, SqlUuid)>::new(query)
        .load(&mut connection)
        .await?;
    Ok(found.into_iter().collect())
}

/// The id of the record with that slug.
///
/// # Errors
/// The statement fails.
pub async fn id_of_slug(
    mut connection: &AsyncPgConnection,
    kind: RecordKind,
    slug: &str,
) -> QueryResult<Option<Uuid>> {
    let query = Lookup {
        select: "id",
        table: kind.plural(),
        column: "slug",
        values: Values::Texts(vec![slug.to_owned()]),
        suffix: "",
    };
    let found: Vec<Uuid> = Typed::<SqlUuid>::new(query).load(&mut connection).await?;
    Ok(found.into_iter().next())
}

/// The stored slugs that consist of one of these stems, with or without a number after it.
///
/// # Errors
/// The statement fails.
pub async fn slugs_with_stem(
    mut connection: &AsyncPgConnection,
    kind: RecordKind,
    stems: Vec<String>,
) -> QueryResult<Vec<String>> {
    let query = Lookup {
        select: "slug",
        table: kind.plural(),
        column: "regexp_replace(slug, '-[0-9]+$', '')",
        values: Values::Texts(stems),
        suffix: "",
    };
    Typed::<Text>::new(query).load(&mut connection).await
}

/// The stored slugs that come next before and after a text in alphabetical order, up to a hundred of each. They are read from the
/// index, so the cost does not depend on the size of the table.
///
/// # Errors
/// The statement fails.
pub async fn neighbouring_slugs(
    mut connection: &AsyncPgConnection,
    kind: RecordKind,
    text: &str,
) -> QueryResult<Vec<String>> {
    let query = Neighbours {
        table: kind.plural(),
        text: text.to_owned(),
    };
    query.load(&mut connection).await
}

/// The largest position in each of those plans. Plans without records are missing from the list.
///
/// # Errors
/// The statement fails.
pub async fn last_positions(
    mut connection: &AsyncPgConnection,
    kind: RecordKind,
    plans: HashSet<Uuid>,
) -> QueryResult<Vec<(Uuid, i32)>> {
    let query = Lookup {
        select: "plan_id, max(position)",
        table: kind.plural(),
        column: "plan_id",
        values: Values::Ids(plans.into_iter().collect()),
        suffix: " GROUP BY plan_id",
    };
    Typed::<(SqlUuid, Integer)>::new(query)
        .load(&mut connection)
        .await
}

/// Two scans of the index of slugs, in both directions.
struct Neighbours {
    table: &'static str,
    text: String,
}

impl QueryFragment<Pg> for Neighbours {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for (before, comparison, order) in [
            ("(SELECT slug FROM ", ">=", "slug"),
            (" UNION ALL (SELECT slug FROM ", "<", "slug DESC"),
        ] {
            for part in [before, self.table, " WHERE slug ", comparison, " "] {
                out.push_sql(part);
            }
            out.push_bind_param::<Text, _>(&self.text)?;
            for part in [" ORDER BY ", order, " LIMIT 100)"] {
                out.push_sql(part);
            }
        }
        Ok(())
    }
}

impl QueryId for Neighbours {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Neighbours {
    type SqlType = Text;
}
impl diesel::RunQueryDsl<AsyncPgConnection> for Neighbours {}

/// `SELECT select FROM table WHERE column = ANY(values) suffix`.
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
    Texts(Vec<String>),
}

/// A lookup whose rows have the SQL type `T`.
struct Typed<T> {
    lookup: Lookup,
    row: std::marker::PhantomData<T>,
}

impl<T> Typed<T> {
    fn new(lookup: Lookup) -> Self {
        Self {
            lookup,
            row: std::marker::PhantomData,
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
            Values::Texts(texts) => out.push_bind_param::<Array<Text>, _>(texts)?,
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
