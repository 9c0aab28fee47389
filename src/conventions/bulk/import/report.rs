//! The report of an import: a result for each line, and a summary at the end.
//!
//! One rule: results are spooled to disk until the whole body was read. A client that sends everything before it reads would
//! otherwise block itself. Start with [`ImportReport`].

use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::http::problem_document::ProblemError;
use crate::domain::{Fault, FaultCode};
use actix_web::web::Bytes;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Seek, Write};
use strum::Display;
use tempfile::SpooledTempFile;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// The size up to which a report is kept in memory.
const MAX_IN_MEMORY_BYTES: usize = 1024 * 1024;
/// The number of bytes that are written to disk and sent at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// What happens to the other lines if one fails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportMode {
    /// The other lines are stored.
    #[default]
    Partial,
    /// No line is stored.
    Atomic,
}

/// What a line does to the record that it names, if that record is stored already.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Display, Serialize, Deserialize, ToSchema, ValueEnum,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum OnExisting {
    /// The line replaces the record: properties that it leaves out are cleared.
    #[default]
    Replace,
    /// The line is merged into the record as a JSON Merge Patch (RFC 7396): properties that it leaves out stay.
    Merge,
    /// The record stays as it is.
    Skip,
}

/// How lines are imported.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LineImportOptions {
    /// What happens to the other lines if one fails.
    #[serde(default)]
    #[param(required = false, example = "partial")]
    pub mode: ImportMode,
    /// What a line does to the record that it names, if that record is stored already. With `merge`, the line is a merge patch of the record; with `skip`, the record stays as it is.
    #[serde(default)]
    #[param(required = false, example = "replace")]
    pub on_existing: OnExisting,
    /// True to report what would happen without storing anything.
    #[serde(default)]
    #[param(required = false, example = false)]
    pub dry_run: bool,
}

/// How lines with records of several kinds are imported. Either all of them are stored or none.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MixedImportOptions {
    /// What a line does to the record that it names, if that record is stored already. With `merge`, the line is a merge patch of the record; with `skip`, the record stays as it is.
    #[serde(default)]
    #[param(required = false, example = "replace")]
    pub on_existing: OnExisting,
    /// True to report what would happen without storing anything.
    #[serde(default)]
    #[param(required = false, example = false)]
    pub dry_run: bool,
}

/// What was done with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportStatus {
    /// A record was created.
    Created,
    /// A stored record was changed.
    Updated,
    /// The stored record already had this content.
    Unchanged,
    /// The record is stored already, and lines were asked to leave such records alone.
    Skipped,
    /// The line was not stored; `errors` says why.
    Failed,
}

impl ImportStatus {
    /// True if the record was written.
    pub(super) fn is_written(self) -> bool {
        matches!(self, Self::Created | Self::Updated)
    }
}

/// The result for one line.
#[derive(Debug, Serialize)]
pub struct LineReport {
    /// Number of the line, starting at 1. Blank lines are counted but not reported.
    pub line: i64,
    /// What was done with the line.
    pub status: ImportStatus,
    /// Id of the record; null if it is not known.
    pub id: Option<Uuid>,
    /// The faults in the line.
    pub errors: Vec<ProblemError>,
}

/// The totals of an import: the last line of the report.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ImportSummary {
    /// Number of lines that were reported.
    pub lines: i64,
    /// Number of records that were created.
    pub created: i64,
    /// Number of records that were changed.
    pub updated: i64,
    /// Number of records that already had the same content.
    pub unchanged: i64,
    /// Number of lines that left a stored record alone.
    #[serde(default)]
    pub skipped: i64,
    /// Number of lines that were not stored.
    pub failed: i64,
    /// True if the changes were stored; false after a dry run, and after an atomic import in which a line failed.
    pub stored: bool,
}

/// The results and the totals of an import.
pub struct ImportReport {
    file: SpooledTempFile,
    buffer: Vec<u8>,
    summary: ImportSummary,
}

impl ImportReport {
    pub(super) fn new() -> Self {
        Self {
            file: SpooledTempFile::new(MAX_IN_MEMORY_BYTES),
            buffer: Vec::with_capacity(CHUNK_BYTES),
            summary: ImportSummary::default(),
        }
    }

    /// The totals so far.
    pub fn summary(&self) -> &ImportSummary {
        &self.summary
    }

