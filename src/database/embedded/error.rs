//! The reasons why a private cluster does not start, each with a message for the operator.
//!
//! One rule: every message says what is wrong and then what to do about it. Start with [`StartError`].

use std::{io, path::PathBuf};

/// What to do where no usable PostgreSQL was found.
const INSTALL: &str = "Do one of these: install PostgreSQL (package `postgresql`); run `scripts/get-postgres`, which fetches it; \
    set UCAP_PG_BIN to the folder that contains `initdb` and `postgres`; set DATABASE_URL to a running server.";

/// Why a private cluster did not start. `Display` writes the message for the operator, including the remedy.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The programs `initdb` and `postgres` were not found in any of the usual locations.
    #[error("No PostgreSQL was found on this machine. {}", INSTALL)]
    NoBinaries,
    /// The folder named by `UCAP_PG_BIN` does not contain usable programs.
    #[error(
        "UCAP_PG_BIN is {folder:?}, but {reason}. \
         Set it to the folder that contains `initdb` and `postgres`, or unset it."
    )]
    BadBinaries {
        /// The folder as it was given.
        folder: PathBuf,
        /// Why they cannot be used.
        reason: String,
    },
    /// PostgreSQL was found, but only in versions that are too old.
    #[error(
        "PostgreSQL 14 or newer is needed, but the newest version found is {found}. {}",
        INSTALL
    )]
    TooOld {
        /// The newest major version found.
        found: u32,
    },
    /// The cluster was written by another major version than those found.
    #[error(
        "The database in {data:?} was written by PostgreSQL {wrote}, but only PostgreSQL {found} was found. \
         Install that version, or set UCAP_PG_BIN to its programs. \
         To change to another version, export with the old one and import into a new data directory (UCAP_DATA_DIR)."
    )]
    VersionMismatch {
        /// The cluster's folder.
        data: PathBuf,
        /// The major version that wrote the cluster.
        wrote: u32,
        /// The major versions of the programs found.
        found: String,
    },
    /// The service runs as root, and there is no other user to run the server.
    #[error(
        "PostgreSQL cannot run as root, and there is no user `postgres` or `nobody`. \
         Create the user `postgres`, or run the service as an ordinary user."
    )]
    NoAccount,
    /// The user that runs the server cannot enter a folder.
    #[error(
        "The service runs as root and PostgreSQL as the user `{user}`, \
         who cannot enter {folder:?}, which is on the way to {path:?}. \
         Open that folder (`chmod o+x`), move the data (UCAP_DATA_DIR) or the programs (UCAP_PG_BIN) out of it, \
         or run the service as an ordinary user."
    )]
    Unreachable {
        /// The folder that the user cannot enter.
        folder: PathBuf,
        /// The path below it that the user needs.
        path: PathBuf,
        /// The user's name.
        user: String,
    },
    /// A folder belongs to a user other than the one that runs the server.
    #[error(
        "{path:?} belongs to `{owner}`, but PostgreSQL runs as `{user}`. \
         Run the service as the owner, or change the owner with `chown -R`, \
         or choose another data directory (UCAP_DATA_DIR)."
    )]
    WrongOwner {
        /// The folder.
        path: PathBuf,
        /// The user that owns it.
        owner: String,
        /// The user that runs the server.
        user: String,
    },
    /// A file or folder of the data directory cannot be used.
    #[error(
        "Cannot {verb} {path:?}: {source}. \
         Correct the cause, or choose another data directory (UCAP_DATA_DIR)."
    )]
    Folder {
        /// The verb for what was tried.
        verb: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A program cannot be executed.
    #[error(
        "Cannot run {program:?}: {source}. \
         Repair the installation of PostgreSQL, or set UCAP_PG_BIN to another one."
    )]
    Spawn {
        /// The program.
        program: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// `initdb` failed.
    #[error(
        "initdb failed with {output}\nCorrect the problem that it names and start the service again."
    )]
    Initdb {
        /// Its exit status and its output.
        output: String,
    },
    /// The server ended while it was starting, or did not accept connections in time.
    #[error(
        "PostgreSQL {event}. These are the last lines of its log {log:?}:\n{tail}\n\
         Correct the problem that the log names and start the service again."
    )]
    Server {
        /// Which of the two happened, as the end of a sentence about PostgreSQL.
        event: &'static str,
        /// The server's log file.
        log: PathBuf,
        /// The log's last lines.
        tail: String,
    },
    /// Another process uses the data directory, and its server does not accept connections.
    #[error(
        "Another process uses {data_dir:?}, and its database does not answer. \
         End that process, or choose another data directory (UCAP_DATA_DIR)."
    )]
    Held {
        /// The data directory.
        data_dir: PathBuf,
    },
}

#[cfg(test)]
mod tests {
    use super::StartError;
    use std::error::Error;
    use std::io;

    #[test]
    fn a_message_says_what_is_wrong_and_then_what_to_do() {
        let error = StartError::TooOld { found: 13 }.to_string();
        let wrong = "PostgreSQL 14 or newer is needed, but the newest version found is 13. ";
        let remedy = "Do one of these: install PostgreSQL (package `postgresql`); ";
        assert!(error.starts_with(&format!("{wrong}{remedy}")), "{error}");
        assert!(error.ends_with("to a running server."), "{error}");
    }

    #[test]
    fn the_output_of_a_program_is_on_lines_of_its_own() {
        let error = StartError::Server {
            event: "ended",
            log: "/log".into(),
            tail: "FATAL: one\nFATAL: two".into(),
        };
        let message = error.to_string();
        let lines: Vec<_> = message.lines().collect();
        assert_eq!(
            lines,
            [
                "PostgreSQL ended. These are the last lines of its log \"/log\":",
                "FATAL: one",
                "FATAL: two",
                "Correct the problem that the log names and start the service again.",
            ]
        );
    }

    #[test]
    fn what_failed_in_the_system_is_the_source_and_in_the_message() {
        let source = io::Error::from(io::ErrorKind::PermissionDenied);
        let (verb, path) = ("create", "/data".into());
        let error = StartError::Folder { verb, path, source };
        let message = "Cannot create \"/data\": permission denied. \
            Correct the cause, or choose another data directory (UCAP_DATA_DIR).";
        assert_eq!(error.to_string(), message);
        assert_eq!(error.source().unwrap().to_string(), "permission denied");
        assert!(StartError::NoAccount.source().is_none());
    }
}
