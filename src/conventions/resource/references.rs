//! References between records, by id or by slug.
//!
//! One rule: nothing here knows which resources there are; a reference names the kind of a record. Start with [`Reference`].

use super::key::Key;
use super::queries::lookup::{exists, id_of_slug, lock_existing, neighbouring_slugs};
use crate::conventions::http::problem::{Code, Problem, RelatedRecord};
use crate::domain::{Fault, FaultCode, RecordKind, Slug, suggestion};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// A record that an input refers to.
#[derive(Debug, Clone)]
pub struct Reference {
    /// The place of the reference in the body.
    pub pointer: String,
    /// The kind of the record.
    pub kind: RecordKind,
    /// The id of the record.
    pub id: Uuid,
}

impl Reference {
    /// Makes a reference at a place of the body.
    pub fn new(pointer: impl Into<String>, kind: RecordKind, id: Uuid) -> Self {
        Self {
            pointer: pointer.into(),
            kind,
            id,
        }
    }

    /// Makes the references of a list; `pointer` gives the place of each by its index.
    pub fn in_list(
        kind: RecordKind,
        ids: impl IntoIterator<Item = Uuid>,
        pointer: impl Fn(usize) -> String,
    ) -> impl Iterator<Item = Self> {
        let ids = ids.into_iter().enumerate();
        ids.map(move |(index, id)| Self::new(pointer(index), kind, id))
    }
}

/// A conflict of an input with stored records.
#[derive(Debug)]
pub struct Conflict {
    /// The value that conflicts.
    pub fault: Fault,
    /// The stored records that it conflicts with.
    pub related: Vec<RelatedRecord>,
}

/// Those of the referenced records that exist, by kind and id. They cannot be deleted until the end of the transaction.
///
/// # Errors
/// A statement fails.
pub async fn existing<'a>(
    connection: &AsyncPgConnection,
    references: impl IntoIterator<Item = &'a Reference>,
) -> QueryResult<HashSet<(RecordKind, Uuid)>> {
    let mut by_kind: BTreeMap<RecordKind, HashSet<Uuid>> = BTreeMap::new();
    for reference in references {
        by_kind
            .entry(reference.kind)
            .or_default()
            .insert(reference.id);
    }
    let mut existing = HashSet::new();
    for (kind, ids) in by_kind {
        let found = lock_existing(connection, kind, ids.into_iter().collect()).await?;
        existing.extend(found.into_iter().map(|id| (kind, id)));
    }
    Ok(existing)
}

/// The fault that a referenced record does not exist.
pub fn unknown_reference(reference: &Reference) -> Fault {
    let detail = format!(
        "there is no {} with the id {}",
        reference.kind.singular(),
        reference.id
    );
    Fault::at(
        reference.pointer.clone(),
        FaultCode::UnknownReference,
        detail,
    )
}

/// The references to records that do not exist, as conflicts.
///
/// # Errors
/// A statement fails.
pub async fn dangling(
    connection: &AsyncPgConnection,
    references: &[Reference],
) -> QueryResult<Vec<Conflict>> {
    let existing = existing(connection, references).await?;
    let missing = references
        .iter()
        .filter(|reference| !existing.contains(&(reference.kind, reference.id)));
    Ok(missing
        .map(|reference| Conflict {
            fault: unknown_reference(reference),
            related: Vec::new(),
        })
        .collect())
}

/// The id of the record that a key in the path identifies.
///
/// # Errors
/// 404 if there is no such record.
pub async fn id_of_key(
    connection: &AsyncPgConnection,
    kind: RecordKind,
    key: &Key,
) -> Result<Uuid, Problem> {
    let id = match key {
        Key::Id(id) => exists(connection, kind, *id).await?.then_some(*id),
        Key::Slug(slug) => id_of_slug(connection, kind, slug.as_str()).await?,
    };
    match id {
        Some(id) => Ok(id),
        None => Err(missing(connection, kind, key).await),
    }
}

/// The problem that there is no record with a key, with the most similar slug of another record, if there is one.
pub async fn missing(connection: &AsyncPgConnection, kind: RecordKind, key: &Key) -> Problem {
    let hint = match key {
        Key::Id(_) => Ok(String::new()),
        Key::Slug(slug) => did_you_mean(connection, kind, slug.as_str()).await,
    };
    match hint {
        Ok(hint) => Problem::not_found(kind.singular(), key).with_hint(&hint),
        Err(error) => error.into(),
    }
}

/// The most similar slug as a question, or nothing if none is similar.
async fn did_you_mean(
    connection: &AsyncPgConnection,
    kind: RecordKind,
    slug: &str,
) -> QueryResult<String> {
    let slugs = neighbouring_slugs(connection, kind, slug).await?;
    Ok(suggestion(slug, slugs.iter().map(String::as_str)))
}

/// The ids of the records that a filter names by id or by slug.
///
/// # Errors
/// 400 that names each unknown slug and the most similar known one.
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
    connection: &AsyncPgConnection,
    kind: RecordKind,
    parameter: &str,
    key: &str,
) -> QueryResult<Fault> {
    let hint = did_you_mean(connection, kind, key).await?;
    let detail = format!(
        "{parameter} names the {} {key:?}, which does not exist{hint}",
        kind.singular()
    );
    Ok(Fault::in_parameter(
        parameter,
        FaultCode::UnknownReference,
        detail,
    ))
}

/// The id that a key contains, or the id of the record with the slug that it contains. It is not checked whether a record with
/// the id exists.
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

/// The conflict that another record than `id` already has the slug.
///
/// # Errors
/// The statement fails.
pub async fn slug_conflict(
    connection: &AsyncPgConnection,
    kind: RecordKind,
    id: Uuid,
    slug: &Slug,
) -> QueryResult<Option<Conflict>> {
    let owner = id_of_slug(connection, kind, slug.as_str()).await?;
    Ok(owner.filter(|owner| *owner != id).map(|id| Conflict {
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
