//! The entries of a chunk on their way into one table: one statement for the new records and one for the changed, whatever
//! their number.
//!
//! The database decides. If it refuses the whole, for whatever reason, the entries are written one by one, so that each that
//! can be stored is stored and each that cannot is answered with the reason. Start with [`Stored::write`].

use super::answers::{ImportStatus, faults_of};
use super::chunk::{Entry, Stored};
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::resource::assignment::assign;
use crate::conventions::resource::references;
use crate::conventions::resource::{Input, Writable, queries};
use crate::conventions::writing::change_log;
use crate::conventions::writing::{commands, refusal};
use crate::database::sql::bulk::{self, VersionedRow};
use crate::database::{Connection, DatabaseError, transaction};
use crate::domain::Fault;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// How often to look again for what others stored meanwhile, before each record is written by itself.
const ATTEMPTS: usize = 2;

/// A record that is to be written.
struct Write<'a, R: Writable> {
    entry: &'a Entry<R>,
    id: Uuid,
    /// The document of the entry, with what was assigned to it.
    input: R::Input,
    action: Action,
}

/// What is done with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    /// It is inserted in that version.
    Insert(i32),
    /// It is updated.
    Update,
}

impl Action {
    fn is_insert(self) -> bool {
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

/// What is to be done for some entries.
struct Prepared<'a, R: Writable> {
    writes: Vec<Write<'a, R>>,
    /// Entries for which there is nothing to do.
    unchanged: Vec<(u64, ImportStatus, Uuid)>,
    /// Entries that want what cannot be changed.
    refused: Vec<(u64, Option<Uuid>, Vec<Fault>)>,
}

/// What became of entries that were written in one transaction.
struct Written {
    done: Vec<(u64, ImportStatus, Uuid)>,
    refused: Vec<(u64, Option<Uuid>, Vec<Fault>)>,
}

/// Why one entry was not written.
struct Refused {
    /// The stored record that it was to change.
    id: Option<Uuid>,
    problem: Problem,
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self { id: None, problem }
    }
}

impl From<DatabaseError> for Refused {
    fn from(error: DatabaseError) -> Self {
        Problem::from(error).into()
    }
}

impl<R: Writable> Stored<R> {
    /// Writes all entries, together if that is possible.
    ///
    /// # Errors
    /// 503.
    pub(super) async fn write(
        &mut self,
        connection: &mut Connection,
        mut entries: Vec<Entry<R>>,
    ) -> Result<(), Problem> {
        let mut attempts = ATTEMPTS;
        while !entries.is_empty() {
            let slugs = ids_by_slug(connection, &entries).await?;
            let (first, later) = split(entries, &slugs);
            let together = async |connection: &mut Connection| {
                write_together(connection, &first, &slugs).await
            };
            entries = match transaction(connection, together).await {
                Ok(written) => {
                    self.add(written);
                    later
                }
                Err(problem) if problem.code == Code::DatabaseUnavailable => return Err(problem),
                // Somebody else stored one of the records meanwhile: it is not new any more.
                Err(problem) if problem.code == Code::Duplicate && attempts > 0 => {
                    attempts -= 1;
                    first.into_iter().chain(later).collect()
                }
                Err(_) => {
                    self.write_each(connection, first).await?;
                    later
                }
            };
        }
        Ok(())
    }

    fn add(&mut self, written: Written) {
        self.done.extend(written.done);
        self.failed.extend(written.refused);
    }

    /// Writes the entries one by one; says of each that cannot be written what is against it.
    async fn write_each(
        &mut self,
        connection: &mut Connection,
        mut pending: Vec<Entry<R>>,
    ) -> Result<(), Problem> {
        // Positions are given out in this order: that of the lines, where there are no slugs.
        pending.sort_by(|one, other| one.slug.cmp(&other.slug));
        loop {
            let (count, mut early) = (pending.len(), Vec::new());
            for entry in pending {
                let one = async |connection: &mut Connection| write_one(connection, &entry).await;
                match transaction(connection, one).await {
                    Ok(written) => self.add(written),
                    Err(refused) if refused.problem.code == Code::UnknownReference => {
                        early.push((entry, refused))
                    }
                    Err(refused) => self.refuse(entry.line, refused)?,
                }
            }
            // What one refers to may have been stored after it.
            if early.len() == count {
                return early
                    .into_iter()
                    .try_for_each(|(entry, refused)| self.refuse(entry.line, refused));
            }
            pending = early.into_iter().map(|(entry, _)| entry).collect();
        }
    }

    fn refuse(&mut self, line: u64, refused: Refused) -> Result<(), Problem> {
        let faults = faults_of(line, refused.problem)?;
        self.failed.push((line, refused.id, faults));
        Ok(())
    }
}

/// The stored record that an entry names, if it names one by its id or by one of these slugs.
fn target<R: Writable>(entry: &Entry<R>, slugs: &HashMap<String, Uuid>) -> Option<Uuid> {
    entry
        .id
        .or_else(|| slugs.get(entry.slug.as_ref()?).copied())
}

/// The entries that can be written now, and those that name a record which one of the first names by its other key: they come
/// after it.
fn split<R: Writable>(
    entries: Vec<Entry<R>>,
    slugs: &HashMap<String, Uuid>,
) -> (Vec<Entry<R>>, Vec<Entry<R>>) {
    let mut seen = HashSet::new();
    entries
        .into_iter()
        .partition(|entry| target(entry, slugs).is_none_or(|id| seen.insert(id)))
}

