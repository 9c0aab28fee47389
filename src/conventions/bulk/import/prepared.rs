//! What has to be written for some entries: which records are inserted, updated or already as wanted.
//!
//! One rule: the stored records are locked before they are compared, so that the decision still holds when it is carried out.
//! Start with [`prepare`].

use super::entry::Head;
use super::report::{ImportStatus, OnExisting, faults_of};
use super::resolved::{Resolved, Treatment};
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::queries::lookup::ids_of_slugs;
use crate::conventions::resource::{FIRST_VERSION, Input, Writable, queries};
use crate::conventions::writing::change_log;
use crate::database::Connection;
use crate::domain::Fault;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A record that has to be written.
pub(super) struct Write<'a, R: Writable> {
    pub entry: &'a Resolved<R>,
    pub id: Uuid,
    /// The document of the entry, together with what was assigned to it.
    pub input: R::Input,
    pub action: Action,
}

/// How a record is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// It is inserted with this version.
    Insert(i32),
    /// It is updated.
    Update,
}

impl Action {
    pub(super) fn is_insert(self) -> bool {
        matches!(self, Self::Insert(_))
    }

    fn status(self) -> ImportStatus {
        if self.is_insert() {
            ImportStatus::Created
        } else {
            ImportStatus::Updated
        }
    }
}

/// What has to be done for some entries.
pub(super) struct Prepared<'a, R: Writable> {
    pub writes: Vec<Write<'a, R>>,
    /// Entries whose records stay as they are.
    unchanged: Vec<(u64, ImportStatus, Uuid)>,
    /// Entries that would change what cannot be changed, or make a record invalid.
    refused: Vec<(u64, Option<Uuid>, Vec<Fault>)>,
}

/// What was done with entries that were written in one transaction.
pub(super) struct Written {
    pub succeeded: Vec<(u64, ImportStatus, Uuid)>,
    pub refused: Vec<(u64, Option<Uuid>, Vec<Fault>)>,
}

/// Compares entries, no two of which name the same record, with the stored records, and locks the latter.
pub(super) async fn prepare<'a, R: Writable>(
    connection: &mut Connection,
    treatment: Treatment<'_>,
    entries: &'a [Resolved<R>],
    slugs: &HashMap<String, Uuid>,
) -> Result<Prepared<'a, R>, Problem> {
    let ids: Vec<Uuid> = entries
        .iter()
        .filter_map(|entry| record_id(&entry.head, slugs))
        .collect();
    let records: HashMap<Uuid, R> = queries::lock::<R>(connection, &ids)
        .await?
        .into_iter()
        .map(|record| (record.record().id, record))
        .collect();
    // A record can only have existed before if the entry states its id.
    let stated = entries.iter().filter_map(|entry| entry.head.id);
    let missing: Vec<Uuid> = stated.filter(|id| !records.contains_key(id)).collect();
    let versions = change_log::next_versions(connection, R::KIND, &missing).await?;
    let mut prepared = Prepared {
        writes: Vec::with_capacity(entries.len()),
        unchanged: Vec::new(),
        refused: Vec::new(),
    };
    for entry in entries {
        let id = record_id(&entry.head, slugs);
        match id.and_then(|id| records.get(&id)) {
            Some(record) => prepared.update(treatment, entry, record)?,
            None => prepared.insert(entry, id.and_then(|id| versions.get(&id)).copied()),
        }
    }
    Ok(prepared)
}

/// The ids of the stored records that entries without an id name by slug.
pub(super) async fn ids_by_slug<R: Writable>(
    connection: &Connection,
    heads: impl Iterator<Item = &Head>,
) -> Result<HashMap<String, Uuid>, Problem> {
    let slugs: Vec<String> = heads
        .filter(|head| head.id.is_none())
        .filter_map(|head| head.slug.clone())
        .collect();
    if slugs.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(ids_of_slugs(connection, R::KIND, slugs).await?)
}

/// Splits entries into those that can be written now, and those that have to be written later because one of the former names
/// the same record, one by id and the other by slug.
pub(super) fn split_duplicates<R: Writable>(
    entries: Vec<Resolved<R>>,
    slugs: &HashMap<String, Uuid>,
) -> (Vec<Resolved<R>>, Vec<Resolved<R>>) {
    let mut seen = HashSet::new();
    entries
        .into_iter()
        .partition(|entry| record_id(&entry.head, slugs).is_none_or(|id| seen.insert(id)))
}

/// The id of the record that an entry names by its id, or by a slug that is stored.
pub(super) fn record_id(head: &Head, slugs: &HashMap<String, Uuid>) -> Option<Uuid> {
    head.id.or_else(|| slugs.get(head.slug.as_ref()?).copied())
}

impl<'a, R: Writable> Prepared<'a, R> {
    fn insert(&mut self, entry: &'a Resolved<R>, version: Option<i32>) {
        self.writes.push(Write {
            entry,
            id: entry.head.id.or(entry.new_id).unwrap_or_else(Uuid::now_v7),
            input: entry.input.clone(),
            action: Action::Insert(version.unwrap_or(FIRST_VERSION)),
        });
    }

    fn update(
        &mut self,
        treatment: Treatment<'_>,
        entry: &'a Resolved<R>,
        record: &R,
    ) -> Result<(), Problem> {
        let (id, line) = (record.record().id, entry.head.line);
        if treatment.on_existing == OnExisting::Skip {
            self.unchanged.push((line, ImportStatus::Skipped, id));
            return Ok(());
        }
        let mut input = match entry.input_for(treatment.contract, record) {
            Ok(input) => input,
            Err(problem) => {
                self.refused
                    .push((line, Some(id), faults_of(line, problem)?));
                return Ok(());
            }
        };
        if let Some(fault) = input.carry_over(record.input()) {
            self.refused.push((line, Some(id), vec![fault]));
        } else if input == *record.input() {
            self.unchanged.push((line, ImportStatus::Unchanged, id));
        } else {
            self.writes.push(Write {
                entry,
                id,
                input,
                action: Action::Update,
            });
        }
        Ok(())
    }

    /// The result after everything was written.
    pub(super) fn finish(self) -> Written {
        let mut succeeded = self.unchanged;
        let written =
            |write: Write<'_, R>| (write.entry.head.line, write.action.status(), write.id);
        succeeded.extend(self.writes.into_iter().map(written));
        Written {
            succeeded,
            refused: self.refused,
        }
    }
}
