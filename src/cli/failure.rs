//! Why a command ended early, and the exit code that says so.

use std::fmt::Display;

/// Why a command ended early.
#[derive(Debug)]
pub(super) enum Failure {
    /// A setting is wrong: exit code 2.
    Setting(String),
    /// The work of the command failed: exit code 1.
    Work(String),
    /// A signal with this number ended the work: exit code 128 and that number.
    Interrupted(u8, String),
}

impl Failure {
    /// What happened, and the exit code.
    pub(super) fn parts(self) -> (String, u8) {
        match self {
            Self::Setting(message) => (message, 2),
            Self::Work(message) => (message, 1),
            Self::Interrupted(signal, message) => (message, 128_u8.saturating_add(signal)),
        }
    }
}

/// A failure of the command's work, for that reason.
pub(super) fn failed(error: impl Display) -> Failure {
    Failure::Work(error.to_string())
}
