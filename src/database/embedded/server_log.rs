//! The server's log, `postgres.log` in the data directory.
//!
//! The one rule: it is a help for the operator and never a reason not to run, so only opening it
//! can fail. Start at [`ServerLog::open`].

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Seek, SeekFrom},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

use super::StartError;

/// A log longer than this is set aside at the next start, in bytes.
const LONGEST: u64 = 16 << 20;

/// The log file, which may not exist yet.
#[derive(Debug)]
pub(super) struct ServerLog {
    path: PathBuf,
}

impl ServerLog {
    /// The log in this file.
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Opens the file for appending; a long one is set aside first.
    pub(super) fn open(&self) -> Result<File, StartError> {
        if self.length() > LONGEST {
            // Failing to rotate is no reason not to start.
            let _ = fs::rename(&self.path, self.path.with_extension("log.1"));
        }
        let failed = |source| StartError::Folder {
            verb: "open",
            path: self.path.clone(),
            source,
        };
        OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&self.path)
            .map_err(failed)
    }

    /// The file's length in bytes.
    pub(super) fn length(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |meta| meta.len())
    }

    /// The last ten lines, no further back than byte `start`.
    pub(super) fn tail(&self, start: u64) -> String {
        let mut bytes = Vec::new();
        if let Ok(mut log) = File::open(&self.path) {
            // What cannot be read is not shown; the message names the file.
            let _ = log
                .seek(SeekFrom::Start(start))
                .and_then(|_| log.read_to_end(&mut bytes));
        }
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<_> = text.lines().rev().take(10).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// The error for a server that did not start, with the log's last lines since byte `start`.
    pub(super) fn failure(&self, event: &'static str, start: u64) -> StartError {
        StartError::Server {
            event,
            log: self.path.clone(),
            tail: self.tail(start),
        }
    }
}
