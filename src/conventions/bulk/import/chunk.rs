//! Some lines that are stored together, and which of them are ready: those whose references lead somewhere.
//!
//! No two lines of a chunk have a key in common. `writes` stores them.

use super::answers::ImportStatus;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::assignment::lock_of;
use crate::conventions::resource::references::{self, Reference};
use crate::conventions::resource::{Input, Writable};
use crate::database::Connection;
use crate::domain::Fault;
use std::collections::HashSet;
use uuid::Uuid;

/// A valid line.
pub(super) struct Entry<R: Writable> {
    pub line: u64,
    pub id: Option<Uuid>,
    pub slug: Option<String>,
    pub input: R::Input,
    pub bytes: usize,
}

impl<R: Writable> Entry<R> {
    /// The queue for slugs that the line stands in.
    fn queue(&self) -> Option<String> {
        lock_of(R::KIND, &self.input)
            .filter(|_| R::KIND.has_slug())
            .map(|lock| lock.key)
    }

    /// Its place among lines that are written together. Whoever else stores the same records does so in the same order, and
    /// neither waits for the other in a circle.
    pub(super) fn rank(&self) -> (Option<&str>, Option<Uuid>) {
        (self.slug.as_deref(), self.id)
    }

    /// True if both lines name the same record by id or by slug.
    pub(super) fn has_key_of(&self, other: &Self) -> bool {
        (self.id.is_some() && self.id == other.id)
            || (self.slug.is_some() && self.slug == other.slug)
    }
}

/// Lines that are stored together; no two have a key in common.
pub(super) struct Chunk<R: Writable> {
    pub entries: Vec<Entry<R>>,
    pub bytes: usize,
    ids: HashSet<Uuid>,
    slugs: HashSet<String>,
    /// The queues of lines with a slug, and of those that will be given one: what they get depends on who comes first.
    with_slug: HashSet<String>,
    without_slug: HashSet<String>,
}

impl<R: Writable> Default for Chunk<R> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            bytes: 0,
            ids: HashSet::new(),
            slugs: HashSet::new(),
            with_slug: HashSet::new(),
            without_slug: HashSet::new(),
        }
    }
}

/// What became of the lines of a chunk.
pub(super) struct Stored<R: Writable> {
    pub done: Vec<(u64, ImportStatus, Uuid)>,
    pub failed: Vec<(u64, Option<Uuid>, Vec<Fault>)>,
    pub waiting: Vec<Entry<R>>,
}

impl<R: Writable> Default for Stored<R> {
    fn default() -> Self {
        Self {
            done: Vec::new(),
            failed: Vec::new(),
            waiting: Vec::new(),
        }
    }
}

impl<R: Writable> Chunk<R> {
    pub(super) fn has_key_of(&self, entry: &Entry<R>) -> bool {
        let others = if entry.slug.is_some() {
            &self.without_slug
        } else {
            &self.with_slug
        };
        entry.id.is_some_and(|id| self.ids.contains(&id))
            || entry
                .slug
                .as_ref()
                .is_some_and(|slug| self.slugs.contains(slug))
            || (!others.is_empty() && entry.queue().is_some_and(|queue| others.contains(&queue)))
    }

    pub(super) fn add(&mut self, entry: Entry<R>) {
        self.ids.extend(entry.id);
        self.slugs.extend(entry.slug.clone());
        if entry.slug.is_some() {
            &mut self.with_slug
        } else {
            &mut self.without_slug
        }
        .extend(entry.queue());
        self.bytes += entry.bytes;
        self.entries.push(entry);
    }

    /// Stores what can be stored; of what names records that are not there, no more than `room` may wait, the rest fails.
    ///
    /// # Errors
    /// 503.
    pub(super) async fn store(
        self,
        connection: &mut Connection,
        room: usize,
    ) -> Result<Stored<R>, Problem> {
        let mut stored = Stored::default();
        let ready = self.with_references(connection, room, &mut stored).await?;
        stored.write(connection, ready).await?;
        Ok(stored)
    }

    /// The entries whose references lead somewhere, be it to another entry of the chunk.
    async fn with_references(
        self,
        connection: &Connection,
        room: usize,
        stored: &mut Stored<R>,
    ) -> Result<Vec<Entry<R>>, Problem> {
        let mut entries: Vec<(Entry<R>, Vec<Reference>)> = self
            .entries
            .into_iter()
            .map(|entry| (entry, Vec::new()))
            .collect();
        entries
            .iter_mut()
            .for_each(|(entry, references)| *references = entry.input.references());
        let known = references::existing(
            connection,
            entries.iter().flat_map(|(_, references)| references),
        )
        .await?;
        loop {
            let here: HashSet<Uuid> = entries.iter().filter_map(|(entry, _)| entry.id).collect();
            let leads = |reference: &Reference| {
                known.contains(&(reference.kind, reference.id))
                    || (reference.kind == R::KIND && here.contains(&reference.id))
            };
            let (ready, lost): (Vec<_>, Vec<_>) = entries
                .into_iter()
                .partition(|(_, references)| references.iter().all(leads));
            let all_lead = lost.is_empty();
            for (entry, mut references) in lost {
                references.retain(|reference| !leads(reference));
                stored.set_aside(entry, &references, room);
            }
            // Who relied on one that is lost is lost, too.
            if all_lead {
                return Ok(ready.into_iter().map(|(entry, _)| entry).collect());
            }
            entries = ready;
        }
    }
}

impl<R: Writable> Stored<R> {
    /// Lets an entry wait for the records that it names and that are not there yet, or fails it if `room` entries wait already.
    fn set_aside(&mut self, entry: Entry<R>, missing: &[Reference], room: usize) {
        if self.waiting.len() < room {
            self.waiting.push(entry);
        } else {
            let faults = missing.iter().map(references::unknown).collect();
            self.failed.push((entry.line, entry.id, faults));
        }
    }
}
