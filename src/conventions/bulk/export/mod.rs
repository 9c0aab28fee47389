//! Exports of whole collections: rows are sent as the database delivers them, in the order of their ids.
//!
//! One rule: the database connection belongs to the stream. If the client disconnects, the connection is closed and the
//! statement ends; if the client reads slowly, the database waits, and memory does not grow. A [`Format`] writes the records.
//! Start with [`chunks`].

mod csv;
mod format;
mod ndjson;
mod table_options;

pub use csv::{Cell, Column, Csv, Tabular};
pub use format::{Format, Separator};
pub use ndjson::{LineContent, Ndjson};
pub use table_options::{Delimiter, LineBreaks, TableOptions};

use crate::conventions::context::{ApplicationState, Context};
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::filter::ListFilter;
use crate::conventions::resource::selection::Selection;
use crate::conventions::resource::{Key, Readable, queries};
use crate::database::{Connection, Dedicated, Purpose};
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use diesel::result::Error as DieselError;
use futures_util::stream::{Stream, StreamExt, TryStreamExt, unfold};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// The number of records whose names are loaded together.
const BATCH_SIZE: usize = 500;
/// The number of bytes that are sent at a time.
const CHUNK_BYTES: usize = 64 * 1024;
/// The number of chunks that are buffered for a slow client.
const MAX_BUFFERED_CHUNKS: usize = 2;
/// How long a client may receive no bytes at all before the export is aborted.
const STALL_TIMEOUT: Duration = Duration::from_secs(60);

/// Some bytes of an export.
pub type Chunk = Result<Bytes, Problem>;

/// Responds with all records that the filters select; the response is written while the records are read.
///
/// # Errors
/// 400 for an unknown record in a filter, 503. A failure after the first chunk aborts the response.
pub async fn stream<R: Readable, F: Format<R>>(
    context: &Context,
    selection: Selection<R::Filter>,
    format: F,
) -> Result<HttpResponse, Problem> {
    let body = chunks::<R, F>(context.state(), selection, format)
        .await?
        .map_err(actix_web::Error::from);
    let mut response = HttpResponse::Ok();
    response
        .content_type(F::MEDIA_TYPE)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Accept-Encoding"));
    Ok(response.streaming(body))
}

/// All records that the filters select, as bytes that are written while the records are read. Dropping the stream ends the
/// export.
///
/// # Errors
/// 400 for an unknown record in a filter, 503.
pub async fn chunks<R: Readable, F: Format<R>>(
    state: Data<ApplicationState>,
    mut selection: Selection<R::Filter>,
    format: F,
) -> Result<impl Stream<Item = Chunk> + 'static, Problem> {
    selection.filter.refresh(&state.database).await?;
    let connection = state.database.dedicate(Purpose::Export).await?;
    let (chunks, receiver) = mpsc::channel(MAX_BUFFERED_CHUNKS);
    let (started, start) = oneshot::channel();
    actix_web::rt::spawn(async move {
        let writer = Writer {
            state,
            format,
            chunks: chunks.clone(),
            out: Vec::with_capacity(CHUNK_BYTES + CHUNK_BYTES / 4),
            started: Some(started),
        };
        tokio::select! {
            () = chunks.closed() => {}
            () = writer.run::<R>(&connection, &mut selection) => {}
        }
    });
    start
        .await
        .map_err(|_| Problem::internal("an export ended before its first chunk"))??;
    Ok(unfold(receiver, |mut receiver| async move {
        Some((receiver.recv().await?, receiver))
    }))
}

struct Writer<F> {
    state: Data<ApplicationState>,
    format: F,
    chunks: mpsc::Sender<Chunk>,
    out: Vec<u8>,
    /// Tells [`chunks`] that the first chunk is ready, or why the export failed before it. `None` after that.
    started: Option<oneshot::Sender<Result<(), Problem>>>,
}

impl<F> Writer<F> {
    async fn run<R: Readable>(
        mut self,
        connection: &Dedicated,
        selection: &mut Selection<R::Filter>,
    ) where
        F: Format<R>,
    {
        let Err(problem) = self.write::<R>(connection, selection).await else {
            return;
        };
        match self.started.take() {
            Some(started) => drop(started.send(Err(problem))),
            None => {
                log::warn!("an export was aborted: {problem}");
                drop(tokio::time::timeout(STALL_TIMEOUT, self.chunks.send(Err(problem))).await);
            }
        }
    }

    async fn write<R: Readable>(
        &mut self,
        connection: &Connection,
        selection: &mut Selection<R::Filter>,
    ) -> Result<(), Problem>
    where
        F: Format<R>,
    {
        selection.resolve(connection).await?;
        let rows = queries::stream::<R>(connection, selection).await?;
        let mut batches = rows.try_chunks(BATCH_SIZE);
        self.format.begin(&mut self.out);
        while let Some(batch) = batches.next().await {
            let records = with_names(&self.state, batch.map_err(|error| error.1)?).await?;
            self.format.prepare(&self.state, &records).await?;
            for record in &records {
                self.format.record(record, &mut self.out)?;
                if self.out.len() >= CHUNK_BYTES {
                    self.send().await?;
                }
            }
        }
        self.format.end(&mut self.out);
        self.send().await
    }

    async fn send(&mut self) -> Result<(), Problem> {
        if let Some(started) = self.started.take() {
            // The receiver may be gone already. Sending the chunk below then fails, too.
            let _ = started.send(Ok(()));
        }
        let chunk = Bytes::copy_from_slice(&self.out);
        self.out.clear();
        let sent = tokio::time::timeout(STALL_TIMEOUT, self.chunks.send(Ok(chunk))).await;
        let sent = sent.map_err(|_| Problem::internal("the client does not read any more"))?;
        sent.map_err(|_| Problem::internal("the client disconnected"))
    }
}

/// Loads the names of the records that these refer to. The rows show the state at which the export began. If a record that
/// they refer to was deleted since, they are read again, and those that were deleted as well are left out.
async fn with_names<R: Readable>(
    state: &ApplicationState,
    mut records: Vec<R>,
) -> Result<Vec<R>, Problem> {
    let load = async |connection: &Connection| match R::load_names(connection, &mut records).await {
        Err(DieselError::NotFound) => Ok(false),
        done => done.map(|()| true).map_err(Problem::from),
    };
    if state.database.read(load).await? {
        return Ok(records);
    }
    let reread = async |connection: &Connection| {
        let mut found = Vec::with_capacity(records.len());
        for record in &records {
            let Some(mut record) =
                queries::find::<R>(connection, &Key::Id(record.record().id)).await?
            else {
                continue;
            };
            match R::load_names(connection, std::slice::from_mut(&mut record)).await {
                Ok(()) => found.push(record),
                Err(DieselError::NotFound) => {}
                Err(error) => return Err(Problem::from(error)),
            }
        }
        Ok(found)
    };
    state.database.read(reread).await
}
