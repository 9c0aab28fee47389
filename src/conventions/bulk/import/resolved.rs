//! Entries whose documents are known: slugs of other records were replaced by ids, those that are merged into stored records were
//! merged, and those that leave stored records alone are sorted out.
//!
//! One rule: the stored records are read with one statement of each kind for all entries, and locked before they are merged. An
//! entry is merged again if its record was stored or changed after that. Start with [`resolve`].

use super::chunk::ChunkOutcome;
use super::entry::{Content, Entry, Head, Open};
use super::prepared::{ids_by_slug, record_id};
use super::report::{ImportStatus, OnExisting, faults_of};
use crate::conventions::contract::Contract;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::queries::lookup::lock_existing;
use crate::conventions::resource::{Writable, queries};
use crate::conventions::writing::input;
use crate::conventions::writing::named::{Ids, Named, look_up};
use crate::database::Connection;
use crate::domain::Fault;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// How the lines of an import are treated.
#[derive(Clone, Copy)]
pub(super) struct Treatment<'a> {
    /// The schemas that merged documents are checked against.
    pub contract: &'a Contract,
    /// What a line does to a stored record.
    pub on_existing: OnExisting,
    /// True if rules between records of different kinds are checked at the end of the import.
    pub checks_at_end: bool,
}

/// An entry whose document is known.
pub(super) struct Resolved<R: Writable> {
    pub head: Head,
    /// The document.
    pub input: R::Input,
    /// The id under which the record is created, if other entries refer to it by its slug.
    pub new_id: Option<Uuid>,
    opened: Option<Opened>,
}

/// An open line together with the records that it needed.
struct Opened {
    line: Open,
    /// The line with ids instead of slugs.
    value: Value,
    /// The record into which it was merged, and its version; `None` if it was not merged.
    base: Option<(Uuid, i32)>,
}

impl<R: Writable> Resolved<R> {
    fn new(
        contract: &Contract,
        Entry { head, content }: Entry<R>,
        ids: &Ids,
        record: Option<&R>,
    ) -> Result<Self, Problem> {
        let (input, opened) = match content {
            Content::Whole(input) => (input, None),
            Content::Open(line) => {
                let mut value = line.value.clone();
                line.named.replace(&mut value, ids);
                let record = record.filter(|_| line.merges);
                let input = match record {
                    Some(record) => input::merged::<R>(contract, record.input(), value.clone())?,
                    None => input::parse::<R>(contract, value.clone())?,
                };
                let base = record.map(|record| (record.record().id, record.record().version));
                (input, Some(Opened { line, value, base }))
            }
        };
        let named = |slug: &String| ids.get(&(R::KIND, slug.clone())).copied();
        let new_id = head.slug.as_ref().and_then(named);
        Ok(Self {
            head,
            input,
            new_id,
            opened,
        })
    }

    /// The document that the record has after the entry was stored.
    ///
    /// # Errors
    /// The patch does not fit the record any more, which was changed since it was merged.
    pub(super) fn input_for(&self, contract: &Contract, record: &R) -> Result<R::Input, Problem> {
        let current = Some((record.record().id, record.record().version));
        match &self.opened {
            Some(opened) if opened.line.merges && opened.base != current => {
                input::merged::<R>(contract, record.input(), opened.value.clone())
            }
            _ => Ok(self.input.clone()),
        }
    }

    /// Names the slugs in the faults that references lead to no records.
    pub(super) fn explain(&self, faults: &mut [Fault]) {
        if let Some(Opened { line, .. }) = &self.opened {
            faults
                .iter_mut()
                .for_each(|fault| line.named.explain(fault));
        }
    }

    /// The entry as it was before it was resolved.
    pub(super) fn into_entry(self) -> Entry<R> {
        let content = match self.opened {
            Some(opened) => Content::Open(opened.line),
            None => Content::Whole(self.input),
        };
        Entry {
            head: self.head,
            content,
        }
    }
}

