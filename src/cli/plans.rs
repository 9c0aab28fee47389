//! `ucap import` and `ucap export`: plan documents between files and a registry.
//!
//! One rule: a file that fails is reported with all its faults and does not affect the others; the command then ends with
//! exit code 1. Start with [`import`].

use super::client::{RegistryClient, RegistryError};
use super::failure::{Failure, failed};
use super::output::{print, print_error};
use crate::conventions::http::json::{self, JsonError};
use crate::documents::{ImportOptions, ImportStatus, ImportedKind, ImportedRecord, PlanImport};
use crate::domain::{Fault, RecordKind, Slug};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use std::collections::HashSet;
use std::fs;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

/// A document to be imported.
struct Document {
    file: PathBuf,
    slug: Slug,
    value: Value,
}

/// Counts of what was done with the files.
#[derive(Default)]
struct Tally {
    created: usize,
    updated: usize,
    unchanged: usize,
    failed: usize,
}

/// Stores the documents of those files in a registry. If a plan refers to the plan of a later file, it is stored without this
/// relation at first, and with it once both plans are there.
pub(super) async fn import(
    registry: &RegistryClient,
    files: &[PathBuf],
    options: ImportOptions,
) -> Result<(), Failure> {
    let progress = progress(files.len());
    let mut tally = Tally::default();
    let documents = read_all(&progress, &mut tally, files);
    let slugs: HashSet<String> = documents
        .iter()
        .map(|document| document.slug.to_string())
        .collect();
    let mut waiting = Vec::new();
    for document in &documents {
        progress.set_message(document.slug.to_string());
        let mut outcome = registry.put(&document.slug, &document.value, options).await;
        if let Some(without) = without_relations(document, outcome.as_ref().err(), &slugs) {
            outcome = registry.put(&document.slug, &without, options).await;
            if outcome.is_ok() && !options.dry_run {
                waiting.push(document);
            }
        }
        progress.inc(1);
        print_outcome(&progress, &mut tally, document, outcome);
    }
    for document in waiting {
        if let Err(error) = registry.put(&document.slug, &document.value, options).await {
            tally.failed += 1;
            print_faults(&progress, document, &error);
        }
    }
    progress.finish_and_clear();
    tally.report(&progress, files.len(), options)
}

