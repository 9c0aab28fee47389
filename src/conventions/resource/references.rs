//! References between records, by id or slug, without knowing which resources there are: a table is just a name.

use super::key::Key;
use crate::conventions::http::problem::{Code, Problem, RelatedRecord};
use crate::domain::{Fault, FaultCode, RecordKind, Slug, nearest};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, Integer, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// A record that an input names.
#[derive(Debug, Clone)]
pub struct Reference {
    /// Where in the body.
    pub pointer: String,
    /// The kind of the record.
    pub kind: RecordKind,
    /// Its id.
    pub id: Uuid,
}

impl Reference {
    /// A reference at a place of the body.
    pub fn new(pointer: impl Into<String>, kind: RecordKind, id: Uuid) -> Self {
        Self {
            pointer: pointer.into(),
            kind,
            id,
        }
    }

    /// The references of a list; `pointer` gives the place of each by its index.
    pub fn in_list(
        kind: RecordKind,
        ids: impl IntoIterator<Item = Uuid>,
        pointer: impl Fn(usize) -> String,
    ) -> impl Iterator<Item = Self> {
        let ids = ids.into_iter().enumerate();
        ids.map(move |(index, id)| Self::new(pointer(index), kind, id))
    }
}

/// A conflict with what is stored, and the records it is with.
#[derive(Debug)]
pub struct Conflict {
    /// What conflicts.
    pub fault: Fault,
    /// The other records.
    pub related: Vec<RelatedRecord>,
}

/// Those of the records that exist, by kind and id; they stay until the end of the transaction.
///
/// # Errors
/// A statement fails.
pub async fn existing<'a>(
    mut connection: &AsyncPgConnection,
    references: impl IntoIterator<Item = &'a Reference>,
) -> QueryResult<HashSet<(RecordKind, Uuid)>> {
    let mut by_kind: BTreeMap<RecordKind, HashSet<Uuid>> = BTreeMap::new();
    for reference in references {
        by_kind
            .entry(reference.kind)
            .or_default()
            .insert(reference.id);
    }
    let mut known = HashSet::new();
    for (kind, ids) in by_kind {
        let query = Lookup {
            select: "id",
            table: kind.plural(),
            column: "id",
            values: Values::Ids(ids.into_iter().collect()),
            suffix: " FOR KEY SHARE",
        };
        let found: Vec<Uuid> = Typed::<SqlUuid>::new(query).load(&mut connection).await?;
        known.extend(found.into_iter().map(|id| (kind, id)));
    }
    Ok(known)
}

