//! `ucap import` and `ucap export`: plan documents between files and a registry.
//!
//! One rule: a file that fails is reported with every fault and keeps nothing from the others; the command then ends with
//! exit code 1. Start with [`import`].

use super::client::{Refusal, RegistryClient};
use super::failure::{Failure, failed};
use super::output::{complain, print};
use crate::documents::{ImportOptions, ImportStatus, ImportedKind, ImportedRecord, PlanImport};
use crate::domain::{RecordKind, Slug};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use std::collections::HashSet;
use std::fs;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

/// A document on its way into a registry.
struct Document {
    file: PathBuf,
    slug: Slug,
    value: Value,
}

/// What came of the files.
#[derive(Default)]
struct Tally {
    created: usize,
    updated: usize,
    unchanged: usize,
    failed: usize,
}

/// Puts the documents of those files into a registry. A plan that relates to one of a later file gets that relation once
/// both are there.
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
        conclude(&progress, &mut tally, document, outcome);
    }
    for document in waiting {
        if let Err(refusal) = registry.put(&document.slug, &document.value, options).await {
            tally.failed += 1;
            refused(&progress, document, &refusal);
        }
    }
    progress.finish_and_clear();
    tally.report(&progress, files.len(), options)
}

/// The documents of the files that have one.
fn read_all(progress: &ProgressBar, tally: &mut Tally, files: &[PathBuf]) -> Vec<Document> {
    let mut documents = Vec::new();
    for file in files {
        match read(file) {
            Ok(document) => documents.push(document),
            Err(message) => {
                tally.failed += 1;
                progress.inc(1);
                complain(progress, file, &message);
            }
        }
    }
    documents
}

impl Tally {
    /// Counts a document that was put; says in a word what became of it.
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

    /// Says what came of all files; a failure if any of them failed.
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
        let would = if options.dry_run {
            "a dry run, nothing was stored: "
        } else {
            ""
        };
        let counts =
            format!("{created} created, {updated} updated, {unchanged} unchanged, {failed} failed");
        print(progress, &format!("{would}{}: {counts}", plans(files)));
        if failed == 0 {
            Ok(())
        } else {
            Err(Failure::Work(format!("{failed} of {files} files failed")))
        }
    }
}

/// The document without its relations to plans of later files, if they are all that it was refused for.
fn without_relations(
    document: &Document,
    refusal: Option<&Refusal>,
    slugs: &HashSet<String>,
) -> Option<Value> {
    let refusal = refusal.filter(|refusal| refusal.code == "unknown_reference")?;
    let mut value = document.value.clone();
    let relations = value.pointer_mut("/plan/relations")?.as_array_mut()?;
    let unknown: Option<HashSet<usize>> = refusal
        .faults
        .iter()
        .map(|(pointer, _)| relation_at(pointer))
        .collect();
    let unknown = unknown?;
    let comes = |index: &usize| {
        relations
            .get(*index)
            .and_then(|relation| relation.get("plan")?.as_str())
            .is_some_and(|slug| slugs.contains(slug))
    };
    if !unknown.iter().all(comes) {
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

/// What somebody may have meant who gives a file with lines of JSON.
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
    let value: Value = serde_json::from_slice(&bytes)
        .map_err(|error| format!("is not valid JSON: {error}{}", hint(file)))?;
    let member = |name: &str| {
        value
            .pointer(&format!("/plan/{name}"))
            .and_then(Value::as_str)
    };
    let slug = match (member("slug"), member("title")) {
        (Some(slug), _) => slug
            .parse()
            .map_err(|_| format!("/plan/slug: {slug:?} is no slug"))?,
        (None, Some(title)) => Slug::derive(title, "plan"),
        (None, None) => {
            return Err("is no plan document: /plan has neither a slug nor a title".into());
        }
    };
    Ok(Document {
        file: file.to_owned(),
        slug,
        value,
    })
}

/// Says what became of a document.
fn conclude(
    progress: &ProgressBar,
    tally: &mut Tally,
    document: &Document,
    outcome: Result<PlanImport, Refusal>,
) {
    let report = match outcome {
        Ok(report) => report,
        Err(refusal) => {
            tally.failed += 1;
            return refused(progress, document, &refusal);
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
            "           {}: stored {}, not {}",
            difference.pointer, difference.stored, difference.given
        );
        print(progress, &text);
    }
}

fn refused(progress: &ProgressBar, document: &Document, refusal: &Refusal) {
    if refusal.faults.is_empty() {
        complain(progress, &document.file, &refusal.to_string());
    }
    for (pointer, detail) in &refusal.faults {
        complain(progress, &document.file, &format!("{pointer}: {detail}"));
    }
}

/// Writes the documents of those plans, or of all, to a directory.
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
            Err(refusal) => {
                missing += 1;
                complain(&progress, &file, &refusal.to_string());
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
            "{missing} of {} plans failed",
            slugs.len()
        )))
    }
}

async fn export_to(file: &Path, registry: &RegistryClient, slug: &Slug) -> Result<(), Refusal> {
    let document = registry.fetch(slug).await?;
    Ok(write(file, &document)?)
}

fn plans(count: usize) -> String {
    format!("{count} plan{}", if count == 1 { "" } else { "s" })
}

/// Writes a document, indented; the file is either the old one or the new one, never half of it.
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

/// A bar on standard error, if that is a terminal.
fn progress(length: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length.try_into().unwrap_or_default()).with_style(style)
}
