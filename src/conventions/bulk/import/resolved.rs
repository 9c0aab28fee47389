//! Entries whose documents are known: those that are merged into stored records were merged, and those that leave stored records
//! alone are sorted out.
//!
//! One rule: the stored records are read with one statement for all entries, and locked before they are merged. An entry is merged
//! again if its record was stored or changed after that. Start with [`resolve`].

use super::chunk::ChunkOutcome;
use super::entry::{Content, Entry, Head};
use super::prepared::{ids_by_slug, record_id};
use super::report::{ImportStatus, OnExisting, faults_of};
use crate::conventions::contract::Contract;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::queries::lookup::lock_existing;
use crate::conventions::resource::{Writable, queries};
use crate::conventions::writing::input;
use crate::database::Connection;
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
}

/// An entry whose document is known.
pub(super) struct Resolved<R: Writable> {
    pub head: Head,
    /// The document.
    pub input: R::Input,
    patch: Option<Patch>,
}

/// The merge patch that an entry is.
struct Patch {
    value: Value,
    /// The record into which it was merged, and its version; `None` if no record was stored.
    base: Option<(Uuid, i32)>,
}

impl<R: Writable> Resolved<R> {
    fn whole(head: Head, input: R::Input) -> Self {
        Self {
            head,
            input,
            patch: None,
        }
    }

    /// Merges a patch into its record, or takes it as the whole document if there is no record.
    fn merge(
        contract: &Contract,
        head: Head,
        value: Value,
        record: Option<&R>,
    ) -> Result<Self, Problem> {
        let input = match record {
            Some(record) => input::merged::<R>(contract, record.input(), value.clone())?,
            None => input::parse::<R>(contract, value.clone())?,
        };
        let base = record.map(|record| (record.record().id, record.record().version));
        Ok(Self {
            head,
            input,
            patch: Some(Patch { value, base }),
        })
    }

    /// The document that the record has after the entry was stored.
    ///
    /// # Errors
    /// The patch does not fit the record any more, which was changed since it was merged.
    pub(super) fn input_for(&self, contract: &Contract, record: &R) -> Result<R::Input, Problem> {
        let current = Some((record.record().id, record.record().version));
        match &self.patch {
            Some(patch) if patch.base != current => {
                input::merged::<R>(contract, record.input(), patch.value.clone())
            }
            _ => Ok(self.input.clone()),
        }
    }

    /// The entry as it was before it was resolved.
    pub(super) fn into_entry(self) -> Entry<R> {
        let content = match self.patch {
            Some(patch) => Content::Patch(patch.value),
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
    let mut resolved = Vec::with_capacity(entries.len());
    for Entry { head, content } in entries {
        let record = records.of(&head);
        let (line, id) = (
            head.line,
            record.map(|record| record.record().id).or(head.id),
        );
        let merged = match content {
            Content::Whole(input) => Ok(Resolved::whole(head, input)),
            Content::Patch(value) => Resolved::merge(treatment.contract, head, value, record),
        };
        match merged {
            Ok(entry) => resolved.push(entry),
            Err(problem) => outcome.failed.push((line, id, faults_of(line, problem)?)),
        }
    }
    Ok(resolved)
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
