//! `ucap export` and `ucap import` of whole collections: files of any size, read and written as they go.
//!
//! One rule: what goes straight to the database takes the way that a request takes, so that both give the same files and the
//! same answers. Start with [`export`] and [`import`].

use super::client::{Incoming, ProblemAnswerError, Refusal, RegistryClient};
use super::failure::{Failure, failed};
use super::output::{complain, print};
use crate::config::ExportFormat;
use crate::conventions::bulk::import::{Import, ImportMode, ImportSummary, LineImportOptions};
use crate::conventions::context::Actor;
use crate::conventions::http::problem::Problem;
use crate::conventions::slice::Slice;
use crate::domain::RecordKind;
use crate::resources::{SLICES, in_order_of_reference};
use actix_web::web::Bytes;
use futures_util::stream::{Stream, StreamExt, unfold};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use std::fs::{self, File};
use std::io::{BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

/// Bytes that are read from a file at a time.
const CHUNK: usize = 64 * 1024;

/// The collection that a file is named after.
fn slice_of_file(file: &Path) -> Option<&'static Slice> {
    let stem = file.file_stem()?.to_str()?;
    SLICES.iter().find(|slice| slice.kind.plural() == stem)
}

impl RegistryClient {
    async fn collection(&self, slice: &Slice, format: ExportFormat) -> Result<Incoming, Refusal> {
        if let Self::Direct(registry) = self {
            let export = match format {
                ExportFormat::Csv => slice.export_table,
                ExportFormat::Json | ExportFormat::Ndjson => slice.export_lines,
            };
            let chunks = export(registry.clone()).await?;
            return Ok(chunks
                .map(|chunk| chunk.map_err(Refusal::from))
                .boxed_local());
        }
        let file = match format {
            ExportFormat::Csv => "csv",
            ExportFormat::Json | ExportFormat::Ndjson => "ndjson?metadata=false",
        };
        self.receive(&format!("/v1/exports/{}.{file}", slice.kind.plural()))
            .await
    }

    async fn load(
        &self,
        slice: &Slice,
        options: LineImportOptions,
        source: impl Stream<Item = std::io::Result<Bytes>> + Send + Unpin + 'static,
    ) -> Result<Incoming, Refusal> {
        if let Self::Direct(registry) = self {
            let import = Import {
                database: &registry.database,
                contract: &registry.contract,
                actor: &Actor::Service,
                options,
            };
            let source = source.map(|bytes| bytes.map_err(Problem::internal));
            let answers = (slice.import_lines)(&import, source.boxed_local()).await?;
            let chunks = unfold(answers, |mut answers| async move {
                Some((answers.read().map_err(Refusal::from).transpose()?, answers))
            });
            return Ok(chunks.boxed_local());
        }
        let mode = if options.mode == ImportMode::Atomic {
            "atomic"
        } else {
            "partial"
        };
        self.submit(
            &format!(
                "/v1/imports/{}?mode={mode}&dry_run={}",
                slice.kind.plural(),
                options.dry_run
            ),
            source,
        )
        .await
    }
}

/// Writes collections to a directory, one file each; a file is there only when it is whole.
pub(super) async fn export(
    registry: &RegistryClient,
    collections: &[RecordKind],
    format: ExportFormat,
    dir: &Path,
) -> Result<(), Failure> {
    let mut slices = in_order_of_reference();
    slices.retain(|slice| collections.is_empty() || collections.contains(&slice.kind));
    let extension = if format == ExportFormat::Csv {
        "csv"
    } else {
        "ndjson"
    };
    fs::create_dir_all(dir).map_err(|error| failed(format!("{}: {error}", dir.display())))?;
    for slice in slices {
        let file = dir.join(format!("{}.{extension}", slice.kind.plural()));
        let named = |error: &dyn std::fmt::Display| failed(format!("{}: {error}", file.display()));
        let progress = progress(None, slice.kind.plural());
        let chunks = registry
            .collection(slice, format)
            .await
            .map_err(|error| named(&error))?;
        let records = write(&file, chunks, &progress, format)
            .await
            .map_err(|error| named(&error))?;
        progress.finish_and_clear();
        let plural = if records == 1 { "" } else { "s" };
        print(
            &progress,
            &format!("{}: {records} record{plural}", file.display()),
        );
    }
    Ok(())
}

/// Writes what comes to a file and counts the records in it.
async fn write(
    file: &Path,
    mut chunks: Incoming,
    progress: &ProgressBar,
    format: ExportFormat,
) -> Result<usize, Refusal> {
    let unfinished = file.with_extension("new");
    let mut out = BufWriter::new(File::create(&unfinished)?);
    let mut records = RecordCount::default();
    while let Some(bytes) = chunks.next().await {
        let bytes = bytes.inspect_err(|_| drop(fs::remove_file(&unfinished)))?;
        records.add(&bytes, format);
        progress.inc(bytes.len().try_into().unwrap_or_default());
        out.write_all(&bytes)?;
    }
    out.into_inner()
        .map_err(|error| error.into_error())?
        .sync_all()?;
    fs::rename(unfinished, file)?;
    Ok(records.total(format))
}

/// Counts the lines that end records: a line break inside of a quoted cell does not.
#[derive(Default)]
struct RecordCount {
    lines: usize,
    quoted: bool,
}

impl RecordCount {
    fn add(&mut self, bytes: &[u8], format: ExportFormat) {
        for byte in bytes {
            match byte {
                b'"' if format == ExportFormat::Csv => self.quoted = !self.quoted,
                b'\n' if !self.quoted => self.lines += 1,
                _ => {}
            }
        }
    }

