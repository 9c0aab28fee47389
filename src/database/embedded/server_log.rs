//! The server's log, `postgres.log` in the data directory.
//!
//! One rule: the log helps the operator and never keeps the server from running, so only opening it can fail. Start with
//! [`ServerLog::open`].

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Seek, SeekFrom},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

use super::StartError;

/// The size in bytes from which the log is rotated at the next start.
const ROTATION_SIZE: u64 = 16 << 20;

/// The log file, which need not exist yet.
#[derive(Debug)]
pub(super) struct ServerLog {
    path: PathBuf,
}

impl ServerLog {
    /// The log in a file.
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Opens the file for appending, after rotating it if it is large.
    pub(super) fn open(&self) -> Result<File, StartError> {
        if self.length() > ROTATION_SIZE {
            // The server can start even if the log cannot be rotated.
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

    /// The length of the file in bytes.
    pub(super) fn length(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |meta| meta.len())
    }

    /// The last ten lines after byte `start`.
    pub(super) fn tail(&self, start: u64) -> String {
        let mut bytes = Vec::new();
        if let Ok(mut log) = File::open(&self.path) {
            // If the file cannot be read, the message still names it.
            let _ = log
                .seek(SeekFrom::Start(start))
                .and_then(|_| log.read_to_end(&mut bytes));
        }
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<_> = text.lines().rev().take(10).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// The error for a server that did not start, with the last lines of the log after byte `start`.
    pub(super) fn failure(&self, event: &'static str, start: u64) -> StartError {
        StartError::Server {
            event,
            log: self.path.clone(),
            tail: self.tail(start),
        }
    }
}