/// Finds out what is to be done for the entries, of which no two name the same record. The records that they change are locked.
async fn prepare<'a, R: Writable>(
    connection: &mut Connection,
    entries: &'a [Entry<R>],
    slugs: &HashMap<String, Uuid>,
) -> Result<Prepared<'a, R>, Problem> {
    let ids: Vec<Uuid> = entries
        .iter()
        .filter_map(|entry| target(entry, slugs))
        .collect();
    let records: HashMap<Uuid, R> = queries::lock::<R>(connection, &ids)
        .await?
        .into_iter()
        .map(|record| (record.record().id, record))
        .collect();
    // Only a record whose id is given can have been there before.
    let given = entries.iter().filter_map(|entry| entry.id);
    let missing: Vec<Uuid> = given.filter(|id| !records.contains_key(id)).collect();
    let versions = change_log::next_versions(connection, R::KIND, &missing).await?;
    let mut prepared = Prepared {
        writes: Vec::with_capacity(entries.len()),
        unchanged: Vec::new(),
        refused: Vec::new(),
    };
    for entry in entries {
        let id = target(entry, slugs);
        match id.and_then(|id| records.get(&id)) {
            Some(record) => prepared.change(entry, record),
            None => prepared.insert(entry, id.and_then(|id| versions.get(&id)).copied()),
        }
    }
    Ok(prepared)
}

/// The ids of the stored records that entries without an id name by their slugs.
async fn ids_by_slug<R: Writable>(
    connection: &Connection,
    entries: &[Entry<R>],
) -> Result<HashMap<String, Uuid>, Problem> {
    let slugs: Vec<String> = entries
        .iter()
        .filter(|entry| entry.id.is_none())
        .filter_map(|entry| entry.slug.clone())
        .collect();
    if slugs.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(references::ids_of_slugs(connection, R::KIND, slugs).await?)
}

impl<'a, R: Writable> Prepared<'a, R> {
    fn insert(&mut self, entry: &'a Entry<R>, version: Option<i32>) {
        self.writes.push(Write {
            entry,
            id: entry.id.unwrap_or_else(Uuid::now_v7),
            input: entry.input.clone(),
            action: Action::Insert(version.unwrap_or(1)),
        });
    }

    fn change(&mut self, entry: &'a Entry<R>, record: &R) {
        let (id, mut input) = (record.record().id, entry.input.clone());
        if let Some(fault) = input.carry_over(record.input()) {
            self.refused.push((entry.line, Some(id), vec![fault]));
        } else if input == *record.input() {
            self.unchanged
                .push((entry.line, ImportStatus::Unchanged, id));
        } else {
            self.writes.push(Write {
                entry,
                id,
                input,
                action: Action::Update,
            });
        }
    }

    fn finish(self) -> Written {
        let mut done = self.unchanged;
        let written = |write: Write<'_, R>| (write.entry.line, write.action.status(), write.id);
        done.extend(self.writes.into_iter().map(written));
        Written {
            done,
            refused: self.refused,
        }
    }
}

/// Writes the entries in two statements.
async fn write_together<R: Writable>(
    connection: &mut Connection,
    entries: &[Entry<R>],
    slugs: &HashMap<String, Uuid>,
) -> Result<Written, Problem> {
    let mut prepared = prepare(connection, entries, slugs).await?;
    let mut unnamed: Vec<&mut R::Input> = prepared
        .writes
        .iter_mut()
        .filter(|write| write.action.is_insert())
        .map(|write| &mut write.input)
        .collect();
    assign(connection, R::KIND, &mut unnamed).await?;
    prepared
        .writes
        .sort_by(|one, other| one.entry.rank().cmp(&other.entry.rank()));
    let (mut inserted, mut updated) = (Vec::new(), Vec::new());
    for Write {
        id, input, action, ..
    } in &prepared.writes
    {
        match action {
            Action::Insert(version) => inserted.push((
                *id,
                VersionedRow {
                    version: *version,
                    row: input,
                },
            )),
            Action::Update => updated.push((*id, input)),
        }
    }
    let refused = |error| refusal::<R>(error, false);
    bulk::insert(connection, R::KIND.plural(), &inserted)
        .await
        .map_err(refused)?;
    bulk::update(connection, R::KIND.plural(), &updated)
        .await
        .map_err(refused)?;
    Ok(prepared.finish())
}

/// Writes one entry. If it is refused, the reasons are looked for.
async fn write_one<R: Writable>(
    connection: &mut Connection,
    entry: &Entry<R>,
) -> Result<Written, Refused> {
    let entries = std::slice::from_ref(entry);
    let slugs = ids_by_slug(connection, entries).await?;
    let prepared = prepare(connection, entries, &slugs).await?;
    for write in &prepared.writes {
        let (id, input) = (write.id, write.input.clone());
        match write.action {
            Action::Insert(version) => {
                commands::insert::<R>(connection, id, version, input).await?
            }
            Action::Update => commands::update::<R>(connection, id, input)
                .await
                .map(drop)
                .map_err(|problem| Refused {
                    id: Some(id),
                    problem,
                })?,
        }
    }
    Ok(prepared.finish())
}
