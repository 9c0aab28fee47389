//! Why a command ended early, and the exit code that says so.

use std::fmt::Display;

/// Why a command ended early.
#[derive(Debug)]
pub(super) enum Failure {
    /// A setting is wrong: exit code 2.
    Setting(String),
    /// The work of the command failed: exit code 1.
    Work(String),
}

/// A failure of the command's work, for that reason.
pub(super) fn failed(error: impl Display) -> Failure {
    Failure::Work(error.to_string())
}
