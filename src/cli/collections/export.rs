//! Collections of a registry into files. Start with [`export`].

use crate::cli::bars;
use crate::cli::client::{Incoming, RegistryClient, RegistryError};
use crate::cli::failure::{Failure, failed};
use crate::cli::files::NewFile;
use crate::cli::interrupt::Interrupt;
use crate::cli::output::Output;
use crate::config::ExportFormat;
use crate::conventions::slice::Slice;
use crate::domain::RecordKind;
use crate::resources::in_order_of_reference;
use futures_util::stream::StreamExt;
use indicatif::ProgressBar;
use serde::Serialize;
use std::fs;
use std::io::Write;
use std::path::Path;

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
}

/// What was written.
#[derive(Serialize)]
struct Report {
    dir: String,
    interrupted: bool,
    files: Vec<FileReport>,
}

/// The file of one collection.
#[derive(Serialize)]
struct FileReport {
    file: String,
    collection: &'static str,
    records: usize,
}

/// An export under way.
struct Exporting<'a> {
    registry: &'a RegistryClient,
    format: ExportFormat,
    output: &'a Output,
    interrupt: &'a Interrupt,
}

/// Writes collections to a directory, one file each; a file appears only when it is complete.
pub(crate) async fn export(
    registry: &RegistryClient,
    collections: &[RecordKind],
    format: ExportFormat,
    dir: &Path,
    output: &Output,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let mut slices = in_order_of_reference();
    slices.retain(|slice| collections.is_empty() || collections.contains(&slice.kind));
    fs::create_dir_all(dir).map_err(|error| failed(format!("{}: {error}", dir.display())))?;
    let exporting = Exporting {
        registry,
        format,
        output,
        interrupt,
    };
    let (all, mut files) = (slices.len(), Vec::new());
    for slice in slices {
        match exporting.write(slice, dir).await? {
            Some(report) => files.push(report),
            None => break,
        }
    }
    let written = files.len();
    let report = Report {
        dir: dir.display().to_string(),
        interrupted: written < all,
        files,
    };
    output.json(&report)?;
    if written < all {
        interrupt.check(|| {
            let dir = dir.display();
            format!("after {written} of {all} collections; their files in {dir} are complete")
        })?;
    }
    Ok(())
}

impl Exporting<'_> {
    /// Writes a collection; `None` if the command was interrupted.
    async fn write(&self, slice: &Slice, dir: &Path) -> Result<Option<FileReport>, Failure> {
        let extension = if self.format == ExportFormat::Csv {
            "csv"
        } else {
            "ndjson"
        };
        let collection = slice.kind.plural();
        let file = dir.join(format!("{collection}.{extension}"));
        let bar = self.bar(collection).await;
        let mut interrupt = self.interrupt.clone();
        let written = tokio::select! {
            biased;
            () = interrupt.requested() => return Ok(None),
            written = self.write_file(slice, &file, &bar) => written,
        };
        bar.finish_and_clear();
        let records = written.map_err(|error| failed(format!("{}: {error}", file.display())))?;
        let plural = if records == 1 { "" } else { "s" };
        let line = format!("{}: {records} record{plural}", file.display());
        self.output.line(line);
        Ok(Some(FileReport {
            file: file.display().to_string(),
            collection,
            records,
        }))
    }

    /// A progress bar, with a length if the registry can say how many records there are.
    async fn bar(&self, collection: &'static str) -> ProgressBar {
        let count = if self.output.shows_progress() {
            self.registry.count(collection).await
        } else {
            None
        };
        self.output.show(|| match count {
            Some(count) => bars::records(count, collection),
            None => bars::bytes(None, collection),
        })
    }

    /// Writes the bytes that arrive to a file and counts the records in them.
    async fn write_file(
        &self,
        slice: &Slice,
        file: &Path,
        bar: &ProgressBar,
    ) -> Result<usize, RegistryError> {
        let mut chunks = self.registry.collection(slice, self.format).await?;
        let mut out = NewFile::create(file, self.interrupt)?;
        let mut records = RecordCount::default();
        while let Some(bytes) = chunks.next().await {
            let bytes = bytes?;
            records.add(&bytes, self.format);
            let position = match bar.length() {
                Some(_) => records.total(self.format),
                None => records.bytes,
            };
            bar.set_position(position.try_into().unwrap_or_default());
            out.write_all(&bytes)?;
        }
        out.finish()?;
        Ok(records.total(self.format))
    }
}

/// Counts the line breaks that end records; those inside a quoted cell do not.
#[derive(Default)]
struct RecordCount {
    bytes: usize,
    lines: usize,
    quoted: bool,
}

impl RecordCount {
    fn add(&mut self, bytes: &[u8], format: ExportFormat) {
        self.bytes += bytes.len();
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
