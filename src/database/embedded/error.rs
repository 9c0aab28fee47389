//! The reasons why a private cluster does not start, each with a message for the operator.
//!
//! One rule: every error names a remedy, so every variant has an arm in `cause` and one in `remedy`. Start with [`StartError`].

use std::{
    error::Error,
    fmt::{Display, Formatter, Result as FmtResult},
    io,
    path::PathBuf,
};

/// Why a private cluster did not start. `Display` writes the message for the operator, including the remedy.
#[derive(Debug)]
pub enum StartError {
    /// The programs `initdb` and `postgres` were not found in any of the usual locations.
    NoBinaries,
    /// There are no usable programs, and they could not be downloaded either.
    NotDownloaded {
        /// The error of the search for installed programs.
        missing: Box<StartError>,
        /// Why each way to download them failed.
        reason: String,
    },
    /// The folder named by `UCAP_PG_BIN` does not contain usable programs.
    BadBinaries {
        /// The folder as it was given.
        folder: PathBuf,
        /// Why they cannot be used.
        reason: String,
    },
    /// PostgreSQL was found, but only in versions that are too old.
    TooOld {
        /// The newest major version found.
        found: u32,
    },
    /// The cluster was written by another major version than those found.
    VersionMismatch {
        /// The cluster's folder.
        data: PathBuf,
        /// The major version that wrote the cluster.
        wrote: u32,
        /// Which programs were found, as the end of a sentence.
        found: String,
    },
    /// The service runs as root, and there is no other user to run the server.
    NoAccount,
    /// The user that runs the server cannot enter a folder.
    Unreachable {
        /// The folder that the user cannot enter.
        folder: PathBuf,
        /// The path below it that the user needs.
        path: PathBuf,
        /// The user's name.
        user: String,
    },
    /// A folder belongs to a user other than the one that runs the server.
    WrongOwner {
        /// The folder.
        path: PathBuf,
        /// The user that owns it.
        owner: String,
        /// The user that runs the server.
        user: String,
    },
    /// A file or folder of the data directory cannot be used.
    Folder {
        /// The verb for what was tried.
        verb: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A program cannot be executed.
    Spawn {
        /// The program.
        program: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// `initdb` failed.
    Initdb {
        /// Its exit status and its output.
        output: String,
    },
    /// The server ended while it was starting, or did not accept connections in time.
    Server {
        /// Which of the two happened, as the end of a sentence about PostgreSQL.
        event: &'static str,
        /// The server's log file.
        log: PathBuf,
        /// The log's last lines.
        tail: String,
    },
    /// Another process uses the data directory, and its server does not accept connections.
    InUse {
        /// The data directory.
        data_dir: PathBuf,
    },
}

impl Display for StartError {
    fn fmt(&self, f: &mut Formatter<'_>) -> FmtResult {
        let cause = self.summary();
        // The output of PostgreSQL is on lines of its own.
        let end = if cause.ends_with('\n') { "" } else { ". " };
        write!(f, "{cause}{end}{}.", self.remedy())
    }
}

impl StartError {
    pub(super) fn summary(&self) -> String {
        match self {
            Self::NotDownloaded { missing, reason } => {
                let missing = missing.summary();
                format!("{missing}, and PostgreSQL could not be downloaded ({reason})")
            }
            Self::NoBinaries => "No PostgreSQL was found on this machine".into(),
            Self::BadBinaries { folder, reason } => {
                format!("UCAP_PG_BIN is {folder:?}, but {reason}")
            }
            Self::TooOld { found } => {
                format!("PostgreSQL 14 or newer is needed, but the newest version found is {found}")
            }
            Self::VersionMismatch { data, wrote, found } => format!(
                "The database in {data:?} was written by PostgreSQL {wrote}, \
                 but {found} was found"
            ),
            Self::NoAccount => {
                "PostgreSQL cannot run as root, and there is no user `postgres` or `nobody`".into()
            }
            Self::Unreachable { folder, path, user } => format!(
                "The service runs as root and PostgreSQL as the user `{user}`, \
                 who cannot enter {folder:?}, which is on the way to {path:?}"
            ),
            Self::WrongOwner { path, owner, user } => {
                format!("{path:?} belongs to `{owner}`, but PostgreSQL runs as `{user}`")
            }
            Self::Folder { verb, path, source } => format!("Cannot {verb} {path:?}: {source}"),
            Self::Spawn { program, source } => format!("Cannot run {program:?}: {source}"),
            Self::Initdb { output } => format!("initdb failed with {output}\n"),
            Self::Server { event, log, tail } => {
                format!(
                    "PostgreSQL {event}. These are the last lines of its log {log:?}:\n{tail}\n"
                )
            }
            Self::InUse { data_dir } => {
                format!("Another process uses {data_dir:?}, and its database does not answer")
            }
        }
    }

    fn remedy(&self) -> &'static str {
        match self {
            Self::NoBinaries | Self::TooOld { .. } => {
                "Do one of these: install PostgreSQL (package `postgresql`); let this program download it (without --no-download); \
                 set UCAP_PG_BIN to the folder that contains `initdb` and `postgres`; set DATABASE_URL to a running server"
            }
            Self::NotDownloaded { .. } => {
                "Install PostgreSQL (package `postgresql`), or set DATABASE_URL to a running server"
            }
            Self::BadBinaries { .. } => {
                "Set it to the folder that contains `initdb` and `postgres`, or unset it"
            }
            Self::VersionMismatch { .. } => {
                "Install that version, or set UCAP_PG_BIN to its programs. \
                 To change to another version, run `ucap export` with the old one, and `ucap migrate` and `ucap import` with the new one in a new data directory (UCAP_DATA_DIR)"
            }
            Self::NoAccount => "Create the user `postgres`, or run the service as an ordinary user",
            Self::Unreachable { .. } => {
                "Open that folder (`chmod o+x`), move the data (UCAP_DATA_DIR), the programs (UCAP_PG_BIN) or the cache (UCAP_CACHE_DIR) out of it, \
                 or run the service as an ordinary user"
            }
            Self::WrongOwner { .. } => {
                "Run the service as the owner, or change the owner with `chown -R`, \
                 or choose another data directory (UCAP_DATA_DIR)"
            }
            Self::Folder { .. } => {
                "Correct the cause, or choose another data directory (UCAP_DATA_DIR)"
            }
            Self::Spawn { .. } => {
                "Repair the installation of PostgreSQL, or set UCAP_PG_BIN to another one"
            }
            Self::Initdb { .. } => "Correct the problem that it names and start the service again",
            Self::Server { .. } => {
                "Correct the problem that the log names and start the service again"
            }
            Self::InUse { .. } => {
                "End that process, or choose another data directory (UCAP_DATA_DIR)"
            }
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Folder { source, .. } | Self::Spawn { source, .. } => Some(source),
            _ => None,
        }
    }
}
