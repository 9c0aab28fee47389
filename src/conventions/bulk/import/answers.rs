//! What an import has to say: a line for each line it was given, and a summary. They wait on disk until the body is read:
//! a client that sends first and reads later must not wait for itself.

use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::http::problem_document::ProblemError;
use crate::domain::{Fault, FaultCode};
use actix_web::web::Bytes;
use serde::{Deserialize, Serialize};
use std::io::{Read, Seek, Write};
use tempfile::SpooledTempFile;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Bytes of answers that are kept in memory.
const IN_MEMORY: usize = 1024 * 1024;
/// Bytes of answers that leave at a time.
const CHUNK: usize = 64 * 1024;

/// What happens to the other lines if one fails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportMode {
    /// They are stored.
    #[default]
    Partial,
    /// None is stored.
    Atomic,
}

/// How to import.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LoadOptions {
    /// What happens to the other lines if one fails.
    #[serde(default)]
    #[param(required = false, example = "partial")]
    pub mode: ImportMode,
    /// Answer what would happen, and store nothing.
    #[serde(default)]
    #[param(required = false, example = false)]
    pub dry_run: bool,
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportStatus {
    /// It is a new record.
    Created,
    /// It changed a stored record.
    Updated,
    /// The record was stored like this already.
    Unchanged,
    /// It is not stored; `errors` says why.
    Failed,
}

/// The answer to one line.
#[derive(Debug, Serialize)]
pub struct ImportLine {
    /// Number of the line, from 1; blank lines count, but are not answered.
    pub line: i64,
    /// What became of it.
    pub status: ImportStatus,
    /// Id of the record; null if it has none.
    pub id: Option<Uuid>,
    /// What is wrong with it.
    pub errors: Vec<ProblemError>,
}

/// The last line of the answer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ImportSummary {
    /// Lines that were answered.
    pub lines: i64,
    /// Records that are new.
    pub created: i64,
    /// Records that changed.
    pub updated: i64,
    /// Records that were like this already.
    pub unchanged: i64,
    /// Lines that are not stored.
    pub failed: i64,
    /// True if what the lines say is stored; false for a dry run, and for an atomic import of which a line failed.
    pub stored: bool,
}

/// The answers so far.
pub struct Answers {
    file: SpooledTempFile,
    waiting: Vec<u8>,
    summary: ImportSummary,
}

impl Answers {
    pub(super) fn new() -> Self {
        Self {
            file: SpooledTempFile::new(IN_MEMORY),
            waiting: Vec::with_capacity(CHUNK),
            summary: ImportSummary::default(),
        }
    }

    /// Counts so far.
    pub fn summary(&self) -> &ImportSummary {
        &self.summary
    }

    pub(super) fn done(
        &mut self,
        line: u64,
        status: ImportStatus,
        id: Uuid,
    ) -> Result<(), Problem> {
        self.add(&ImportLine {
            line: number(line),
            status,
            id: Some(id),
            errors: Vec::new(),
        })
    }

    pub(super) fn failed(
        &mut self,
        line: u64,
        id: Option<Uuid>,
        faults: &[Fault],
    ) -> Result<(), Problem> {
        let errors = faults.iter().map(ProblemError::from).collect();
        self.add(&ImportLine {
            line: number(line),
            status: ImportStatus::Failed,
            id,
            errors,
        })
    }

    fn add(&mut self, line: &ImportLine) -> Result<(), Problem> {
        let count = match line.status {
            ImportStatus::Created => &mut self.summary.created,
            ImportStatus::Updated => &mut self.summary.updated,
            ImportStatus::Unchanged => &mut self.summary.unchanged,
            ImportStatus::Failed => &mut self.summary.failed,
        };
        *count += 1;
        self.summary.lines += 1;
        self.write(line)
    }

    fn write(&mut self, line: &impl Serialize) -> Result<(), Problem> {
        serde_json::to_writer(&mut self.waiting, line).map_err(Problem::internal)?;
        self.waiting.push(b'\n');
        if self.waiting.len() >= CHUNK {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<(), Problem> {
        self.file
            .write_all(&self.waiting)
            .map_err(Problem::internal)?;
        self.waiting.clear();
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

    /// The next bytes of the finished answers; `None` at the end.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&mut self) -> Result<Option<Bytes>, Problem> {
        let mut bytes = vec![0; CHUNK];
        let length = self.file.read(&mut bytes).map_err(Problem::internal)?;
        bytes.truncate(length);
        Ok((length > 0).then(|| bytes.into()))
    }
}

fn number(line: u64) -> i64 {
    i64::try_from(line).unwrap_or(i64::MAX)
}

/// The failures of one record as its line tells them. What only the log may say is left to the log.
///
/// # Errors
/// 503: the line is not to blame.
pub(super) fn faults_of(line: u64, problem: Problem) -> Result<Vec<Fault>, Problem> {
    let rule = |detail: String| vec![Fault::at("", FaultCode::Rule, detail)];
    match problem.code {
        Code::DatabaseUnavailable => Err(problem),
        Code::InternalError => {
            log::error!("line {line} of an import is not stored: {problem}");
            Ok(rule(
                "the registry could not store this record; its log says why".into(),
            ))
        }
        _ if problem.faults.is_empty() => Ok(rule(problem.detail)),
        _ => Ok(problem.faults),
    }
}
