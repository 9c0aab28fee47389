//! Entries that are stored together, and which of them can be stored: those whose references exist.
//!
//! One rule: no two entries of a chunk have a key in common. [`writes`](super::writes) stores them. Start with [`Chunk::store`].

use super::entry::{Entry, Head};
use super::report::ImportStatus;
use super::resolved::{Resolved, Treatment};
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::references::{self, Reference};
use crate::conventions::resource::{Input, Writable};
use crate::database::Connection;
use crate::domain::Fault;
use std::collections::HashSet;
use uuid::Uuid;

/// Entries that are stored together.
pub(super) struct Chunk<R: Writable> {
    pub entries: Vec<Entry<R>>,
    pub bytes: usize,
    ids: HashSet<Uuid>,
    slugs: HashSet<String>,
    /// The lock keys of entries that state a slug, and of entries to which one will be assigned. The slug that is assigned
    /// depends on which of them is stored first.
    slug_locks: HashSet<String>,
    assigned_slug_locks: HashSet<String>,
}

impl<R: Writable> Default for Chunk<R> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            bytes: 0,
            ids: HashSet::new(),
            slugs: HashSet::new(),
            slug_locks: HashSet::new(),
            assigned_slug_locks: HashSet::new(),
        }
    }
}

/// What was done with the entries of a chunk.
pub(super) struct ChunkOutcome<R: Writable> {
    pub succeeded: Vec<(u64, ImportStatus, Uuid)>,
    pub failed: Vec<(u64, Option<Uuid>, Vec<Fault>)>,
    pub deferred: Vec<Entry<R>>,
}

impl<R: Writable> Default for ChunkOutcome<R> {
    fn default() -> Self {
        Self {
            succeeded: Vec::new(),
            failed: Vec::new(),
            deferred: Vec::new(),
        }
    }
}

impl<R: Writable> Chunk<R> {
    /// True if an entry of the chunk names the record that `entry` names, or if the order of the two decides which slug is
    /// assigned.
    pub(super) fn contains_key_of(&self, entry: &Head) -> bool {
        let conflicting_locks = if entry.slug.is_some() {
            &self.assigned_slug_locks
        } else {
            &self.slug_locks
        };
        let same_id = entry.id.is_some_and(|id| self.ids.contains(&id));
        let same_slug = entry
            .slug
            .as_ref()
            .is_some_and(|slug| self.slugs.contains(slug));
        let same_lock = entry
            .slug_lock
            .as_ref()
            .is_some_and(|lock| conflicting_locks.contains(lock));
        same_id || same_slug || same_lock
    }

    pub(super) fn add(&mut self, entry: Entry<R>) {
        let head = &entry.head;
        self.ids.extend(head.id);
        self.slugs.extend(head.slug.clone());
        if head.slug.is_some() {
            &mut self.slug_locks
        } else {
            &mut self.assigned_slug_locks
        }
        .extend(head.slug_lock.clone());
        self.bytes += head.bytes;
        self.entries.push(entry);
    }

    /// Stores the entries whose references exist. Of the others, at most `max_deferred` are deferred and the rest fail.
    ///
    /// # Errors
    /// 503.
    pub(super) async fn store(
        self,
        connection: &mut Connection,
        treatment: Treatment<'_>,
        max_deferred: usize,
    ) -> Result<ChunkOutcome<R>, Problem> {
        let mut outcome = ChunkOutcome::default();
        let entries = outcome.resolve(connection, treatment, self.entries).await?;
        let ready = outcome
            .with_existing_references(connection, entries, max_deferred)
            .await?;
        outcome.write(connection, treatment, ready).await?;
        Ok(outcome)
    }
}

impl<R: Writable> ChunkOutcome<R> {
    /// The entries whose references all exist, either in the database or among the entries themselves.
    async fn with_existing_references(
        &mut self,
        connection: &Connection,
        entries: Vec<Resolved<R>>,
        max_deferred: usize,
    ) -> Result<Vec<Resolved<R>>, Problem> {
        let with_references = |entry: Resolved<R>| {
            let references = entry.input.references();
            (entry, references)
        };
        let mut entries: Vec<(Resolved<R>, Vec<Reference>)> =
            entries.into_iter().map(with_references).collect();
        let all = entries.iter().flat_map(|(_, references)| references);
        let stored = references::existing(connection, all).await?;
        loop {
            let ids = entries.iter();
            let ids = ids.filter_map(|(entry, _)| entry.head.id.or(entry.new_id));
            let in_chunk: HashSet<Uuid> = ids.collect();
            let exists = |reference: &Reference| {
                stored.contains(&(reference.kind, reference.id))
                    || (reference.kind == R::KIND && in_chunk.contains(&reference.id))
            };
            let (ready, dangling): (Vec<_>, Vec<_>) = entries
                .into_iter()
                .partition(|(_, references)| references.iter().all(exists));
            if dangling.is_empty() {
                return Ok(ready.into_iter().map(|(entry, _)| entry).collect());
            }
            for (entry, references) in dangling {
                let missing = references.iter().filter(|reference| !exists(reference));
                self.defer_or_fail(entry, missing, max_deferred);
            }
            // An entry that refers to one of the entries just removed cannot be stored now either.
            entries = ready;
        }
    }

    fn defer_or_fail<'r>(
        &mut self,
        entry: Resolved<R>,
        missing: impl Iterator<Item = &'r Reference>,
        max_deferred: usize,
    ) {
        if self.deferred.len() < max_deferred {
            self.deferred.push(entry.into_entry());
        } else {
            let mut faults: Vec<Fault> = missing.map(references::unknown_reference).collect();
            entry.explain(&mut faults);
            self.failed.push((entry.head.line, entry.head.id, faults));
        }
    }
}