/// Resolves entries. Those that are finished with that are in the outcome: they leave a stored record alone, or the record would
/// be invalid with them.
///
/// # Errors
/// 503.
pub(super) async fn resolve<R: Writable>(
    connection: &mut Connection,
    treatment: Treatment<'_>,
    mut entries: Vec<Entry<R>>,
    outcome: &mut ChunkOutcome<R>,
) -> Result<Vec<Resolved<R>>, Problem> {
    if treatment.on_existing == OnExisting::Skip {
        entries = skip_stored(connection, entries, outcome).await?;
    }
    let records = match treatment.on_existing {
        OnExisting::Merge => Stored::lock(connection, &entries).await?,
        OnExisting::Replace | OnExisting::Skip => Stored::default(),
    };
    let mut ids = look_up(connection, entries.iter().filter_map(named)).await?;
    reserve_ids(connection, &entries, &mut ids).await?;
    let mut resolved = Vec::with_capacity(entries.len());
    for entry in entries {
        let record = records.of(&entry.head);
        let id = record.map(|record| record.record().id).or(entry.head.id);
        let line = entry.head.line;
        match Resolved::new(treatment.contract, entry, &ids, record) {
            Ok(entry) => resolved.push(entry),
            Err(problem) => outcome.failed.push((line, id, faults_of(line, problem)?)),
        }
    }
    Ok(resolved)
}

/// The records that an entry names by slug.
fn named<R: Writable>(entry: &Entry<R>) -> Option<&Named> {
    match &entry.content {
        Content::Open(open) => Some(&open.named),
        Content::Whole(_) => None,
    }
}

/// Adds the ids of records that entries create, if other entries name them by slug.
async fn reserve_ids<R: Writable>(
    connection: &Connection,
    entries: &[Entry<R>],
    ids: &mut Ids,
) -> Result<(), Problem> {
    let wanted = entries.iter().filter_map(named);
    let wanted: HashSet<String> = wanted
        .flat_map(|named| named.slugs(R::KIND))
        .filter(|slug| !ids.contains_key(&(R::KIND, (*slug).to_owned())))
        .map(str::to_owned)
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let creates = |head: &&Head| head.slug.as_ref().is_some_and(|slug| wanted.contains(slug));
    let stated: Vec<Uuid> = heads(entries)
        .filter(creates)
        .filter_map(|head| head.id)
        .collect();
    // The slug of a stored record cannot change, so its id does not belong to a slug that is not stored.
    let stored = lock_existing(connection, R::KIND, stated).await?;
    for head in heads(entries).filter(creates) {
        let id = head.id.unwrap_or_else(Uuid::now_v7);
        let slug = head.slug.clone().filter(|_| !stored.contains(&id));
        ids.extend(slug.map(|slug| ((R::KIND, slug), id)));
    }
    Ok(())
}

/// The entries whose records are not stored yet.
async fn skip_stored<R: Writable>(
    connection: &Connection,
    entries: Vec<Entry<R>>,
    outcome: &mut ChunkOutcome<R>,
) -> Result<Vec<Entry<R>>, Problem> {
    let slugs = ids_by_slug::<R>(connection, heads(&entries)).await?;
    let ids = heads(&entries).filter_map(|head| record_id(head, &slugs));
    let stored = lock_existing(connection, R::KIND, ids.collect()).await?;
    let stored: HashSet<Uuid> = stored.into_iter().collect();
    let mut others = Vec::with_capacity(entries.len());
    for entry in entries {
        match record_id(&entry.head, &slugs).filter(|id| stored.contains(id)) {
            Some(id) => outcome
                .succeeded
                .push((entry.head.line, ImportStatus::Skipped, id)),
            None => others.push(entry),
        }
    }
    Ok(others)
}

fn heads<R: Writable>(entries: &[Entry<R>]) -> impl Iterator<Item = &Head> {
    entries.iter().map(|entry| &entry.head)
}

/// The stored records that entries name, locked until the end of the transaction.
struct Stored<R> {
    slugs: HashMap<String, Uuid>,
    records: HashMap<Uuid, R>,
}

impl<R> Default for Stored<R> {
    fn default() -> Self {
        Self {
            slugs: HashMap::new(),
            records: HashMap::new(),
        }
    }
}

impl<R: Writable> Stored<R> {
    async fn lock(connection: &Connection, entries: &[Entry<R>]) -> Result<Self, Problem> {
        let slugs = ids_by_slug::<R>(connection, heads(entries)).await?;
        let ids: Vec<Uuid> = heads(entries)
            .filter_map(|head| record_id(head, &slugs))
            .collect();
        let records = queries::lock::<R>(connection, &ids).await?.into_iter();
        let records = records.map(|record| (record.record().id, record));
        Ok(Self {
            records: records.collect(),
            slugs,
        })
    }

    fn of(&self, head: &Head) -> Option<&R> {
        self.records.get(&record_id(head, &self.slugs)?)
    }
}
