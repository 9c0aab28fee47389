//! Why a command ended early, and the exit code that says so.

use std::fmt::Display;

/// Why a command ended early.
#[derive(Debug)]
pub(super) enum Failure {
    /// A setting is wrong.
    Setting(String),
    /// The work failed.
    Work(String),
}

/// The failure of work for that reason.
pub(super) fn failed(error: impl Display) -> Failure {
    Failure::Work(error.to_string())
}
