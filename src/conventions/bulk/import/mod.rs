//! Whole collections on their way in: lines of JSON, each an input document, stored in chunks.
//!
//! A line changes the record of its `id`, or of its `slug`, and makes one where there is none. A line counts for those after
//! it: a key that comes again ends the chunk. A line that names a record which is not there yet waits for the end, since a
//! later one may bring it. No line takes another along, whatever the database has against it.
//!
//! Start with [`Import::run`]; `lines` reads, `chunk` gathers, `writes` stores, `answers` reports.

mod answers;
mod check;
mod chunk;
mod lines;
mod writes;

pub use answers::{Answers, ImportLine, ImportMode, ImportStatus, ImportSummary, LoadOptions};
pub use check::check;

use crate::conventions::context::Actor;
use crate::conventions::context::Context;
use crate::conventions::contract::Contract;
use crate::conventions::http::body;
use crate::conventions::http::problem::Problem;
use crate::conventions::http::query::Filter;
use crate::conventions::resource::Writable;
use crate::conventions::writing::change_log;
use crate::conventions::writing::input;
use crate::database::sql::bulk;
use crate::database::{Connection, Database, DatabaseError, Purpose, transaction};
use crate::domain::{Fault, FaultCode, text};
use actix_web::http::header;
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpRequest, HttpResponse};
use chunk::{Chunk, Entry, Stored};
use futures_util::stream::{self, Stream};
use lines::{Line, Lines};
use serde_json::Value;
use uuid::Uuid;

/// Lines that are stored at a time.
const CHUNK_LINES: usize = 500;
/// Bytes of lines that are stored at a time.
const CHUNK_BYTES: usize = 1024 * 1024;
/// Lines that may wait for records which come later.
const MOST_WAITING: usize = 10_000;
/// Bytes of such lines.
const MOST_WAITING_BYTES: usize = 16 * 1024 * 1024;

/// Where and how lines are stored.
pub struct Import<'a> {
    /// The registry's database.
    pub database: &'a Database,
    /// What the lines are checked with.
    pub contract: &'a Contract,
    /// Who stores.
    pub actor: &'a Actor,
    /// How.
    pub options: LoadOptions,
}

/// `POST` of a collection.
///
/// # Errors
/// 408, 415, 503; what is wrong with a line is said in the answer to it.
pub async fn respond<R: Writable>(
    request: HttpRequest,
    context: Context,
    options: Filter<LoadOptions>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    body::check_media_type(
        &request,
        &[
            "application/x-ndjson",
            "application/octet-stream",
            "application/jsonl",
            "application/ndjson",
        ],
    )?;
    let import = Import {
        database: &context.database,
        contract: &context.contract,
        actor: &context.actor,
        options: options.0,
    };
    let answers = import.run::<R>(body::bytes(payload)).await?;
    let chunks = stream::unfold(answers, |mut answers| async move {
        let chunk = answers.read().transpose()?;
        Some((chunk.map_err(actix_web::Error::from), answers))
    });
    let mut response = HttpResponse::Ok();
    response
        .content_type("application/x-ndjson")
        .insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(response.streaming(chunks))
}

/// A valid line, or the record that it names and what is wrong with it.
type Understood<R> = Result<Entry<R>, (Option<Uuid>, Vec<Fault>)>;

/// The JSON object of a line in its normal form, and the length of the line in bytes.
fn read_object(line: Line) -> Result<(Value, usize), Fault> {
    let Line::Whole(bytes) = line else {
        let detail = format!("a line has at most {} bytes", body::LIMIT);
        return Err(Fault::at("", FaultCode::MaxLength, detail));
    };
    let mut value: Value = serde_json::from_slice(&bytes)
        .map_err(|error| Fault::at("", FaultCode::Malformed, malformed(&bytes, &error)))?;
    text::normalise_json(&mut value);
    if !value.is_object() {
        let detail = "a line must be a JSON object";
        return Err(Fault::at("", FaultCode::Type, detail));
    }
    Ok((value, bytes.len()))
}