/// A reference that leads nowhere, as a fault.
pub fn unknown(reference: &Reference) -> Fault {
    let detail = format!(
        "there is no record {} among {}",
        reference.id,
        reference.kind.plural()
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
        .filter(|reference| !known.contains(&(reference.kind, reference.id)));
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
    kind: RecordKind,
    slugs: Vec<String>,
) -> QueryResult<HashMap<String, Uuid>> {
    let query = Lookup {
        select: "slug, id",
        table: kind.plural(),
        column: "slug",
        values: Values::Slugs(slugs),
        suffix: "",
    };
    let found: Vec<(String, Uuid)> = Typed::<(Text, SqlUuid)>::new(query)
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
    kind: RecordKind,
    slug: &str,
) -> QueryResult<Option<Uuid>> {
    let query = Lookup {
        select: "id",
        table: kind.plural(),
        column: "slug",
        values: Values::Slugs(vec![slug.to_owned()]),
        suffix: "",
    };
    let found: Vec<Uuid> = Typed::<SqlUuid>::new(query).load(&mut connection).await?;
    Ok(found.into_iter().next())
}

/// The slugs that are one of these but for a number behind it, as far as they are taken.
///
/// # Errors
/// A statement fails.
pub async fn slugs_with_stem(
    mut connection: &AsyncPgConnection,
    kind: RecordKind,
    stems: Vec<String>,
) -> QueryResult<Vec<String>> {
    let query = Lookup {
        select: "slug",
        table: kind.plural(),
        column: "regexp_replace(slug, '-[0-9]+$', '')",
        values: Values::Slugs(stems),
        suffix: "",
    };
    Typed::<Text>::new(query).load(&mut connection).await
}

/// The id behind a key of the path.
///
/// # Errors
/// 404 if there is no such record.
pub async fn id_of_key(
    mut connection: &AsyncPgConnection,
    kind: RecordKind,
    key: &Key,
) -> Result<Uuid, Problem> {
    let query = |column, values| Lookup {
        select: "id",
        table: kind.plural(),
        column,
        values,
        suffix: "",
    };
    let query = match key {
        Key::Id(id) => query("id", Values::Ids(vec![*id])),
        Key::Slug(slug) => query("slug", Values::Slugs(vec![slug.to_string()])),
    };
    let found: Vec<Uuid> = Typed::<SqlUuid>::new(query).load(&mut connection).await?;
    found
        .into_iter()
        .next()
        .ok_or_else(|| Problem::not_found(kind.singular(), key))
}

/// The ids of the records that a filter names by id or slug.
///
/// # Errors
/// 400 that names each slug that is not known and the nearest that is.
pub async fn ids_of_filter(
    connection: &AsyncPgConnection,
    kind: RecordKind,
    parameter: &str,
    keys: Vec<&String>,
) -> Result<Vec<Uuid>, Problem> {
    let mut ids = Vec::with_capacity(keys.len());
    let mut faults = Vec::new();
    for key in keys {
        match Uuid::try_parse(key) {
            Ok(id) => ids.push(id),
            Err(_) => match id_of_slug(connection, kind, key).await? {
                Some(id) => ids.push(id),
                None => faults.push(unknown_slug(connection, kind, parameter, key).await?),
            },
        }
    }
    if faults.is_empty() {
        Ok(ids)
    } else {
        Err(Problem::from_faults(Code::InvalidParameters, faults))
    }
}

async fn unknown_slug(
    mut connection: &AsyncPgConnection,
    kind: RecordKind,
    parameter: &str,
    key: &str,
) -> QueryResult<Fault> {
    let initial = key.get(..1).unwrap_or_default().to_owned();
    let query = Lookup {
        select: "slug",
        table: kind.plural(),
        column: "left(slug, 1)",
        values: Values::Slugs(vec![initial]),
        suffix: " LIMIT 5000",
    };
    let slugs: Vec<String> = Typed::<Text>::new(query).load(&mut connection).await?;
    let hint = nearest(key, slugs.iter().map(String::as_str))
        .map(|slug| format!("; did you mean {slug:?}?"))
        .unwrap_or_default();
    let detail = format!(
        "{parameter} names {key:?}, which is not among {}{hint}",
        kind.plural()
    );
    Ok(Fault::in_parameter(
        parameter,
        FaultCode::UnknownReference,
        detail,
    ))
}

/// The id of the record that a key identifies; an id is not looked up.
///
/// # Errors
/// 404 if no record has the slug, 503.
pub async fn resolve(
    connection: &AsyncPgConnection,
    kind: RecordKind,
    key: &Key,
) -> Result<Uuid, Problem> {
    match key {
        Key::Id(id) => Ok(*id),
        slug => id_of_key(connection, kind, slug).await,
    }
}

/// The record, other than `id`, that has a slug already.
///
/// # Errors
/// The statement fails.
pub async fn slug_conflict(
    connection: &AsyncPgConnection,
    kind: RecordKind,
    id: Uuid,
    slug: &Slug,
) -> QueryResult<Option<Conflict>> {
    let rival = id_of_slug(connection, kind, slug.as_str()).await?;
    Ok(rival.filter(|rival| *rival != id).map(|id| Conflict {
        fault: Fault::at(
            "/slug",
            FaultCode::Duplicate,
            format!(
                "another {} has the slug {:?}",
                kind.singular(),
                slug.as_str()
            ),
        ),
        related: vec![RelatedRecord {
            resource: kind.singular().to_owned(),
            id,
            label: slug.to_string(),
        }],
    }))
}

/// The last position in each of those plans, as far as there is any.
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
    fn new(lookup: Lookup) -> Self {
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
