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
use crate::domain::Fault;
use actix_web::web::Bytes;
use futures_util::stream::Stream;
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
type FailedLine = (u64, Option<Uuid>, Vec<Fault>);

/// The state of an import that is running.
struct Run<'a, R: Writable> {
    import: &'a Import<'a>,
    report: ImportReport,
    chunk: Chunk<R>,
    /// Faulty lines among those of the chunk, which are reported together with it to keep the order of the lines.
    faulty: Vec<FailedLine>,
    deferred: Chunk<R>,
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
        let run = Run::<R> {
            import: self,
            report: ImportReport::new(),
            chunk: Chunk::default(),
            faulty: Vec::new(),
            deferred: Chunk::default(),
        };
        if self.commits_each_chunk() {
            return run.run(&mut connection, &mut lines).await?.finish(true);
        }
        let store_all = async |connection: &mut Connection| {
            self.begin(connection).await?;
            let report = run.run(connection, &mut lines).await?;
            if self.options.dry_run || report.summary().failed > 0 {
                Err(Rollback::Reported(report))
            } else {
                Ok(report)
            }
        };
        match transaction(&mut connection, store_all).await {
            Ok(report) => report.finish(true),
            Err(Rollback::Reported(report)) => report.finish(false),
            Err(Rollback::Failed(problem)) => Err(problem),
        }
    }

    /// Prepares a transaction in which lines are stored.
    async fn begin(&self, connection: &mut Connection) -> Result<(), Problem> {
        change_log::set_actor(connection, self.actor).await?;
        Ok(bulk::check_constraints_immediately(connection).await?)
    }

    fn treatment(&self) -> Treatment<'_> {
        Treatment {
            contract: self.contract,
            on_existing: self.options.on_existing,
        }
    }

    fn commits_each_chunk(&self) -> bool {
        self.options.mode == ImportMode::Partial && !self.options.dry_run
    }
}

/// Why the transaction over all lines is rolled back.
enum Rollback {
    /// It was a dry run, or a line of an atomic import failed.
    Reported(ImportReport),
    /// The import itself failed.
    Failed(Problem),
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

impl<R: Writable> Run<'_, R> {
    async fn run<S>(
        mut self,
        connection: &mut Connection,
        lines: &mut Lines<S>,
    ) -> Result<ImportReport, Problem>
    where
        S: Stream<Item = Result<Bytes, Problem>> + Unpin,
    {
        while let Some((number, line)) = lines.next().await? {
            let Treatment {
                contract,
                on_existing,
            } = self.import.treatment();
            match Entry::parse(contract, on_existing, number, line) {
                Ok(entry) => self.add(connection, entry).await?,
                Err(ParseError::Faulty { id, faults }) => {
                    self.faulty.push((number, id, faults));
                    if self.faulty.len() >= MAX_CHUNK_LINES {
                        self.store(connection).await?;
                    }
                }
                Err(ParseError::Failed(problem)) => return Err(problem),
            }
        }
        self.store(connection).await?;
        self.store_deferred(connection).await?;
        Ok(self.report)
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
    async fn store(&mut self, connection: &mut Connection) -> Result<(), Problem> {
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
    async fn store_deferred(&mut self, connection: &mut Connection) -> Result<(), Problem> {
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
        let (import, is_empty) = (self.import, chunk.entries.is_empty());
        let store = async |connection: &mut Connection| {
            if import.commits_each_chunk() {
                import.begin(connection).await?;
            }
            chunk
                .store(connection, import.treatment(), max_deferred)
                .await
        };
        let mut outcome = if is_empty {
            ChunkOutcome::default()
        } else {
            transaction(connection, store).await?
        };
        outcome.failed.extend(faulty);
        outcome.succeeded.sort_unstable_by_key(|(line, ..)| *line);
        outcome.failed.sort_unstable_by_key(|(line, ..)| *line);
        let mut failed = outcome.failed.into_iter().peekable();
        for (line, status, id) in outcome.succeeded {
            while let Some((line, id, faults)) = failed.next_if(|(other, ..)| *other < line) {
                self.report.add_failure(line, id, &faults)?;
            }
            self.report.add_success(line, status, id)?;
        }
        failed.try_for_each(|(line, id, faults)| self.report.add_failure(line, id, &faults))?;
        Ok(outcome.deferred)
    }
}