    pub(super) fn add_success(
        &mut self,
        line: u64,
        status: ImportStatus,
        id: Uuid,
    ) -> Result<(), Problem> {
        self.add(&LineReport {
            line: number(line),
            status,
            id: Some(id),
            errors: Vec::new(),
        })
    }

    pub(super) fn add_failure(
        &mut self,
        line: u64,
        id: Option<Uuid>,
        faults: &[Fault],
    ) -> Result<(), Problem> {
        let errors = faults.iter().map(ProblemError::from).collect();
        self.add(&LineReport {
            line: number(line),
            status: ImportStatus::Failed,
            id,
            errors,
        })
    }

    fn add(&mut self, line: &LineReport) -> Result<(), Problem> {
        self.count(line.status);
        self.write(line)
    }

    fn count(&mut self, status: ImportStatus) {
        let count = match status {
            ImportStatus::Created => &mut self.summary.created,
            ImportStatus::Updated => &mut self.summary.updated,
            ImportStatus::Unchanged => &mut self.summary.unchanged,
            ImportStatus::Skipped => &mut self.summary.skipped,
            ImportStatus::Failed => &mut self.summary.failed,
        };
        *count += 1;
        self.summary.lines += 1;
    }

    fn write(&mut self, line: &impl Serialize) -> Result<(), Problem> {
        self.write_line(&serde_json::to_vec(line).map_err(Problem::internal)?)
    }

    fn write_line(&mut self, line: &[u8]) -> Result<(), Problem> {
        self.buffer.extend_from_slice(line);
        self.buffer.push(b'\n');
        if self.buffer.len() >= CHUNK_BYTES {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<(), Problem> {
        self.file
            .write_all(&self.buffer)
            .map_err(Problem::internal)?;
        self.buffer.clear();
        Ok(())
    }

    /// Reports that lines failed after all, which were reported as written.
    pub(super) fn retract(
        &mut self,
        mut failed: BTreeMap<u64, (Uuid, Vec<Fault>)>,
    ) -> Result<(), Problem> {
        self.flush()?;
        self.file.rewind().map_err(Problem::internal)?;
        let mut other = Self::new();
        for line in BufReader::new(&mut self.file).lines() {
            let line = line.map_err(Problem::internal)?;
            let reported: Reported = serde_json::from_str(&line).map_err(Problem::internal)?;
            match failed.remove(&reported.line) {
                Some((id, faults)) => other.add_failure(reported.line, Some(id), &faults)?,
                None => {
                    other.count(reported.status);
                    other.write_line(line.as_bytes())?;
                }
            }
        }
        *self = other;
        Ok(())
    }

    pub(super) fn finish(mut self, stored: bool) -> Result<Self, Problem> {
        self.summary.stored = stored;
        let summary = serde_json::json!({"summary": self.summary});
        self.write(&summary)?;
        self.flush()?;
        self.file.rewind().map_err(Problem::internal)?;
        Ok(self)
    }

    /// The next bytes of a finished report; `None` at its end.
    ///
    /// # Errors
    /// The temporary file cannot be read.
    pub fn read(&mut self) -> Result<Option<Bytes>, Problem> {
        let mut bytes = vec![0; CHUNK_BYTES];
        let length = self.file.read(&mut bytes).map_err(Problem::internal)?;
        bytes.truncate(length);
        Ok((length > 0).then(|| bytes.into()))
    }
}

/// What a report says of a line, as far as it is needed to retract it.
#[derive(Deserialize)]
struct Reported {
    line: u64,
    status: ImportStatus,
}

fn number(line: u64) -> i64 {
    i64::try_from(line).unwrap_or(i64::MAX)
}

/// The problem of one record as faults of its line. The cause of an internal error is only logged.
///
/// # Errors
/// The database is unavailable, which is not a fault of the line.
pub(super) fn faults_of(line: u64, problem: Problem) -> Result<Vec<Fault>, Problem> {
    let as_fault = |detail: String| vec![Fault::at("", FaultCode::Rule, detail)];
    match problem.code {
        Code::DatabaseUnavailable => Err(problem),
        Code::InternalError => {
            log::error!("line {line} of an import was not stored: {problem}");
            Ok(as_fault(
                "the registry could not store this record; the cause is in its log".into(),
            ))
        }
        _ if problem.faults.is_empty() => Ok(as_fault(problem.detail)),
        _ => Ok(problem.faults),
    }
}