/// What is wrong with a line that is not JSON. The parser takes it for line 1, so only the column is told.
fn malformed(line: &[u8], error: &serde_json::Error) -> String {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&position).unwrap_or(&message);
    let before = line.get(..error.column().saturating_sub(1));
    let column = String::from_utf8_lossy(before.unwrap_or(line))
        .chars()
        .count()
        + 1;
    format!("this line is not valid JSON: {message} at column {column}")
}

/// The id that a line gives to its record.
fn id_of(value: &Value) -> Result<Option<Uuid>, Fault> {
    match value.get("id") {
        None | Some(Value::Null) => Ok(None),
        Some(id) => match id.as_str().and_then(|id| Uuid::try_parse(id).ok()) {
            Some(id) => Ok(Some(id)),
            None => Err(Fault::at("/id", FaultCode::Format, "must be a UUID")),
        },
    }
}

/// A line as the record that it is to become, or what is wrong with it.
///
/// # Errors
/// 500 for a fault of the service.
fn understand<R: Writable>(
    contract: &Contract,
    number: u64,
    line: Line,
) -> Result<Understood<R>, Problem> {
    let (value, bytes) = match read_object(line) {
        Ok(read) => read,
        Err(fault) => return Ok(Err((None, vec![fault]))),
    };
    let id = match id_of(&value) {
        Ok(id) => id,
        Err(fault) => return Ok(Err((None, vec![fault]))),
    };
    let slug = value
        .get("slug")
        .and_then(Value::as_str)
        .filter(|_| R::KIND.has_slug())
        .map(str::to_owned);
    match input::parse::<R>(contract, value) {
        Ok(input) => Ok(Ok(Entry {
            line: number,
            id,
            slug,
            input,
            bytes,
        })),
        Err(problem) => Ok(Err((id, answers::faults_of(number, problem)?))),
    }
}

/// Everything that is going on in an import.
struct Loading<'a, R: Writable> {
    import: &'a Import<'a>,
    answers: Answers,
    chunk: Chunk<R>,
    /// What is wrong with lines among those of the chunk, so that all are answered in their order.
    refused: Vec<Refused>,
    waiting: Chunk<R>,
}

/// A line that is not stored: its number, the record that it names, and what is wrong.
type Refused = (u64, Option<Uuid>, Vec<Fault>);

impl Import<'_> {
    /// Stores all lines and tells what became of each.
    ///
    /// # Errors
    /// The lines break off or do not come in time, 503. Then what was stored before stays in a partial import.
    pub async fn run<R: Writable>(
        &self,
        source: impl Stream<Item = Result<Bytes, Problem>> + Unpin,
    ) -> Result<Answers, Problem> {
        let mut connection = self.database.dedicate(Purpose::Import).await?;
        let mut lines = Lines::new(source);
        let loading = Loading::<R> {
            import: self,
            answers: Answers::new(),
            chunk: Chunk::default(),
            refused: Vec::new(),
            waiting: Chunk::default(),
        };
        if self.options.mode == ImportMode::Partial && !self.options.dry_run {
            return loading.run(&mut connection, &mut lines).await?.finish(true);
        }
        let whole = async |connection: &mut Connection| {
            self.begin(connection).await?;
            let answers = loading.run(connection, &mut lines).await?;
            if self.options.dry_run || answers.summary().failed > 0 {
                Err(Undone::Answered(answers))
            } else {
                Ok(answers)
            }
        };
        match transaction(&mut connection, whole).await {
            Ok(answers) => answers.finish(true),
            Err(Undone::Answered(answers)) => answers.finish(false),
            Err(Undone::Failed(problem)) => Err(problem),
        }
    }

    /// What every transaction of an import begins with.
    async fn begin(&self, connection: &mut Connection) -> Result<(), Problem> {
        change_log::set_actor(connection, self.actor).await?;
        Ok(bulk::check_constraints_immediately(connection).await?)
    }

    fn in_parts(&self) -> bool {
        self.options.mode == ImportMode::Partial && !self.options.dry_run
    }
}

/// Why a transaction over all lines is not kept.
enum Undone {
    Answered(Answers),
    Failed(Problem),
}

