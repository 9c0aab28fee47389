//! One import: collects entries into chunks, stores them, and defers entries that refer to later ones.
//!
//! One rule: the report answers the lines of each chunk in their order. Start with [`Import::run`].

use super::chunk::{Chunk, ChunkOutcome};
use super::entry::{Entry, Head, ParseError};
use super::lines::Lines;
use super::report::{ImportMode, ImportReport, LineImportOptions};
use super::resolved::Treatment;
use crate::conventions::context::Actor;
use crate::conventions::contract::Contract;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::Writable;
use crate::conventions::writing::change_log;
use crate::database::sql::bulk;
use crate::database::{Connection, Database, DatabaseError, Purpose, transaction};
use crate::domain::{Fault, Place};
use actix_web::web::Bytes;
use futures_util::stream::Stream;
use std::cell::RefCell;
use uuid::Uuid;

/// The maximum number of lines that are stored together.
const MAX_CHUNK_LINES: usize = 500;
/// The number of bytes at which a chunk is stored.
const MAX_CHUNK_BYTES: usize = 1024 * 1024;
/// The maximum number of lines that are deferred because they refer to records which do not exist yet.
const MAX_DEFERRED_LINES: usize = 10_000;
/// The number of bytes at which no more lines are deferred.
const MAX_DEFERRED_BYTES: usize = 16 * 1024 * 1024;

/// Where and how lines are stored.
pub struct Import<'a> {
    /// The database.
    pub database: &'a Database,
    /// The schemas that the lines are checked against.
    pub contract: &'a Contract,
    /// The author of the changes.
    pub actor: &'a Actor,
    /// The options of the request.
    pub options: LineImportOptions,
}

/// A line that is not stored: its number, the id that it states, and its faults.
pub(super) type FailedLine = (u64, Option<Uuid>, Vec<Fault>);

/// The state of an import that is running.
pub(super) struct Run<'a, R: Writable> {
    import: &'a Import<'a>,
    report: &'a RefCell<ImportReport>,
    chunk: Chunk<R>,
    /// Faulty lines among those of the chunk, which are reported together with it to keep the order of the lines.
    faulty: Vec<FailedLine>,
    deferred: Chunk<R>,
    /// The records that were written, each with its line, if lines have records of several kinds.
    written: Option<Vec<(u64, Uuid)>>,
}

impl Import<'_> {
    /// Stores all lines and reports what was done with each.
    ///
    /// # Errors
    /// The lines end unexpectedly or do not arrive in time, or 503. In partial mode, the lines that were stored before then
    /// remain stored.
    pub async fn run<R: Writable>(
        &self,
        source: impl Stream<Item = Result<Bytes, Problem>> + Unpin,
    ) -> Result<ImportReport, Problem> {
        let mut connection = self.database.dedicate(Purpose::Import).await?;
        let mut lines = Lines::new(source);
        let report = RefCell::new(ImportReport::new());
        let run = Run::<R>::new(self, &report);
        if self.commits_each_chunk() {
            run.run(&mut connection, &mut lines).await?;
            return report.into_inner().finish(true);
        }
        let store_all = async |connection: &mut Connection| {
            self.begin(connection).await?;
            run.run(connection, &mut lines).await?;
            self.keep(&report)
        };
        let kept = transaction(&mut connection, store_all).await;
        Rollback::finish(kept, report)
    }

    /// Fails if nothing of what was reported is to be stored.
    pub(super) fn keep(&self, report: &RefCell<ImportReport>) -> Result<(), Rollback> {
        if self.options.dry_run || report.borrow().summary().failed > 0 {
            Err(Rollback::Reported)
        } else {
            Ok(())
        }
    }

    /// Prepares a transaction in which lines are stored.
    pub(super) async fn begin(&self, connection: &mut Connection) -> Result<(), Problem> {
        change_log::set_actor(connection, self.actor).await?;
        Ok(bulk::check_constraints_immediately(connection).await?)
    }

    fn commits_each_chunk(&self) -> bool {
        self.options.mode == ImportMode::Partial && !self.options.dry_run
    }
}

