//! `ucap export` and `ucap import` of whole collections: files of any size, streamed in both directions.
//!
//! One rule: the same code does the work for the database directly and for a request, so that both yield the same files and
//! the same answers. Start with [`export`] and [`import`].

use super::client::{Incoming, RegistryClient, RegistryError, ReportedFault};
use super::failure::{Failure, failed};
use super::output::{print, print_error};
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

/// Bytes to read from a file at a time.
const CHUNK: usize = 64 * 1024;

/// The collection that a file is named after.
fn slice_of_file(file: &Path) -> Option<&'static Slice> {
    let stem = file.file_stem()?.to_str()?;
    SLICES.iter().find(|slice| slice.kind.plural() == stem)
}

impl RegistryClient {
    async fn collection(
        &self,
        slice: &Slice,
        format: ExportFormat,
    ) -> Result<Incoming, RegistryError> {
        if let Self::Direct(registry) = self {
            let export = match format {
                ExportFormat::Csv => slice.export_table,
                ExportFormat::Json | ExportFormat::Ndjson => slice.export_lines,
            };
            let chunks = export(registry.clone()).await?;
            return Ok(chunks
                .map(|chunk| chunk.map_err(RegistryError::from))
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
    ) -> Result<Incoming, RegistryError> {
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
                Some((
                    answers.read().map_err(RegistryError::from).transpose()?,
                    answers,
                ))
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

/// Writes collections to a directory, one file each; a file appears only when it is complete.
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
        let about_file =
            |error: &dyn std::fmt::Display| failed(format!("{}: {error}", file.display()));
        let progress = progress(None, slice.kind.plural());
        let chunks = registry
            .collection(slice, format)
            .await
            .map_err(|error| about_file(&error))?;
        let records = write(&file, chunks, &progress, format)
            .await
            .map_err(|error| about_file(&error))?;
        progress.finish_and_clear();
        let plural = if records == 1 { "" } else { "s" };
        print(
            &progress,
            &format!("{}: {records} record{plural}", file.display()),
        );
    }
    Ok(())
}

/// Writes the bytes that arrive to a file and counts the records in them.
async fn write(
    file: &Path,
    mut chunks: Incoming,
    progress: &ProgressBar,
    format: ExportFormat,
) -> Result<usize, RegistryError> {
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

/// Counts the line breaks that end records; those inside a quoted cell do not.
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

/// Stores files with lines of JSON in a registry, each collection after those that it refers to.
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
            Err(error) => {
                incomplete += 1;
                print_error(&ProgressBar::hidden(), file, &error.to_string());
            }
        }
    }
    if incomplete == 0 {
        Ok(())
    } else {
        Err(Failure::Work(format!(
            "{incomplete} of {} files were not stored completely",
            files.len()
        )))
    }
}

async fn load(
    registry: &RegistryClient,
    slice: &Slice,
    file: &Path,
    options: LineImportOptions,
) -> Result<ImportSummary, RegistryError> {
    let source = File::open(file)?;
    let progress = progress(Some(source.metadata()?.len()), slice.kind.plural());
    let answers = registry
        .load(slice, options, bytes_of(source, progress.clone()))
        .await;
    let outcome = match answers {
        Ok(answers) => report(answers, &progress, file).await,
        Err(error) => Err(error),
    };
    progress.finish_and_clear();
    let summary = outcome?;
    print(&progress, &summarise(&summary, file, options.dry_run));
    Ok(summary)
}

/// What was done with the lines of a file, in a sentence.
fn summarise(summary: &ImportSummary, file: &Path, dry_run: bool) -> String {
    let ImportSummary {
        created,
        updated,
        unchanged,
        failed,
        stored,
        ..
    } = summary;
    let prefix = if dry_run {
        "a dry run, nothing was stored: "
    } else {
        ""
    };
    let suffix = if *stored || dry_run {
        ""
    } else {
        "; nothing was stored"
    };
    format!(
        "{prefix}{}: {created} created, {updated} updated, {unchanged} unchanged, {failed} failed{suffix}",
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

/// A line of the answer: either what was done with a line of the file, or the summary.
#[derive(Deserialize)]
#[serde(untagged)]
enum AnswerLine {
    Summary {
        summary: ImportSummary,
    },
    Line {
        line: i64,
        errors: Vec<ReportedFault>,
    },
}

/// Prints what failed and returns the summary, which is the last line.
async fn report(
    mut answers: Incoming,
    progress: &ProgressBar,
    file: &Path,
) -> Result<ImportSummary, RegistryError> {
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
                    print_error(
                        progress,
                        file,
                        &format!("line {line}: {}{}", place.unwrap_or_default(), error.detail),
                    );
                }),
            }
        }
        waiting = rest;
    }
    last.ok_or_else(|| RegistryError {
        detail: "the response broke off".into(),
        ..RegistryError::default()
    })
}

/// A progress bar on standard error if that is a terminal, with a length if that is known.
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
