//! Lines of JSON from files into the collections of a registry. Start with [`import`].

use super::lines::lines_of;
use crate::cli::bars;
use crate::cli::client::{Incoming, RegistryClient, RegistryError, ReportedFault};
use crate::cli::failure::Failure;
use crate::cli::faults::FileFault;
use crate::cli::interrupt::Interrupt;
use crate::cli::output::Output;
use crate::cli::sources::Source;
use crate::conventions::bulk::import::{Import, ImportMode, ImportSummary, LineImportOptions};
use crate::conventions::context::Actor;
use crate::conventions::http::problem::Problem;
use crate::conventions::slice::Slice;
use actix_web::web::Bytes;
use futures_util::stream::{Stream, StreamExt, unfold};
use serde::{Deserialize, Serialize};

impl RegistryClient {
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
        let path = format!(
            "/v1/imports/{}?mode={mode}&dry_run={}&on_existing={}",
            slice.kind.plural(),
            options.dry_run,
            options.on_existing
        );
        self.submit(&path, source).await
    }
}

/// What was done with the files.
#[derive(Serialize)]
struct Report {
    dry_run: bool,
    interrupted: bool,
    files: Vec<FileReport>,
}

/// What was done with one file.
#[derive(Serialize)]
struct FileReport {
    file: String,
    collection: &'static str,
    #[serde(flatten)]
    summary: ImportSummary,
    faults: Vec<FileFault>,
}

/// An import under way.
struct Importing<'a> {
    registry: &'a RegistryClient,
    options: LineImportOptions,
    output: &'a Output,
    interrupt: &'a Interrupt,
}

/// Stores files with lines of JSON in a registry, in the given order.
pub(crate) async fn import(
    registry: &RegistryClient,
    files: Vec<(&'static Slice, Source)>,
    options: LineImportOptions,
    output: &Output,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let importing = Importing {
        registry,
        options,
        output,
        interrupt,
    };
    let (mut reports, mut incomplete, all) = (Vec::new(), 0, files.len());
    for (slice, source) in files {
        if interrupt.is_requested() {
            break;
        }
        let (report, complete) = importing.load(slice, &source).await;
        incomplete += usize::from(!complete);
        reports.push(report);
    }
    let interrupted = interrupt.is_requested();
    let handled = reports.len();
    let report = Report {
        dry_run: options.dry_run,
        interrupted,
        files: reports,
    };
    output.json(&report)?;
    interrupt.check(|| {
        format!("while file {handled} of {all} was being imported; what is counted above is done, later lines were not touched")
    })?;
    if incomplete == 0 {
        return Ok(());
    }
    Err(Failure::Work(format!(
        "{incomplete} of {all} files were not stored completely"
    )))
}

impl Importing<'_> {
    /// Stores a file; returns what was done, and whether that is all of it.
    async fn load(&self, slice: &Slice, source: &Source) -> (FileReport, bool) {
        let mut report = FileReport {
            file: source.to_string(),
            collection: slice.kind.plural(),
            summary: ImportSummary::default(),
            faults: Vec::new(),
        };
        let loaded = self.load_lines(slice, source, &mut report).await;
        match loaded {
            Ok(()) => {
                let prefix = if self.options.dry_run {
                    "a dry run, nothing was stored: "
                } else {
                    ""
                };
                let counts = counts(&report.summary, self.options.dry_run);
                self.output.line(format!("{prefix}{source}: {counts}"));
            }
            Err(error) => self.fault(&mut report, FileFault::new(error)),
        }
        let complete = report.faults.is_empty() && report.summary.failed == 0;
        (report, complete)
    }

    async fn load_lines(
        &self,
        slice: &Slice,
        source: &Source,
        report: &mut FileReport,
    ) -> Result<(), RegistryError> {
        let (reader, length) = source.open()?;
        let bar = self
            .output
            .show(|| bars::bytes(length, slice.kind.plural()));
        let stops = self.options.mode == ImportMode::Partial;
        let lines = lines_of(reader, stops, self.interrupt, bar.clone());
        let answers = self.registry.load(slice, self.options, lines).await;
        let outcome = match answers {
            Ok(answers) => self.receive(answers, report).await,
            Err(error) => Err(error),
        };
        bar.finish_and_clear();
        outcome
    }

    /// Reports what failed, and reads the summary, which is the last line of the answer.
    async fn receive(
        &self,
        mut answers: Incoming,
        report: &mut FileReport,
    ) -> Result<(), RegistryError> {
        let (mut waiting, mut ended) = (Vec::new(), false);
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
                    AnswerLine::Summary { summary } => {
                        report.summary = summary;
                        ended = true;
                    }
                    AnswerLine::Line { line, errors } => errors
                        .into_iter()
                        .for_each(|error| self.fault(report, fault_of(line, error))),
                }
            }
            waiting = rest;
        }
        if ended {
            return Ok(());
        }
        Err(RegistryError {
            detail: "the response broke off".into(),
            ..RegistryError::default()
        })
    }

    fn fault(&self, report: &mut FileReport, fault: FileFault) {
        self.output.error(format!("{}: {fault}", report.file));
        if self.output.is_json() {
            report.faults.push(fault);
        } else {
            // Only that there are faults is needed later; there may be millions of them.
            report.faults = vec![fault];
        }
    }
}

/// A line of the answer: either what was done with a line of the file, or the summary.
#[derive(Deserialize)]
#[serde(untagged)]
enum AnswerLine {
    Summary {
        summary: ImportSummary,
    },
    Line {
        line: u64,
        errors: Vec<ReportedFault>,
    },
}

/// A fault of a line.
fn fault_of(line: u64, error: ReportedFault) -> FileFault {
    FileFault {
        line: Some(line),
        pointer: error.pointer,
        ..FileFault::new(error.detail)
    }
}

/// What was done with the lines of a file, in words.
fn counts(summary: &ImportSummary, dry_run: bool) -> String {
    let ImportSummary {
        created,
        updated,
        unchanged,
        skipped,
        failed,
        stored,
        ..
    } = summary;
    let skipped = match skipped {
        0 => String::new(),
        skipped => format!("{skipped} skipped, "),
    };
    let suffix = if *stored || dry_run {
        ""
    } else {
        "; nothing was stored"
    };
    format!(
        "{created} created, {updated} updated, {unchanged} unchanged, {skipped}{failed} failed{suffix}"
    )
}