    fn total(&self, format: ExportFormat) -> usize {
        self.lines - usize::from(format == ExportFormat::Csv && self.lines > 0)
    }
}

/// Puts files with lines of JSON into a registry, in the order in which collections refer to each other.
pub(super) async fn import(
    registry: &RegistryClient,
    files: &[PathBuf],
    collection: Option<RecordKind>,
    options: LineImportOptions,
) -> Result<(), Failure> {
    let slices = in_order_of_reference();
    let given = slices.iter().find(|slice| Some(slice.kind) == collection);
    let mut named = Vec::new();
    for file in files {
        let Some(slice) = given.copied().or_else(|| slice_of_file(file)) else {
            let names: Vec<_> = slices.iter().map(|slice| slice.kind.plural()).collect();
            return Err(Failure::Setting(format!(
                "{} is named after no collection ({}); set --collection",
                file.display(),
                names.join(", ")
            )));
        };
        named.push((slice, file));
    }
    named.sort_by_key(|(slice, _)| slices.iter().position(|other| other.kind == slice.kind));
    let mut incomplete = 0;
    for (slice, file) in named {
        match load(registry, slice, file, options).await {
            Ok(summary) if summary.failed == 0 => {}
            Ok(_) => incomplete += 1,
            Err(refusal) => {
                incomplete += 1;
                complain(&ProgressBar::hidden(), file, &refusal.to_string());
            }
        }
    }
    if incomplete == 0 {
        Ok(())
    } else {
        Err(Failure::Work(format!(
            "{incomplete} of {} files were not stored whole",
            files.len()
        )))
    }
}

async fn load(
    registry: &RegistryClient,
    slice: &Slice,
    file: &Path,
    options: LineImportOptions,
) -> Result<ImportSummary, Refusal> {
    let source = File::open(file)?;
    let progress = progress(Some(source.metadata()?.len()), slice.kind.plural());
    let answers = registry
        .load(slice, options, bytes_of(source, progress.clone()))
        .await;
    let outcome = match answers {
        Ok(answers) => tell(answers, &progress, file).await,
        Err(refusal) => Err(refusal),
    };
    progress.finish_and_clear();
    let summary = outcome?;
    print(&progress, &account(&summary, file, options.dry_run));
    Ok(summary)
}

/// What became of the lines of a file, in a sentence.
fn account(summary: &ImportSummary, file: &Path, dry_run: bool) -> String {
    let ImportSummary {
        created,
        updated,
        unchanged,
        failed,
        stored,
        ..
    } = summary;
    let would = if dry_run {
        "a dry run, nothing was stored: "
    } else {
        ""
    };
    let none = if *stored || dry_run {
        ""
    } else {
        "; nothing of it is stored"
    };
    format!(
        "{would}{}: {created} created, {updated} updated, {unchanged} unchanged, {failed} failed{none}",
        file.display()
    )
}

fn bytes_of(
    file: File,
    progress: ProgressBar,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send + Unpin + 'static {
    let read = move |mut file: File| {
        let mut bytes = vec![0; CHUNK];
        let length = match file.read(&mut bytes) {
            Ok(0) => return None,
            Ok(length) => length,
            Err(error) => return Some((Err(error), file)),
        };
        progress.inc(length.try_into().unwrap_or_default());
        bytes.truncate(length);
        Some((Ok(Bytes::from(bytes)), file))
    };
    unfold(file, move |file| std::future::ready(read(file)))
}

/// A line of the answer: either what became of a line, or the summary.
#[derive(Deserialize)]
#[serde(untagged)]
enum AnswerLine {
    Summary {
        summary: ImportSummary,
    },
    Line {
        line: i64,
        errors: Vec<ProblemAnswerError>,
    },
}

/// Says what failed and returns the summary, the last line.
async fn tell(
    mut answers: Incoming,
    progress: &ProgressBar,
    file: &Path,
) -> Result<ImportSummary, Refusal> {
    let (mut waiting, mut last) = (Vec::new(), None);
    while let Some(bytes) = answers.next().await {
        waiting.extend_from_slice(&bytes?);
        let Some(end) = waiting.iter().rposition(|byte| *byte == b'\n') else {
            continue;
        };
        let rest = waiting.split_off(end + 1);
        for line in waiting
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            match serde_json::from_slice(line)? {
                AnswerLine::Summary { summary } => last = Some(summary),
                AnswerLine::Line { line, errors } => errors.iter().for_each(|error| {
                    let place = error
                        .pointer
                        .as_ref()
                        .filter(|pointer| !pointer.is_empty())
                        .map(|pointer| format!("{pointer}: "));
                    complain(
                        progress,
                        file,
                        &format!("line {line}: {}{}", place.unwrap_or_default(), error.detail),
                    );
                }),
            }
        }
        waiting = rest;
    }
    last.ok_or_else(|| Refusal {
        detail: "the answer broke off".into(),
        ..Refusal::default()
    })
}

/// A bar on standard error, if that is a terminal: with a length if that is known.
fn progress(length: Option<u64>, collection: &'static str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let (bar, template) = match length {
        Some(length) => (
            ProgressBar::new(length),
            "{msg} {bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}",
        ),
        None => (
            ProgressBar::new_spinner(),
            "{msg} {spinner} {bytes} {bytes_per_sec}",
        ),
    };
    bar.with_style(
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
    )
    .with_message(collection)
}
