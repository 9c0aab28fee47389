//! Plan documents from files into a registry. Start with [`import`].

use super::document::Document;
use super::plans;
use crate::cli::bars;
use crate::cli::client::{RegistryClient, RegistryError};
use crate::cli::failure::Failure;
use crate::cli::faults::FileFault;
use crate::cli::interrupt::Interrupt;
use crate::cli::output::Output;
use crate::cli::sources::Source;
use crate::documents::{
    ImportDifference, ImportOptions, ImportStatus, ImportedKind, PlanImport, UpdateReferences,
};
use crate::domain::RecordKind;
use serde::Serialize;
use serde_json::Value;
use std::collections::HashSet;

/// What was done with the files.
#[derive(Default, Serialize)]
struct Report {
    dry_run: bool,
    interrupted: bool,
    summary: Tally,
    files: Vec<FileReport>,
}

/// Counts of what was done with the files.
#[derive(Default, Serialize)]
struct Tally {
    files: usize,
    created: usize,
    updated: usize,
    unchanged: usize,
    failed: usize,
}

/// What was done with one file.
#[derive(Serialize)]
struct FileReport {
    file: String,
    plan: Option<String>,
    status: &'static str,
    created: i32,
    updated: i32,
    unchanged: i32,
    removed: i32,
    faults: Vec<FileFault>,
}

/// An import under way.
struct Importing<'a> {
    registry: &'a RegistryClient,
    options: ImportOptions,
    output: &'a Output,
    report: Report,
}

/// Stores the documents of those files in a registry. If a plan refers to the plan of a later file, it is stored without this
/// relation at first, and with it once both plans are there.
pub(crate) async fn import(
    registry: &RegistryClient,
    sources: Vec<Source>,
    options: ImportOptions,
    output: &Output,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let mut importing = Importing {
        registry,
        options,
        output,
        report: Report {
            dry_run: options.dry_run,
            ..Report::default()
        },
    };
    importing.report.summary.files = sources.len();
    let bar = output.show(|| bars::items(sources.len()));
    let documents = importing.read_all(sources);
    let slugs: HashSet<String> = documents
        .iter()
        .map(|document| document.slug.to_string())
        .collect();
    let mut waiting = Vec::new();
    for document in &documents {
        if interrupt.is_requested() {
            break;
        }
        bar.set_message(document.slug.to_string());
        bar.set_position(importing.report.files.len().try_into().unwrap_or_default());
        if importing.store(document, &slugs).await {
            waiting.push(document);
        }
    }
    let handled = importing.report.files.len();
    importing.complete(waiting).await;
    importing.finish(handled, interrupt)
}

