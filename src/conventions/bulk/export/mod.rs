//! Whole collections as streams: rows leave as they come, in the order of their ids, and memory stays flat.
//!
//! One rule: the connection belongs to the stream. Who goes away ends it, and with it the work of the database; who reads
//! slowly slows the database down, not the memory up. A [`Format`] says what a record looks like. Start with [`chunks`].

mod csv;
mod format;
mod ndjson;

pub use csv::{ByteOrderMark, Cell, Column, Csv, Tabular};
pub use format::{Format, Separator};
pub use ndjson::{LineContent, Ndjson};

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

/// Records that are named and written at a time.
const BATCH: usize = 500;
/// Bytes that leave at a time.
const CHUNK: usize = 64 * 1024;
/// Chunks that may wait for the client.
const WAITING: usize = 2;
/// How long a client may take no bytes at all before the export ends.
const PATIENCE: Duration = Duration::from_secs(60);

/// Some bytes of an export.
pub type Chunk = Result<Bytes, Problem>;

/// All records that the filter describes, as a response that is written while it is read.
///
/// # Errors
/// 400 for a reference in a filter that leads nowhere, 503; what fails after the first chunk breaks the response off.
pub async fn stream<R: Readable, F: Format<R>>(
    context: &Context,
    selection: Selection<R::Filter>,
    format: F,
) -> Result<HttpResponse, Problem> {
    let body = chunks::<R, F>(context.registry(), selection, format)
        .await?
        .map_err(actix_web::Error::from);
    let mut response = HttpResponse::Ok();
    response
        .content_type(F::MEDIA_TYPE)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Accept-Encoding"));
    Ok(response.streaming(body))
}

/// All records that the filter describes, as bytes that are written while they are read; who drops them ends the work.
///
/// # Errors
/// 400 for a reference in a filter that leads nowhere, 503.
pub async fn chunks<R: Readable, F: Format<R>>(
    registry: Data<ApplicationState>,
    mut selection: Selection<R::Filter>,
    format: F,
) -> Result<impl Stream<Item = Chunk> + 'static, Problem> {
    selection.filter.refresh(&registry.database).await?;
    let connection = registry.database.dedicate(Purpose::Export).await?;
    let (chunks, receiver) = mpsc::channel(WAITING);
    let (begun, beginning) = oneshot::channel();
    actix_web::rt::spawn(async move {
        let writer = Writer {
            registry,
            format,
            chunks: chunks.clone(),
            out: Vec::with_capacity(CHUNK + CHUNK / 4),
            begun: Some(begun),
        };
        tokio::select! {
            () = chunks.closed() => {}
            () = writer.run::<R>(&connection, &mut selection) => {}
        }
    });
    beginning
        .await
        .map_err(|_| Problem::internal("an export ended before it began"))??;
    Ok(unfold(receiver, |mut receiver| async move {
        Some((receiver.recv().await?, receiver))
    }))
}

struct Writer<F> {
    registry: Data<ApplicationState>,
    format: F,
    chunks: mpsc::Sender<Chunk>,
    out: Vec<u8>,
    /// Whoever waits to hear whether there is anything to send.
    begun: Option<oneshot::Sender<Result<(), Problem>>>,
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
        match self.begun.take() {
            Some(begun) => drop(begun.send(Err(problem))),
            None => {
                log::warn!("an export broke off: {problem}");
                drop(tokio::time::timeout(PATIENCE, self.chunks.send(Err(problem))).await);
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
        let mut batches = rows.try_chunks(BATCH);
        self.format.begin(&mut self.out);
        while let Some(batch) = batches.next().await {
            let records = named(&self.registry, batch.map_err(|error| error.1)?).await?;
            self.format.prepare(&self.registry, &records).await?;
            for record in &records {
                self.format.record(record, &mut self.out)?;
                if self.out.len() >= CHUNK {
                    self.send().await?;
                }
            }
        }
        self.format.end(&mut self.out);
        self.send().await
    }

    async fn send(&mut self) -> Result<(), Problem> {
        if let Some(begun) = self.begun.take() {
            // Nobody waits any more: the stream ends with the next chunk.
            let _ = begun.send(Ok(()));
        }
        let chunk = Bytes::copy_from_slice(&self.out);
        self.out.clear();
        let sent = tokio::time::timeout(PATIENCE, self.chunks.send(Ok(chunk))).await;
        let sent = sent.map_err(|_| Problem::internal("the client takes no more bytes"))?;
        sent.map_err(|_| Problem::internal("the client went away"))
    }
}

/// The records with the names they embed. The rows are as old as the export; if what they name went in the meantime, they
/// are read again, and those that went, too, are left out.
async fn named<R: Readable>(
    registry: &ApplicationState,
    mut records: Vec<R>,
) -> Result<Vec<R>, Problem> {
    let embed = async |connection: &Connection| match R::load_names(connection, &mut records).await
    {
        Err(DieselError::NotFound) => Ok(false),
        done => done.map(|()| true).map_err(Problem::from),
    };
    if registry.database.read(embed).await? {
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
    registry.database.read(reread).await
}
