//! Imports of whole collections: lines of JSON, each an input document, which are stored in chunks.
//!
//! A line replaces the record with its `id` or `slug`, is merged into it or leaves it alone, as the request says, and creates the
//! record if it does not exist. Lines take effect in their
//! order, so a line whose key is already in the current chunk starts a new chunk. A line that refers to a record which does not
//! exist yet is deferred until the end, because a later line may bring that record.
//!
//! One rule: a line that cannot be stored, for whatever reason, never affects other lines and never fails the request.
//!
//! Start with [`Import::run`]. `lines` splits the body into lines, `entry` parses a line, `run` collects chunks, `resolution`
//! looks up slugs and merges entries into stored records, `chunk` decides which entries can be stored, `prepared` and `writes` store them, and `report` answers each line.
//! `mixed` does this with records of several kinds.

mod check;
mod chunk;
mod entry;
mod lines;
mod mixed;
mod prepared;
mod report;
mod resolution;
mod resolved;
mod run;
mod writes;

pub use check::check;
pub use mixed::{BeginKind, KindRun, begin};
pub use report::{
    ImportMode, ImportReport, ImportStatus, ImportSummary, LineImportOptions, LineReport,
    MixedImportOptions, OnExisting,
};
pub use run::Import;

use crate::conventions::context::Context;
use crate::conventions::http::body;
use crate::conventions::http::content_coding;
use crate::conventions::http::problem::Problem;
use crate::conventions::http::query::Query;
use crate::conventions::resource::Writable;
use crate::domain::RecordKind;
use actix_web::http::header;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;

/// The media types of lines of JSON.
const MEDIA_TYPES: [&str; 4] = [
    "application/x-ndjson",
    "application/octet-stream",
    "application/jsonl",
    "application/ndjson",
];

/// `POST` of a collection.
///
/// # Errors
/// 400, 408, 413, 415, 503; faults in a line are reported in the response.
pub async fn respond<R: Writable>(
    request: HttpRequest,
    context: Context,
    options: Query<LineImportOptions>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    body::check_media_type(&request, &MEDIA_TYPES)?;
    let lines = content_coding::decoded(&request, payload)?;
    let import = Import {
        database: &context.database,
        contract: &context.contract,
        actor: &context.actor,
        options: options.0,
    };
    Ok(response(import.run::<R>(lines).await?))
}

/// `POST` of records of several kinds. `rules` are the constraints that only hold at the end.
///
/// # Errors
/// 400, 408, 413, 415, 503; faults in a line are reported in the response.
pub async fn respond_mixed(
    (request, payload): (HttpRequest, Payload),
    context: Context,
    options: MixedImportOptions,
    kinds: &[(RecordKind, BeginKind)],
    rules: &'static [&'static str],
) -> Result<HttpResponse, Problem> {
    body::check_media_type(&request, &MEDIA_TYPES)?;
    let lines = content_coding::decoded(&request, payload)?;
    let MixedImportOptions {
        on_existing,
        dry_run,
    } = options;
    let import = Import {
        database: &context.database,
        contract: &context.contract,
        actor: &context.actor,
        options: LineImportOptions {
            mode: ImportMode::Atomic,
            on_existing,
            dry_run,
        },
    };
    Ok(response(import.run_mixed(kinds, rules, lines).await?))
}

/// The lines of a report, as they are read from it.
fn response(report: ImportReport) -> HttpResponse {
    let chunks = stream::unfold(report, |mut report| async move {
        let chunk = report.read().transpose()?;
        Some((chunk.map_err(actix_web::Error::from), report))
    });
    let mut response = HttpResponse::Ok();
    response
        .content_type("application/x-ndjson")
        .insert_header((header::CACHE_CONTROL, "no-store"));
    response.streaming(chunks)
}
