//! Plan documents from a registry into files. Start with [`export`].

use super::plans;
use crate::cli::bars;
use crate::cli::client::{RegistryClient, RegistryError};
use crate::cli::failure::{Failure, failed};
use crate::cli::files::NewFile;
use crate::cli::interrupt::Interrupt;
use crate::cli::output::Output;
use crate::domain::Slug;
use serde::Serialize;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;

/// What was written.
#[derive(Default, Serialize)]
struct Report {
    dir: String,
    interrupted: bool,
    exported: usize,
    failed: usize,
    files: Vec<FileReport>,
}

/// The file of one plan.
#[derive(Serialize)]
struct FileReport {
    plan: String,
    file: String,
    error: Option<String>,
}

/// Writes the documents of those plans, or of all plans, to a directory.
pub(crate) async fn export(
    registry: &RegistryClient,
    slugs: Option<Vec<Slug>>,
    dir: &Path,
    output: &Output,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let slugs = match slugs {
        Some(slugs) => slugs,
        None => registry.slugs().await.map_err(failed)?,
    };
    fs::create_dir_all(dir).map_err(|error| failed(format!("{}: {error}", dir.display())))?;
    let bar = output.show(|| bars::items(slugs.len()));
    let mut report = Report {
        dir: dir.display().to_string(),
        ..Report::default()
    };
    let mut requested = interrupt.clone();
    for slug in &slugs {
        bar.set_message(slug.to_string());
        let file = dir.join(format!("{slug}.json"));
        let written = tokio::select! {
            biased;
            () = requested.requested() => break,
            written = export_to(&file, registry, slug, interrupt) => written,
        };
        bar.inc(1);
        report.add(slug, &file, written, output);
    }
    report.finish(slugs.len(), output, interrupt)
}

impl Report {
    fn add(
        &mut self,
        slug: &Slug,
        file: &Path,
        written: Result<(), RegistryError>,
        output: &Output,
    ) {
        let error = written.err().map(|error| error.to_string());
        match &error {
            None => {
                self.exported += 1;
                output.line(file.display());
            }
            Some(error) => {
                self.failed += 1;
                output.error(format!("{}: {error}", file.display()));
            }
        }
        self.files.push(FileReport {
            plan: slug.to_string(),
            file: file.display().to_string(),
            error,
        });
    }

    /// Reports the counts; a failure if a plan was not exported.
    fn finish(mut self, all: usize, output: &Output, interrupt: &Interrupt) -> Result<(), Failure> {
        let (exported, dir) = (self.exported, self.dir.clone());
        output.line(format!("{} exported to {dir}", plans(exported)));
        self.interrupted = self.files.len() < all;
        output.json(&self)?;
        if self.interrupted {
            interrupt.check(|| {
                format!("after {exported} of {all} plans; their files in {dir} are complete")
            })?;
        }
        if self.failed == 0 {
            return Ok(());
        }
        let failed = self.failed;
        Err(Failure::Work(format!(
            "{failed} of {all} plans could not be exported"
        )))
    }
}

/// Writes an indented document.
async fn export_to(
    file: &Path,
    registry: &RegistryClient,
    slug: &Slug,
    interrupt: &Interrupt,
) -> Result<(), RegistryError> {
    let document = registry.fetch(slug).await?;
    let value: Value = serde_json::from_slice(&document)?;
    let mut out = NewFile::create(file, interrupt)?;
    serde_json::to_writer_pretty(&mut out, &value).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(out.finish()?)
}
