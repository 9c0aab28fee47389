//! Why a private cluster does not start: one message for the operator each.
//!
//! The one rule: no failure without a remedy, so every variant has an arm in `cause` and one in
//! `remedy`. Start at [`StartError`].

use std::{
    error::Error,
    fmt::{Display, Formatter, Result as FmtResult},
    io,
    path::PathBuf,
};

/// Why a private cluster did not start. `Display` gives the message for the operator, with the
/// remedy.
#[derive(Debug)]
pub enum StartError {
    /// Neither `initdb` nor `postgres` was found in any of the usual places.
    NoBinaries,
    /// There are no programs that could be used, and they could not be fetched either.
    NotFetched {
        /// What is lacking.
        lack: Box<StartError>,
        /// Why each way to fetch them failed.
        reason: String,
    },
    /// The folder named by `UCAP_PG_BIN` does not hold usable programs.
    BadBinaries {
        /// The folder as it was given.
        folder: PathBuf,
        /// What is wrong with it.
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
        /// The folder that is closed to the user.
        folder: PathBuf,
        /// What lies below it.
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
        /// What was tried.
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
        /// How it ended and what it said.
        output: String,
    },
    /// The server ended while it was starting, or did not accept connections in time.
    Server {
        /// Which of the two, as the end of a sentence about PostgreSQL.
        event: &'static str,
        /// The server's log file.
        log: PathBuf,
        /// The log's last lines.
        tail: String,
    },
    /// Another process holds the data directory, and its server does not accept connections.
    Held {
        /// The data directory.
        data_dir: PathBuf,
    },
}

impl Display for StartError {
    fn fmt(&self, f: &mut Formatter<'_>) -> FmtResult {
        let cause = self.cause();
        // What PostgreSQL says stands on lines of its own.
        let end = if cause.ends_with('\n') { "" } else { ". " };
        write!(f, "{cause}{end}{}.", self.remedy())
    }
}

impl StartError {
    pub(super) fn cause(&self) -> String {
        match self {
            Self::NotFetched { lack, reason } => {
                format!(
                    "{}, and PostgreSQL could not be fetched ({reason})",
                    (**lack).cause()
                )
            }
            Self::NoBinaries => "No PostgreSQL found on this machine".into(),
            Self::BadBinaries { folder, reason } => {
                format!("UCAP_PG_BIN is {folder:?}, but {reason}")
            }
            Self::TooOld { found } => format!("PostgreSQL 14 or newer is needed, found {found}"),
            Self::VersionMismatch { data, wrote, found } => format!(
                "The database in {data:?} was written by PostgreSQL {wrote}, \
                 but {found} was found"
            ),
            Self::NoAccount => {
                "PostgreSQL cannot run as root, and there is no user `postgres` or `nobody`".into()
            }
            Self::Unreachable { folder, path, user } => format!(
                "The service runs as root and PostgreSQL as the user `{user}`, \
                 who cannot enter {folder:?} on the way to {path:?}"
            ),
            Self::WrongOwner { path, owner, user } => {
                format!("{path:?} belongs to `{owner}`, but PostgreSQL is to run as `{user}`")
            }
            Self::Folder { verb, path, source } => format!("Cannot {verb} {path:?}: {source}"),
            Self::Spawn { program, source } => format!("Cannot run {program:?}: {source}"),
            Self::Initdb { output } => format!("initdb failed with {output}\n"),
            Self::Server { event, log, tail } => {
                format!("PostgreSQL {event}. Last lines of its log {log:?}:\n{tail}\n")
            }
            Self::Held { data_dir } => {
                format!("Another process uses {data_dir:?}, and its database does not answer")
            }
        }
    }

    fn remedy(&self) -> &'static str {
        match self {
            Self::NoBinaries | Self::TooOld { .. } => {
                "Do one of these: install PostgreSQL (package `postgresql`); let this program fetch it (without --no-download); \
                 set UCAP_PG_BIN to the folder that holds `initdb` and `postgres`; set DATABASE_URL to a running server"
            }
            Self::NotFetched { .. } => {
                "Install PostgreSQL (package `postgresql`), or set DATABASE_URL to a running server"
            }
            Self::BadBinaries { .. } => {
                "Set it to the folder that holds `initdb` and `postgres`, or unset it"
            }
            Self::VersionMismatch { .. } => {
                "Install the version that wrote it, or set UCAP_PG_BIN to the programs of that version. \
                 To change versions, export with the old one and import into a new data directory (UCAP_DATA_DIR)"
            }
            Self::NoAccount => "Create the user `postgres`, or run the service as an ordinary user",
            Self::Unreachable { .. } => {
                "Open that folder (`chmod o+x`), move the data (UCAP_DATA_DIR), the programs (UCAP_PG_BIN) or the cache (UCAP_CACHE_DIR) out of it, \
                 or run the service as an ordinary user"
            }
            Self::WrongOwner { .. } => {
                "Run the service as the owner, or hand the folder over with `chown -R`, \
                 or choose another data directory (UCAP_DATA_DIR)"
            }
            Self::Folder { .. } => "Correct that, or choose another data directory (UCAP_DATA_DIR)",
            Self::Spawn { .. } => {
                "Repair the installation of PostgreSQL, or set UCAP_PG_BIN to another one"
            }
            Self::Initdb { .. } => "Correct what it names and start again",
            Self::Server { .. } => "Correct what the log names and start again",
            Self::Held { .. } => {
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