impl From<Problem> for Undone {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

impl From<DatabaseError> for Undone {
    fn from(error: DatabaseError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<diesel::result::Error> for Undone {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl<R: Writable> Loading<'_, R> {
    async fn run<S>(
        mut self,
        connection: &mut Connection,
        lines: &mut Lines<S>,
    ) -> Result<Answers, Problem>
    where
        S: Stream<Item = Result<Bytes, Problem>> + Unpin,
    {
        while let Some((number, line)) = lines.next().await? {
            match understand::<R>(self.import.contract, number, line)? {
                Ok(entry) => {
                    if self.chunk.has_key_of(&entry)
                        || self.chunk.entries.len() >= CHUNK_LINES
                        || self.chunk.bytes >= CHUNK_BYTES
                    {
                        self.store(connection).await?;
                    }
                    if self.waiting.has_key_of(&entry) {
                        self.flush_before(connection, &entry).await?;
                    }
                    self.chunk.add(entry);
                }
                Err((id, faults)) => {
                    self.refused.push((number, id, faults));
                    if self.refused.len() >= CHUNK_LINES {
                        self.store(connection).await?;
                    }
                }
            }
        }
        self.store(connection).await?;
        self.flush(connection).await?;
        Ok(self.answers)
    }

    /// Stores the chunk, but for what has to wait.
    async fn store(&mut self, connection: &mut Connection) -> Result<(), Problem> {
        let (chunk, refused) = (
            std::mem::take(&mut self.chunk),
            std::mem::take(&mut self.refused),
        );
        let waiting = self
            .store_and_answer(connection, chunk, refused, self.room())
            .await?;
        waiting
            .into_iter()
            .for_each(|entry| self.waiting.add(entry));
        Ok(())
    }

    /// How many more lines may wait.
    fn room(&self) -> usize {
        if self.waiting.bytes < MOST_WAITING_BYTES {
            MOST_WAITING.saturating_sub(self.waiting.entries.len())
        } else {
            0
        }
    }

    /// Stores what has waited for lines that came meanwhile, and decides what becomes of a line with a key of `entry`: it counts
    /// before that. The others go on waiting.
    async fn flush_before(
        &mut self,
        connection: &mut Connection,
        entry: &Entry<R>,
    ) -> Result<(), Problem> {
        self.store(connection).await?;
        let chunk = std::mem::take(&mut self.waiting);
        let waiting = self
            .store_and_answer(connection, chunk, Vec::new(), MOST_WAITING)
            .await?;
        let (before, others): (Vec<_>, Vec<_>) = waiting
            .into_iter()
            .partition(|other| other.has_key_of(entry));
        others.into_iter().for_each(|other| self.waiting.add(other));
        let mut decided = Chunk::default();
        before.into_iter().for_each(|other| decided.add(other));
        self.store_and_answer(connection, decided, Vec::new(), 0)
            .await
            .map(drop)
    }

    /// Stores what has waited, or says why it cannot be.
    async fn flush(&mut self, connection: &mut Connection) -> Result<(), Problem> {
        let chunk = std::mem::take(&mut self.waiting);
        self.store_and_answer(connection, chunk, Vec::new(), 0)
            .await
            .map(drop)
    }

    /// Stores a chunk, answers its lines and the refused ones in their order, and returns those of its entries, no more than
    /// `room`, that have to wait.
    async fn store_and_answer(
        &mut self,
        connection: &mut Connection,
        chunk: Chunk<R>,
        refused: Vec<Refused>,
        room: usize,
    ) -> Result<Vec<Entry<R>>, Problem> {
        let (import, empty) = (self.import, chunk.entries.is_empty());
        let store = async |connection: &mut Connection| {
            if import.in_parts() {
                import.begin(connection).await?;
            }
            chunk.store(connection, room).await
        };
        let mut stored = if empty {
            Stored::default()
        } else {
            transaction(connection, store).await?
        };
        stored.failed.extend(refused);
        stored.done.sort_unstable_by_key(|(line, ..)| *line);
        stored.failed.sort_unstable_by_key(|(line, ..)| *line);
        let mut failed = stored.failed.into_iter().peekable();
        for (line, status, id) in stored.done {
            while let Some((line, id, faults)) = failed.next_if(|(other, ..)| *other < line) {
                self.answers.failed(line, id, &faults)?;
            }
            self.answers.done(line, status, id)?;
        }
        failed.try_for_each(|(line, id, faults)| self.answers.failed(line, id, &faults))?;
        Ok(stored.waiting)
    }
}
