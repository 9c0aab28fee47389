//! Writes the entries of a chunk: all inserts in one statement and all updates in another, however many there are.
//!
//! One rule: the database decides. If it refuses a statement, for whatever reason, the entries are written one by one, so that
//! each entry that can be stored is stored and each other one is reported with its reason. Start with [`ChunkOutcome::write`].

use super::chunk::ChunkOutcome;
use super::prepared::{Action, Write, Written, ids_by_slug, prepare, split_duplicates};
use super::report::faults_of;
use super::resolved::{Resolved, Treatment};
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::resource::assignment::assign;
use crate::conventions::resource::{Writable, queries};
use crate::conventions::writing::{commands, store_problem};
use crate::database::{Connection, DatabaseError, transaction};
use std::collections::HashMap;
use uuid::Uuid;

/// How often the entries are written together again after a concurrent write, before they are written one by one.
const MAX_RETRIES: usize = 2;

/// Why one entry was not written.
struct WriteFailure {
    /// The id of the stored record, if the entry names one.
    id: Option<Uuid>,
    problem: Problem,
}

impl From<Problem> for WriteFailure {
    fn from(problem: Problem) -> Self {
        Self { id: None, problem }
    }
}

impl From<DatabaseError> for WriteFailure {
    fn from(error: DatabaseError) -> Self {
        Problem::from(error).into()
    }
}

impl<R: Writable> ChunkOutcome<R> {
    /// Writes all entries, together if possible.
    ///
    /// # Errors
    /// 503.
    pub(super) async fn write(
        &mut self,
        connection: &mut Connection,
        treatment: Treatment<'_>,
        mut entries: Vec<Resolved<R>>,
    ) -> Result<(), Problem> {
        let mut retries = MAX_RETRIES;
        while !entries.is_empty() {
            let heads = entries.iter().map(|entry| &entry.head);
            let slugs = ids_by_slug::<R>(connection, heads).await?;
            let (first, later) = split_duplicates(entries, &slugs);
            let write = async |connection: &mut Connection| {
                write_batch(connection, treatment, &first, &slugs).await
            };
            entries = match transaction(connection, write).await {
                Ok(written) => {
                    self.add(written);
                    later
                }
                Err(problem) if problem.code == Code::DatabaseUnavailable => return Err(problem),
                // A concurrent request stored one of the records, which must now be updated instead of inserted, and has another
                // id than was reserved for it.
                Err(problem) if retries > 0 && is_overtaken(&problem, &first) => {
                    retries -= 1;
                    let entries = first.into_iter().chain(later).map(Resolved::into_entry);
                    self.resolve(connection, treatment, entries.collect())
                        .await?
                }
                Err(_) => {
                    self.write_each(connection, treatment, first).await?;
                    later
                }
            };
        }
        Ok(())
    }

    fn add(&mut self, written: Written) {
        self.succeeded.extend(written.succeeded);
        self.failed.extend(written.refused);
    }

    /// Writes the entries one by one, and reports why an entry cannot be written.
    async fn write_each(
        &mut self,
        connection: &mut Connection,
        treatment: Treatment<'_>,
        mut pending: Vec<Resolved<R>>,
    ) -> Result<(), Problem> {
        // The sort is stable: entries without a slug keep the order of their lines, in which positions are assigned.
        pending.sort_by(|one, other| one.head.slug.cmp(&other.head.slug));
        loop {
            let (count, mut unresolved) = (pending.len(), Vec::new());
            for entry in pending {
                let write = async |connection: &mut Connection| {
                    write_one(connection, treatment, &entry).await
                };
                match transaction(connection, write).await {
                    Ok(written) => self.add(written),
                    Err(failure) if failure.problem.code == Code::UnknownReference => {
                        unresolved.push((entry, failure));
                    }
                    Err(failure) => self.fail(&entry, failure)?,
                }
            }
            // The entries that these refer to may have been stored after them. Once a round stores none of them, they all fail.
            if unresolved.len() == count {
                return unresolved
                    .into_iter()
                    .try_for_each(|(entry, failure)| self.fail(&entry, failure));
            }
            pending = unresolved.into_iter().map(|(entry, _)| entry).collect();
        }
    }

    fn fail(&mut self, entry: &Resolved<R>, failure: WriteFailure) -> Result<(), Problem> {
        let line = entry.head.line;
        let mut faults = faults_of(line, failure.problem)?;
        entry.explain(&mut faults);
        self.failed.push((line, failure.id, faults));
        Ok(())
    }
}

/// True if entries were refused because their records were stored by another request meanwhile.
fn is_overtaken<R: Writable>(problem: &Problem, entries: &[Resolved<R>]) -> bool {
    let mut entries = entries.iter();
    match problem.code {
        Code::Duplicate => true,
        Code::UnknownReference => entries.any(|entry| entry.new_id.is_some()),
        _ => false,
    }
}

/// Writes the entries in two statements.
async fn write_batch<R: Writable>(
    connection: &mut Connection,
    treatment: Treatment<'_>,
    entries: &[Resolved<R>],
    slugs: &HashMap<String, Uuid>,
) -> Result<Written, Problem> {
    let mut prepared = prepare(connection, treatment, entries, slugs).await?;
    let mut new_inputs: Vec<&mut R::Input> = prepared
        .writes
        .iter_mut()
        .filter(|write| write.action.is_insert())
        .map(|write| &mut write.input)
        .collect();
    assign(connection, R::KIND, &mut new_inputs).await?;
    prepared.writes.sort_by(|one, other| {
        let (one, other) = (&one.entry.head, &other.entry.head);
        one.write_order().cmp(&other.write_order())
    });
    let (mut inserted, mut updated) = (Vec::new(), Vec::new());
    for Write {
        id, input, action, ..
    } in &prepared.writes
    {
        match action {
            Action::Insert(version) => inserted.push((*id, *version, input)),
            Action::Update => updated.push((*id, input)),
        }
    }
    queries::insert_all::<R>(connection, inserted)
        .await
        .map_err(store_problem::<R>)?;
    queries::update_all::<R>(connection, updated)
        .await
        .map_err(store_problem::<R>)?;
    Ok(prepared.finish())
}

/// Writes one entry. If the database refuses it, the problem says why.
async fn write_one<R: Writable>(
    connection: &mut Connection,
    treatment: Treatment<'_>,
    entry: &Resolved<R>,
) -> Result<Written, WriteFailure> {
    let entries = std::slice::from_ref(entry);
    let slugs = ids_by_slug::<R>(connection, std::iter::once(&entry.head)).await?;
    if treatment.checks_at_end {
        // What conflicts now need not do so at the end.
        return Ok(write_batch(connection, treatment, entries, &slugs).await?);
    }
    let prepared = prepare(connection, treatment, entries, &slugs).await?;
    for write in &prepared.writes {
        let (id, input) = (write.id, write.input.clone());
        match write.action {
            Action::Insert(version) => {
                commands::insert::<R>(connection, id, version, input).await?
            }
            Action::Update => commands::update::<R>(connection, id, input)
                .await
                .map(drop)
                .map_err(|problem| WriteFailure {
                    id: Some(id),
                    problem,
                })?,
        }
    }
    Ok(prepared.finish())
}