/// Why the transaction over all lines is rolled back.
pub(super) enum Rollback {
    /// It was a dry run, or a line of an atomic import failed.
    Reported,
    /// The import itself failed.
    Failed(Problem),
}

impl Rollback {
    /// The report on a transaction that is finished.
    pub(super) fn finish(
        kept: Result<(), Self>,
        report: RefCell<ImportReport>,
    ) -> Result<ImportReport, Problem> {
        match kept {
            Ok(()) => report.into_inner().finish(true),
            Err(Self::Reported) => report.into_inner().finish(false),
            Err(Self::Failed(problem)) => Err(problem),
        }
    }
}

impl From<Problem> for Rollback {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

impl From<DatabaseError> for Rollback {
    fn from(error: DatabaseError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<diesel::result::Error> for Rollback {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl<'a, R: Writable> Run<'a, R> {
    pub(super) fn new(import: &'a Import<'a>, report: &'a RefCell<ImportReport>) -> Self {
        Self {
            import,
            report,
            chunk: Chunk::default(),
            faulty: Vec::new(),
            deferred: Chunk::default(),
            written: None,
        }
    }

    /// One of several runs, each for the lines of one kind.
    pub(super) fn of_several(import: &'a Import<'a>, report: &'a RefCell<ImportReport>) -> Self {
        Self {
            written: Some(Vec::new()),
            ..Self::new(import, report)
        }
    }

    /// The records that were written, each with its line.
    pub(super) fn written(&self) -> &[(u64, Uuid)] {
        self.written.as_deref().unwrap_or_default()
    }

    pub(super) fn treatment(&self) -> Treatment<'a> {
        Treatment {
            contract: self.import.contract,
            on_existing: self.import.options.on_existing,
            checks_at_end: self.written.is_some(),
        }
    }

    async fn run<S>(
        mut self,
        connection: &mut Connection,
        lines: &mut Lines<S>,
    ) -> Result<(), Problem>
    where
        S: Stream<Item = Result<Bytes, Problem>> + Unpin,
    {
        let Treatment {
            contract,
            on_existing,
            ..
        } = self.treatment();
        while let Some((number, line)) = lines.next().await? {
            let entry = Entry::parse(contract, on_existing, number, line);
            self.take(connection, number, entry).await?;
        }
        self.store(connection).await?;
        self.store_deferred(connection).await
    }

    /// Adds a line, or remembers its faults.
    pub(super) async fn take(
        &mut self,
        connection: &mut Connection,
        number: u64,
        entry: Result<Entry<R>, ParseError>,
    ) -> Result<(), Problem> {
        match entry {
            Ok(entry) => self.add(connection, entry).await,
            Err(ParseError::Faulty { id, faults }) => {
                self.faulty.push((number, id, faults));
                if self.faulty.len() >= MAX_CHUNK_LINES {
                    self.store(connection).await?;
                }
                Ok(())
            }
            Err(ParseError::Failed(problem)) => Err(problem),
        }
    }

    /// Adds an entry to the chunk, after storing what must take effect before it.
    async fn add(&mut self, connection: &mut Connection, entry: Entry<R>) -> Result<(), Problem> {
        if self.chunk.contains_key_of(&entry.head)
            || self.chunk.entries.len() >= MAX_CHUNK_LINES
            || self.chunk.bytes >= MAX_CHUNK_BYTES
        {
            self.store(connection).await?;
        }
        if self.deferred.contains_key_of(&entry.head) {
            self.store_deferred_before(connection, &entry.head).await?;
        }
        self.chunk.add(entry);
        Ok(())
    }

    /// Stores the chunk, except for the entries that are deferred.
    pub(super) async fn store(&mut self, connection: &mut Connection) -> Result<(), Problem> {
        let (chunk, faulty) = (
            std::mem::take(&mut self.chunk),
            std::mem::take(&mut self.faulty),
        );
        let deferred = self
            .store_and_report(connection, chunk, faulty, self.free_deferrals())
            .await?;
        deferred
            .into_iter()
            .for_each(|entry| self.deferred.add(entry));
        Ok(())
    }

    /// How many more entries may be deferred.
    fn free_deferrals(&self) -> usize {
        if self.deferred.bytes < MAX_DEFERRED_BYTES {
            MAX_DEFERRED_LINES.saturating_sub(self.deferred.entries.len())
        } else {
            0
        }
    }

    /// Stores the deferred entries whose references exist by now. A deferred entry with the key of `entry` must take effect
    /// before it, so it is stored or fails; the others remain deferred.
    async fn store_deferred_before(
        &mut self,
        connection: &mut Connection,
        entry: &Head,
    ) -> Result<(), Problem> {
        self.store(connection).await?;
        let chunk = std::mem::take(&mut self.deferred);
        let deferred = self
            .store_and_report(connection, chunk, Vec::new(), MAX_DEFERRED_LINES)
            .await?;
        let (same_key, others): (Vec<_>, Vec<_>) = deferred
            .into_iter()
            .partition(|other| other.head.shares_key_with(entry));
        others
            .into_iter()
            .for_each(|other| self.deferred.add(other));
        let mut final_chunk = Chunk::default();
        same_key
            .into_iter()
            .for_each(|other| final_chunk.add(other));
        self.store_and_report(connection, final_chunk, Vec::new(), 0)
            .await
            .map(drop)
    }

    /// Stores the deferred entries, or reports why they cannot be stored.
    pub(super) async fn store_deferred(
        &mut self,
        connection: &mut Connection,
    ) -> Result<(), Problem> {
        let chunk = std::mem::take(&mut self.deferred);
        self.store_and_report(connection, chunk, Vec::new(), 0)
            .await
            .map(drop)
    }

    /// Stores a chunk and reports its lines and the faulty ones in their order. Returns the entries that are deferred, at most
    /// `max_deferred`.
    async fn store_and_report(
        &mut self,
        connection: &mut Connection,
        chunk: Chunk<R>,
        faulty: Vec<FailedLine>,
        max_deferred: usize,
    ) -> Result<Vec<Entry<R>>, Problem> {
        let (import, treatment) = (self.import, self.treatment());
        let is_empty = chunk.entries.is_empty();
        let store = async |connection: &mut Connection| {
            if import.commits_each_chunk() {
                import.begin(connection).await?;
            }
            chunk.store(connection, treatment, max_deferred).await
        };
        let mut outcome = if is_empty {
            ChunkOutcome::default()
        } else {
            transaction(connection, store).await?
        };
        outcome.failed.extend(faulty);
        self.report(&mut outcome)?;
        Ok(outcome.deferred)
    }

    /// Reports the lines of a chunk in their order.
    fn report(&mut self, outcome: &mut ChunkOutcome<R>) -> Result<(), Problem> {
        outcome.succeeded.sort_unstable_by_key(|(line, ..)| *line);
        outcome.failed.sort_unstable_by_key(|(line, ..)| *line);
        if let Some(written) = &mut self.written {
            let lines = outcome.succeeded.iter();
            let lines = lines.filter(|(_, status, _)| status.is_written());
            written.extend(lines.map(|(line, _, id)| (*line, *id)));
            for (.., faults) in &mut outcome.failed {
                faults.iter_mut().for_each(within_record::<R>);
            }
        }
        let mut report = self.report.borrow_mut();
        let mut failed = outcome.failed.drain(..).peekable();
        for (line, status, id) in outcome.succeeded.drain(..) {
            while let Some((line, id, faults)) = failed.next_if(|(other, ..)| *other < line) {
                report.add_failure(line, id, &faults)?;
            }
            report.add_success(line, status, id)?;
        }
        failed.try_for_each(|(line, id, faults)| report.add_failure(line, id, &faults))
    }
}

/// Points into the record of a line that names its kind.
pub(super) fn within_record<R: Writable>(fault: &mut Fault) {
    if let Place::Pointer(pointer) = &mut fault.place {
        pointer.insert_str(0, &format!("/{}", R::KIND.singular()));
    }
}
