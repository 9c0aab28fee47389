//! Some lines on their way into one table: one statement for the new records and one for the changed, whatever their number.
//!
//! The rules of the database decide. Only if they refuse the whole are the records stored one by one, so that each that can
//! be is stored and each that cannot is told why.

use super::answers::{ImportStatus, faults_of};
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::resource::assignment::{assign, lock_of};
use crate::conventions::resource::references::{self, Reference};
use crate::conventions::resource::{Input, Writable, queries};
use crate::conventions::writing::{commands, refusal};
use crate::database::sql::bulk;
use crate::database::{Connection, transaction};
use crate::domain::Fault;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// How often to look again for what others stored meanwhile, before each record is written by itself.
const ATTEMPTS: usize = 2;

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

/// A record that is to be written.
struct Write<R: Writable> {
    line: u64,
    id: Uuid,
    input: R::Input,
    /// What is new as it came, before anything was assigned to it.
    given: Option<Entry<R>>,
}

impl<R: Writable> Write<R> {
    fn is_new(&self) -> bool {
        self.given.is_some()
    }

    fn slug(&self) -> Option<&str> {
        self.given.as_ref()?.slug.as_deref()
    }

    fn into_entry(self) -> Entry<R> {
        let Self {
            line,
            id,
            input,
            given,
        } = self;
        given.unwrap_or(Entry {
            line,
            id: Some(id),
            slug: None,
            input,
            bytes: 0,
        })
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
        let mut ready = self.with_references(connection, room, &mut stored).await?;
        let mut attempts = ATTEMPTS;
        while !ready.is_empty() {
            ready = stored.write(connection, ready, &mut attempts).await?;
        }
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
            for (entry, references) in lost {
                if stored.waiting.len() < room {
                    stored.waiting.push(entry);
                } else {
                    let faults = references
                        .iter()
                        .filter(|reference| !leads(reference))
                        .map(references::unknown);
                    stored.failed.push((entry.line, entry.id, faults.collect()));
                }
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
    /// Writes the entries, but for those that change a record which another one before them changes: they are returned. So are
    /// all, as long as there are attempts, if a new one was stored by somebody else meanwhile: it is not new any more.
    async fn write(
        &mut self,
        connection: &mut Connection,
        entries: Vec<Entry<R>>,
        attempts: &mut usize,
    ) -> Result<Vec<Entry<R>>, Problem> {
        let (mut writes, mut again) = self.writes(connection, entries).await?;
        // Whoever else stores the same does so in the same order, and neither waits for the other in a circle.
        writes.sort_by(|one, other| one.slug().cmp(&other.slug()));
        let mut unnamed: Vec<&mut R::Input> = writes
            .iter_mut()
            .filter(|write| write.is_new())
            .map(|write| &mut write.input)
            .collect();
        assign(connection, R::KIND, &mut unnamed).await?;
        match transaction(connection, async |connection: &mut Connection| {
            write_all::<R>(connection, &writes).await
        })
        .await
        {
            Ok(()) => self.done.extend(
                writes
                    .iter()
                    .map(|write| (write.line, status(write.is_new()), write.id)),
            ),
            Err(problem) if problem.code.status().as_u16() == 503 => return Err(problem),
            Err(problem) if problem.code == Code::Duplicate && *attempts > 0 => {
                *attempts -= 1;
                again.splice(0..0, writes.into_iter().map(Write::into_entry));
            }
            Err(_) => self.write_each(connection, writes).await?,
        }
        Ok(again)
    }

    /// What is to be written for the entries, and those that have to wait for it; those that change nothing are done.
    async fn writes(
        &mut self,
        connection: &mut Connection,
        entries: Vec<Entry<R>>,
    ) -> Result<(Vec<Write<R>>, Vec<Entry<R>>), Problem> {
        let slugs = entries
            .iter()
            .filter(|entry| entry.id.is_none())
            .filter_map(|entry| entry.slug.clone())
            .collect::<Vec<_>>();
        let by_slug = if slugs.is_empty() {
            HashMap::new()
        } else {
            references::ids_of_slugs(connection, R::KIND, slugs).await?
        };
        let target = |entry: &Entry<R>| {
            entry
                .id
                .or_else(|| by_slug.get(entry.slug.as_ref()?).copied())
        };
        let ids: Vec<Uuid> = entries.iter().filter_map(target).collect();
        let records: HashMap<Uuid, R> = queries::lock::<R>(connection, &ids)
            .await?
            .into_iter()
            .map(|record| (record.record().id, record))
            .collect();
        let (mut writes, mut again, mut seen) = (
            Vec::with_capacity(entries.len()),
            Vec::new(),
            HashSet::new(),
        );
        for mut entry in entries {
            let id = target(&entry);
            if id.is_some_and(|id| !seen.insert(id)) {
                again.push(entry);
                continue;
            }
            let Some((id, record)) = id.and_then(|id| Some((id, records.get(&id)?))) else {
                writes.push(Write {
                    line: entry.line,
                    id: id.unwrap_or_else(Uuid::now_v7),
                    input: entry.input.clone(),
                    given: Some(entry),
                });
                continue;
            };
            if let Some(fault) = entry.input.carry_over(record.input()) {
                self.failed.push((entry.line, Some(id), vec![fault]));
            } else if entry.input == *record.input() {
                self.done.push((entry.line, ImportStatus::Unchanged, id));
            } else {
                writes.push(Write {
                    line: entry.line,
                    id,
                    input: entry.input,
                    given: None,
                });
            }
        }
        Ok((writes, again))
    }

    async fn write_each(
        &mut self,
        connection: &mut Connection,
        writes: Vec<Write<R>>,
    ) -> Result<(), Problem> {
        let mut pending = writes;
        loop {
            let (count, mut early) = (pending.len(), Vec::new());
            for write in pending {
                let one = async |connection: &mut Connection| match &write.given {
                    Some(given) => {
                        commands::insert::<R>(connection, write.id, given.input.clone()).await
                    }
                    None => commands::update::<R>(connection, write.id, write.input.clone()).await,
                };
                match transaction(connection, one).await {
                    Ok(_) => self
                        .done
                        .push((write.line, status(write.is_new()), write.id)),
                    Err(problem) if problem.code == Code::UnknownReference => {
                        early.push((write, problem))
                    }
                    Err(problem) => self.failed.push((
                        write.line,
                        Some(write.id).filter(|_| !write.is_new()),
                        faults_of(problem)?,
                    )),
                }
            }
            // What one refers to may have been stored after it.
            if early.len() == count {
                for (write, problem) in early {
                    self.failed.push((
                        write.line,
                        Some(write.id).filter(|_| !write.is_new()),
                        faults_of(problem)?,
                    ));
                }
                return Ok(());
            }
            pending = early.into_iter().map(|(write, _)| write).collect();
        }
    }
}

fn status(is_new: bool) -> ImportStatus {
    if is_new {
        ImportStatus::Created
    } else {
        ImportStatus::Updated
    }
}

async fn write_all<R: Writable>(
    connection: &mut Connection,
    writes: &[Write<R>],
) -> Result<(), Problem> {
    let rows = |is_new: bool| {
        writes
            .iter()
            .filter(move |write| write.is_new() == is_new)
            .map(|write| (write.id, &write.input))
            .collect::<Vec<_>>()
    };
    let refused = |error| refusal::<R>(error, false);
    bulk::insert(connection, R::KIND.plural(), &rows(true))
        .await
        .map_err(refused)?;
    bulk::update(connection, R::KIND.plural(), &rows(false))
        .await
        .map_err(refused)
}