/// Reads the documents; reports the files that contain none.
fn read_all(progress: &ProgressBar, tally: &mut Tally, files: &[PathBuf]) -> Vec<Document> {
    let mut documents = Vec::new();
    for file in files {
        match read(file) {
            Ok(document) => documents.push(document),
            Err(message) => {
                tally.failed += 1;
                progress.inc(1);
                print_error(progress, file, &message);
            }
        }
    }
    documents
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

    /// Prints the counts of all files; a failure if any of them failed.
    fn report(
        self,
        progress: &ProgressBar,
        files: usize,
        options: ImportOptions,
    ) -> Result<(), Failure> {
        let Self {
            created,
            updated,
            unchanged,
            failed,
        } = self;
        let prefix = if options.dry_run {
            "a dry run, nothing was stored: "
        } else {
            ""
        };
        let counts =
            format!("{created} created, {updated} updated, {unchanged} unchanged, {failed} failed");
        print(progress, &format!("{prefix}{}: {counts}", plans(files)));
        if failed == 0 {
            Ok(())
        } else {
            Err(Failure::Work(format!("{failed} of {files} files failed")))
        }
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

/// A hint for a file with lines of JSON, which needs another format.
fn hint(file: &Path) -> &'static str {
    if file
        .extension()
        .is_some_and(|extension| extension == "ndjson")
    {
        "; lines of JSON need --format ndjson"
    } else {
        ""
    }
}

fn read(file: &Path) -> Result<Document, String> {
    let bytes = fs::read(file).map_err(|error| error.to_string())?;
    let value = json::parse(&bytes).map_err(|error| match error {
        JsonError::Malformed(cause) => format!("is not valid JSON: {cause}{}", hint(file)),
        JsonError::Repeated(faults) => {
            let places = faults.iter().map(Fault::to_string);
            places.collect::<Vec<_>>().join("; ")
        }
    })?;
    let member = |name: &str| {
        value
            .pointer(&format!("/plan/{name}"))
            .and_then(Value::as_str)
    };
    let slug = match (member("slug"), member("title")) {
        (Some(slug), _) => slug
            .parse()
            .map_err(|_| format!("/plan/slug: {slug:?} is not a slug"))?,
        (None, Some(title)) => Slug::derive(title, "plan"),
        (None, None) => {
            return Err("is not a plan document: /plan has neither a slug nor a title".into());
        }
    };
    Ok(Document {
        file: file.to_owned(),
        slug,
        value,
    })
}

/// Prints what was done with a document.
fn print_outcome(
    progress: &ProgressBar,
    tally: &mut Tally,
    document: &Document,
    outcome: Result<PlanImport, RegistryError>,
) {
    let report = match outcome {
        Ok(report) => report,
        Err(error) => {
            tally.failed += 1;
            return print_faults(progress, document, &error);
        }
    };
    let status = tally.count(&report);
    let PlanImport {
        plan_slug,
        created,
        updated,
        unchanged,
        removed,
        ..
    } = &report;
    print(
        progress,
        &format!(
            "{status:<9}  {plan_slug}  ({created} created, {updated} updated, {unchanged} unchanged, {removed} removed)"
        ),
    );
    let is_unchanged = |record: &&ImportedRecord| record.status == ImportStatus::Unchanged;
    let unchanged = report.records.iter().filter(is_unchanged);
    for difference in unchanged.flat_map(|record| &record.differences) {
        let text = format!(
            "           {}: the registry has {}, the file has {}",
            difference.pointer, difference.stored, difference.given
        );
        print(progress, &text);
    }
}

fn print_faults(progress: &ProgressBar, document: &Document, error: &RegistryError) {
    if error.faults.is_empty() {
        print_error(progress, &document.file, &error.to_string());
    }
    for (pointer, detail) in &error.faults {
        print_error(progress, &document.file, &format!("{pointer}: {detail}"));
    }
}

/// Writes the documents of those plans, or of all plans, to a directory.
pub(super) async fn export(
    registry: &RegistryClient,
    slugs: Option<Vec<Slug>>,
    dir: &Path,
) -> Result<(), Failure> {
    let slugs = match slugs {
        Some(slugs) => slugs,
        None => registry.slugs().await.map_err(failed)?,
    };
    fs::create_dir_all(dir).map_err(|error| failed(format!("{}: {error}", dir.display())))?;
    let progress = progress(slugs.len());
    let mut missing = 0;
    for slug in &slugs {
        progress.set_message(slug.to_string());
        let file = dir.join(format!("{slug}.json"));
        let written = export_to(&file, registry, slug).await;
        progress.inc(1);
        match written {
            Ok(()) => print(&progress, &file.display().to_string()),
            Err(error) => {
                missing += 1;
                print_error(&progress, &file, &error.to_string());
            }
        }
    }
    progress.finish_and_clear();
    let exported = plans(slugs.len() - missing);
    print(
        &progress,
        &format!("{exported} exported to {}", dir.display()),
    );
    if missing == 0 {
        Ok(())
    } else {
        Err(Failure::Work(format!(
            "{missing} of {} plans could not be exported",
            slugs.len()
        )))
    }
}

async fn export_to(
    file: &Path,
    registry: &RegistryClient,
    slug: &Slug,
) -> Result<(), RegistryError> {
    let document = registry.fetch(slug).await?;
    Ok(write(file, &document)?)
}

fn plans(count: usize) -> String {
    format!("{count} plan{}", if count == 1 { "" } else { "s" })
}

/// Writes an indented document; the file is replaced only when the new one is complete.
fn write(file: &Path, document: &[u8]) -> std::io::Result<()> {
    let value: Value = serde_json::from_slice(document)?;
    let unfinished = file.with_extension("json.new");
    let mut out = std::io::BufWriter::new(fs::File::create(&unfinished)?);
    serde_json::to_writer_pretty(&mut out, &value)?;
    writeln!(out)?;
    out.into_inner()
        .map_err(|error| error.into_error())?
        .sync_all()?;
    fs::rename(unfinished, file)
}

/// A progress bar on standard error if that is a terminal.
fn progress(length: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length.try_into().unwrap_or_default()).with_style(style)
}
