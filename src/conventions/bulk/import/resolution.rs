//! Makes entries whose documents are known, and sorts out those that leave stored records alone.
//!
//! One rule: the stored records are read with one statement of each kind for all entries, and locked before they are merged. Start
//! with [`ChunkOutcome::resolve`].

use super::chunk::ChunkOutcome;
use super::entry::{Content, Entry, Head};
use super::prepared::{ids_by_slug, record_id};
use super::report::{ImportStatus, OnExisting, faults_of};
use super::resolved::{Resolved, Treatment};
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::queries::lookup::lock_existing;
use crate::conventions::resource::{Writable, queries};
use crate::conventions::writing::named::{Ids, Named, look_up};
use crate::database::Connection;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

impl<R: Writable> ChunkOutcome<R> {
    /// Resolves entries. Those that are finished with that are in the outcome: they leave a stored record alone, or their
    /// documents are invalid together with stored records.
    ///
    /// # Errors
    /// 503.
    pub(super) async fn resolve(
        &mut self,
        connection: &mut Connection,
        treatment: Treatment<'_>,
        mut entries: Vec<Entry<R>>,
    ) -> Result<Vec<Resolved<R>>, Problem> {
        if treatment.on_existing == OnExisting::Skip {
            entries = self.skip_stored(connection, entries).await?;
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
                Err(problem) => self.failed.push((line, id, faults_of(line, problem)?)),
            }
        }
        Ok(resolved)
    }

    /// The entries whose records are not stored yet.
    async fn skip_stored(
        &mut self,
        connection: &Connection,
        entries: Vec<Entry<R>>,
    ) -> Result<Vec<Entry<R>>, Problem> {
        let slugs = ids_by_slug::<R>(connection, heads(&entries)).await?;
        let ids = heads(&entries).filter_map(|head| record_id(head, &slugs));
        let stored = lock_existing(connection, R::KIND, ids.collect()).await?;
        let stored: HashSet<Uuid> = stored.into_iter().collect();
        let mut others = Vec::with_capacity(entries.len());
        for entry in entries {
            match record_id(&entry.head, &slugs).filter(|id| stored.contains(id)) {
                Some(id) => self
                    .succeeded
                    .push((entry.head.line, ImportStatus::Skipped, id)),
                None => others.push(entry),
            }
        }
        Ok(others)
    }
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
