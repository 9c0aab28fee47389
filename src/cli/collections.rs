//! `ucap export` and `ucap import` of whole collections: files of any size, read and written as they go.
//!
//! One rule: what goes straight to the database takes the way that a request takes, so that both give the same files and the
//! same answers. Start with [`export`] and [`import`].

use super::client::{Incoming, ProblemAnswerError, Refusal, Registry};
use super::failure::{Failure, failed};
use super::output::{complain, print};
use crate::config::{Collection, ExportFormat};
use crate::conventions::change_log::Actor;
use crate::conventions::context;
use crate::conventions::export::{self, ByteOrderMark, Chunk, Csv, Format, Ndjson, Tabular};
use crate::conventions::import::{Answers, Import, ImportMode, ImportSummary, LoadOptions};
use crate::conventions::problem::Problem;
use crate::conventions::resource::Resource;
use crate::resources::activities::Activity;
use crate::resources::cities::City;
use crate::resources::outcomes::Outcome;
use crate::resources::plans::Plan;
use crate::resources::themes::Theme;
use actix_web::web::{Bytes, Data};
use futures_util::stream::{LocalBoxStream, Stream, StreamExt, unfold};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use std::fs::{self, File};
use std::io::{BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

/// Bytes that are read from a file at a time.
const CHUNK: usize = 64 * 1024;

impl Collection {
    const ALL: [Self; 5] = [
        Self::Cities,
        Self::Themes,
        Self::Plans,
        Self::Activities,
        Self::Outcomes,
    ];

    /// Its name in paths and files.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Cities => City::NAME.plural,
            Self::Themes => Theme::NAME.plural,
            Self::Plans => Plan::NAME.plural,
            Self::Activities => Activity::NAME.plural,
            Self::Outcomes => Outcome::NAME.plural,
        }
    }

    fn of_file(file: &Path) -> Option<Self> {
        let stem = file.file_stem()?.to_str()?;
        Self::ALL
            .into_iter()
            .find(|collection| collection.name() == stem)
    }

    async fn written(
        self,
        registry: Data<context::Registry>,
        format: ExportFormat,
    ) -> Result<LocalBoxStream<'static, Chunk>, Problem> {
        match self {
            Self::Cities => written::<City>(registry, format).await,
            Self::Themes => written::<Theme>(registry, format).await,
            Self::Plans => written::<Plan>(registry, format).await,
            Self::Activities => written::<Activity>(registry, format).await,
            Self::Outcomes => written::<Outcome>(registry, format).await,
        }
    }

    async fn stored(
        self,
        import: &Import<'_>,
        source: impl Stream<Item = Result<Bytes, Problem>> + Unpin,
    ) -> Result<Answers, Problem> {
        match self {
            Self::Cities => import.run::<City>(source).await,
            Self::Themes => import.run::<Theme>(source).await,
            Self::Plans => import.run::<Plan>(source).await,
            Self::Activities => import.run::<Activity>(source).await,
            Self::Outcomes => import.run::<Outcome>(source).await,
        }
    }
}

async fn written<R: Tabular>(
    registry: Data<context::Registry>,
    format: ExportFormat,
) -> Result<LocalBoxStream<'static, Chunk>, Problem> {
    match format {
        ExportFormat::Csv => all::<R, _>(registry, Csv::of(&ByteOrderMark::default())).await,
        ExportFormat::Json | ExportFormat::Ndjson => all::<R, _>(registry, Ndjson::to_move()).await,
    }
}

async fn all<R: Resource, F: Format<R>>(
    registry: Data<context::Registry>,
    format: F,
) -> Result<LocalBoxStream<'static, Chunk>, Problem> {
    let filter = serde_json::from_value(serde_json::json!({})).map_err(Problem::internal)?;
    Ok(export::chunks::<R, F>(registry, filter, format)
        .await?
        .boxed_local())
}

impl Registry {
    async fn collection(
        &self,
        collection: Collection,
        format: ExportFormat,
    ) -> Result<Incoming, Refusal> {
        if let Self::Direct(registry) = self {
            let chunks = collection.written(registry.clone(), format).await?;
            return Ok(chunks
                .map(|chunk| chunk.map_err(Refusal::from))
                .boxed_local());
        }
        let file = match format {
            ExportFormat::Csv => "csv",
            ExportFormat::Json | ExportFormat::Ndjson => "ndjson?metadata=false",
        };
        self.receive(&format!("/v1/exports/{}.{file}", collection.name()))
            .await
    }

    async fn load(
        &self,
        collection: Collection,
        options: LoadOptions,
        source: impl Stream<Item = std::io::Result<Bytes>> + Send + Unpin + 'static,
    ) -> Result<Incoming, Refusal> {
        if let Self::Direct(registry) = self {
            let import = Import {
                database: &registry.database,
                contract: &registry.contract,
                actor: &Actor::Service,
                options,
            };
            let answers = collection
                .stored(
                    &import,
                    source.map(|bytes| bytes.map_err(Problem::internal)),
                )
                .await?;
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
                collection.name(),
                options.dry_run
            ),
            source,
        )
        .await
    }
}

/// Writes collections to a directory, one file each; a file is there only when it is whole.
pub(super) async fn export(
    registry: &Registry,
    collections: &[Collection],
    format: ExportFormat,
    dir: &Path,
) -> Result<(), Failure> {
    let collections = if collections.is_empty() {
        &Collection::ALL[..]
    } else {
        collections
    };
    let extension = if format == ExportFormat::Csv {
        "csv"
    } else {
        "ndjson"
    };
    fs::create_dir_all(dir).map_err(|error| failed(format!("{}: {error}", dir.display())))?;
    for collection in collections {
        let file = dir.join(format!("{}.{extension}", collection.name()));
        let named = |error: &dyn std::fmt::Display| failed(format!("{}: {error}", file.display()));
        let progress = progress(None, collection.name());
        let chunks = registry
            .collection(*collection, format)
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
    registry: &Registry,
    files: &[PathBuf],
    collection: Option<Collection>,
    options: LoadOptions,
) -> Result<(), Failure> {
    let mut named = Vec::new();
    for file in files {
        let Some(collection) = collection.or_else(|| Collection::of_file(file)) else {
            let names = Collection::ALL.map(Collection::name).join(", ");
            return Err(Failure::Setting(format!(
                "{} is called like no collection ({names}); set --collection",
                file.display()
            )));
        };
        named.push((collection, file));
    }
    named.sort_by_key(|(collection, _)| *collection);
    let mut incomplete = 0;
    for (collection, file) in named {
        match load(registry, collection, file, options).await {
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
    registry: &Registry,
    collection: Collection,
    file: &Path,
    options: LoadOptions,
) -> Result<ImportSummary, Refusal> {
    let source = File::open(file)?;
    let progress = progress(Some(source.metadata()?.len()), collection.name());
    let answers = registry
        .load(collection, options, bytes_of(source, progress.clone()))
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
