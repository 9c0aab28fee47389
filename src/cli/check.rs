//! `ucap check`: checks plan documents and lines of JSON without a registry and without a database.
//!
//! One rule: the code that checks is that of the service, so that a file without faults is refused only for what a registry
//! contains. Start with [`check`].

use super::bars;
use super::collections::{lines_of, named};
use super::failure::{Failure, failed};
use super::faults::FileFault;
use super::interrupt::Interrupt;
use super::output::Output;
use super::plans::Document;
use super::sources::{Source, sources};
use crate::config::{CheckSettings, ImportFormat};
use crate::conventions::contract::Contract;
use crate::conventions::http::problem::Problem;
use crate::conventions::slice::Slice;
use crate::documents::{self, OpenReference};
use crate::domain::{Fault, Place, RecordKind};
use crate::server;
use futures_util::stream::StreamExt;
use serde::Serialize;
use std::collections::HashSet;

/// What was found.
#[derive(Serialize)]
struct Report {
    valid: usize,
    invalid: usize,
    files: Vec<FileReport>,
}

/// What was found in one file.
#[derive(Default, Serialize)]
struct FileReport {
    file: String,
    /// The slug of the plan of a document.
    plan: Option<String>,
    /// The collection of lines.
    collection: Option<&'static str>,
    /// How many lines there are.
    lines: Option<u64>,
    faults: Vec<FileFault>,
    /// What the registry must have.
    notes: Vec<FileFault>,
}

/// Checks the files that the settings name.
pub(super) fn check(
    settings: &CheckSettings,
    output: &Output,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    settings.check().map_err(Failure::Setting)?;
    let sources = sources(&settings.files, settings.format)?;
    let checking = Checking {
        contract: server::contract().map_err(failed)?,
        output,
    };
    let all = sources.len();
    let reports = match settings.format {
        ImportFormat::Json => {
            interrupt.begin_work();
            checking.documents(sources, interrupt)
        }
        ImportFormat::Ndjson => {
            let files = named(sources, settings.collection)?;
            interrupt.begin_work();
            actix_web::rt::System::new().block_on(checking.lines(files, interrupt))
        }
    };
    finish(reports, all, output, interrupt)
}

/// Reports all files; a failure if one of them is not valid.
fn finish(
    files: Vec<FileReport>,
    all: usize,
    output: &Output,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let handled = files.len();
    let invalid = files
        .iter()
        .filter(|report| !report.faults.is_empty())
        .count();
    output.json(&Report {
        valid: handled - invalid,
        invalid,
        files,
    })?;
    interrupt.check(|| format!("after {handled} of {all} files"))?;
    if invalid == 0 {
        return Ok(());
    }
    Err(Failure::Work(format!(
        "{invalid} of {all} files are not valid"
    )))
}

/// What files are checked with.
struct Checking<'a> {
    contract: Contract,
    output: &'a Output,
}

impl Checking<'_> {
    fn documents(&self, sources: Vec<Source>, interrupt: &Interrupt) -> Vec<FileReport> {
        let bar = self.output.show(|| bars::items(sources.len()));
        let (mut reports, mut open, mut plans) = (Vec::new(), Vec::new(), HashSet::new());
        for source in sources {
            if interrupt.is_requested() {
                break;
            }
            bar.set_message(source.to_string());
            let mut report = FileReport {
                file: source.to_string(),
                ..FileReport::default()
            };
            let references = self.document(source, &mut report);
            plans.extend(report.plan.clone());
            open.push(references);
            bar.inc(1);
            reports.push(report);
        }
        // A plan may be related to the plan of a later file.
        for (report, references) in reports.iter_mut().zip(open) {
            report.notes = references
                .into_iter()
                .filter(|(named, _)| {
                    !(named.kind == RecordKind::Plan && plans.contains(&named.slug))
                })
                .map(|(_, note)| note)
                .collect();
            self.tell(report, "valid");
        }
        reports
    }

    /// Checks a document; returns what the registry must have, each with a note.
    fn document(&self, source: Source, report: &mut FileReport) -> Vec<(OpenReference, FileFault)> {
        let document = match Document::read(source) {
            Ok(document) => document,
            Err((_, faults)) => {
                report.faults = faults;
                return Vec::new();
            }
        };
        let Document {
            text, value, slug, ..
        } = document;
        report.plan = Some(slug.to_string());
        let note = |named: OpenReference| {
            let kind = named.kind.singular();
            let detail = format!("the registry must have the {kind} {:?}", named.slug);
            let note = FileFault::of_document(&text, named.pointer.clone(), detail);
            (named, note)
        };
        match documents::check(&self.contract, value, &slug) {
            Ok(open) => open.into_iter().map(note).collect(),
            Err(problem) => {
                report.faults = FileFault::of_refusal(&text, problem.into());
                Vec::new()
            }
        }
    }

    async fn lines(
        &self,
        files: Vec<(&'static Slice, Source)>,
        interrupt: &Interrupt,
    ) -> Vec<FileReport> {
        let mut reports = Vec::new();
        for (slice, source) in files {
            if interrupt.is_requested() {
                break;
            }
            let mut report = FileReport {
                file: source.to_string(),
                collection: Some(slice.kind.plural()),
                ..FileReport::default()
            };
            match self.lines_of(slice, &source, &mut report, interrupt).await {
                Ok(count) => report.lines = Some(count),
                Err(fault) => report.faults.push(fault),
            }
            let lines = report.lines.unwrap_or_default();
            self.tell(
                &report,
                &format!("{lines} valid line{}", if lines == 1 { "" } else { "s" }),
            );
            reports.push(report);
        }
        reports
    }

    async fn lines_of(
        &self,
        slice: &Slice,
        source: &Source,
        report: &mut FileReport,
        interrupt: &Interrupt,
    ) -> Result<u64, FileFault> {
        let (reader, length) = source.open().map_err(FileFault::new)?;
        let bar = self
            .output
            .show(|| bars::bytes(length, slice.kind.plural()));
        let lines = lines_of(reader, true, interrupt, bar.clone());
        let lines = lines.map(|bytes| bytes.map_err(Problem::internal));
        let mut add = |line: u64, faults: Vec<Fault>| {
            report
                .faults
                .extend(faults.into_iter().map(|fault| fault_of(line, fault)));
        };
        let count = (slice.check_lines)(&self.contract, lines.boxed_local(), &mut add).await;
        bar.finish_and_clear();
        count.map_err(|problem| FileFault::new(problem.cause.map_or(problem.detail, String::from)))
    }

    /// Tells people what was found in a file.
    fn tell(&self, report: &FileReport, valid: &str) {
        let file = &report.file;
        for fault in &report.faults {
            self.output.error(format!("{file}: {fault}"));
        }
        for note in &report.notes {
            self.output.note(format!("{file}: note: {note}"));
        }
        if report.faults.is_empty() {
            self.output.line(format!("{file}: {valid}"));
        }
    }
}

/// A fault of a line.
fn fault_of(line: u64, fault: Fault) -> FileFault {
    let Place::Pointer(pointer) = fault.place else {
        return FileFault::new(fault.detail);
    };
    FileFault {
        line: Some(line),
        pointer: Some(pointer),
        ..FileFault::new(fault.detail)
    }
}