impl Importing<'_> {
    /// Reads the documents; reports the files that contain none.
    fn read_all(&mut self, sources: Vec<Source>) -> Vec<Document> {
        let mut documents = Vec::new();
        for source in sources {
            match Document::read(source) {
                Ok(document) => documents.push(document),
                Err((source, faults)) => self.fail(&source, None, faults),
            }
        }
        documents
    }

    /// Stores a document; returns whether relations to plans of later files were left out.
    async fn store(&mut self, document: &Document, slugs: &HashSet<String>) -> bool {
        let put = async |value| self.registry.put(&document.slug, value, self.options).await;
        let mut outcome = put(&document.value).await;
        let mut waits = false;
        if let Some(without) = without_relations(document, outcome.as_ref().err(), slugs) {
            outcome = put(&without).await;
            waits = outcome.is_ok() && !self.options.dry_run;
        }
        match outcome {
            Ok(report) => self.succeed(document, &report),
            Err(error) => {
                let faults = FileFault::of_refusal(&document.text, error);
                self.fail(&document.source, Some(document), faults);
            }
        }
        waits
    }

    /// Adds the relations that were left out.
    async fn complete(&mut self, waiting: Vec<&Document>) {
        for document in waiting {
            let put = self
                .registry
                .put(&document.slug, &document.value, self.options);
            if let Err(error) = put.await {
                let faults = FileFault::of_refusal(&document.text, error);
                self.fail(&document.source, Some(document), faults);
            }
        }
    }

    fn fail(&mut self, source: &Source, document: Option<&Document>, faults: Vec<FileFault>) {
        for fault in &faults {
            self.output.error(format!("{source}: {fault}"));
        }
        self.report.summary.failed += 1;
        self.report.files.push(FileReport {
            file: source.to_string(),
            plan: document.map(|document| document.slug.to_string()),
            status: "failed",
            created: 0,
            updated: 0,
            unchanged: 0,
            removed: 0,
            faults,
        });
    }

    fn succeed(&mut self, document: &Document, report: &PlanImport) {
        let status = self.report.summary.count(report);
        let PlanImport {
            plan_slug,
            created,
            updated,
            unchanged,
            removed,
            ..
        } = report;
        self.output.line(format!(
            "{status:<9}  {plan_slug}  ({created} created, {updated} updated, {unchanged} unchanged, {removed} removed)"
        ));
        for difference in report.records.iter().flat_map(|record| &record.differences) {
            self.report_difference(difference);
        }
        self.report.files.push(FileReport {
            file: document.source.to_string(),
            plan: Some(plan_slug.clone()),
            status,
            created: *created,
            updated: *updated,
            unchanged: *unchanged,
            removed: *removed,
            faults: Vec::new(),
        });
    }

    /// Says which value of a city or theme was filled in, or was not stored because the registry has another one.
    fn report_difference(&self, difference: &ImportDifference) {
        let ImportDifference {
            pointer,
            stored,
            given,
            written,
        } = difference;
        let outcome = match (written, self.options.update_references) {
            (false, _) => format!("the registry has {stored}, the file has {given}"),
            (true, UpdateReferences::Fill) => format!("filled in with {given}"),
            (true, _) => return,
        };
        self.output.line(format!("           {pointer}: {outcome}"));
    }

    /// Reports the counts of all files; a failure if any of them failed or was not handled.
    fn finish(mut self, handled: usize, interrupt: &Interrupt) -> Result<(), Failure> {
        let Tally {
            files,
            created,
            updated,
            unchanged,
            failed,
        } = self.report.summary;
        let prefix = if self.options.dry_run {
            "a dry run, nothing was stored: "
        } else {
            ""
        };
        self.report.interrupted = handled < files;
        let of_all = if self.report.interrupted {
            format!("{handled} of {}", plans(files))
        } else {
            plans(files)
        };
        self.output.line(format!(
            "{prefix}{of_all}: {created} created, {updated} updated, {unchanged} unchanged, {failed} failed"
        ));
        self.output.json(&self.report)?;
        if self.report.interrupted {
            let done = || format!("after {handled} of {files} files; the others were not touched");
            interrupt.check(done)?;
        }
        if failed == 0 {
            Ok(())
        } else {
            Err(Failure::Work(format!("{failed} of {files} files failed")))
        }
    }
}

impl Tally {
    /// Counts a document that was stored; returns what was done with it, in a word.
    fn count(&mut self, report: &PlanImport) -> &'static str {
        let mut plans = report
            .records
            .iter()
            .filter(|record| record.kind == ImportedKind(RecordKind::Plan));
        let (status, count) = match plans.next().map(|record| record.status) {
            Some(ImportStatus::Created) => ("created", &mut self.created),
            _ if report.created + report.updated + report.removed > 0 => {
                ("updated", &mut self.updated)
            }
            _ => ("unchanged", &mut self.unchanged),
        };
        *count += 1;
        status
    }
}

/// The document without its relations to plans of later files, if these are the only reason why it was refused.
fn without_relations(
    document: &Document,
    error: Option<&RegistryError>,
    slugs: &HashSet<String>,
) -> Option<Value> {
    let error = error.filter(|error| error.code == "unknown_reference")?;
    let mut value = document.value.clone();
    let relations = value.pointer_mut("/plan/relations")?.as_array_mut()?;
    let unknown: Option<HashSet<usize>> = error
        .faults
        .iter()
        .map(|(pointer, _)| relation_at(pointer))
        .collect();
    let unknown = unknown?;
    let is_imported = |index: &usize| {
        relations
            .get(*index)
            .and_then(|relation| relation.get("plan")?.as_str())
            .is_some_and(|slug| slugs.contains(slug))
    };
    if !unknown.iter().all(is_imported) {
        return None;
    }
    let mut index = 0..;
    relations.retain(|_| !index.next().is_some_and(|index| unknown.contains(&index)));
    Some(value)
}

fn relation_at(pointer: &str) -> Option<usize> {
    pointer
        .strip_prefix("/plan/relations/")?
        .strip_suffix("/plan")?
        .parse()
        .ok()
}
