//! What a command writes: its result on standard output, notes and errors on standard error, and progress bars between them.
//!
//! One rule: writing never panics and never stops work that is under way. A reader that closes the pipe wants no more, and
//! that is no failure; any other error is reported at the end, by [`Output::finish`]. Start with [`Output`].

use super::failure::{Failure, failed};
use crate::config::OutputSettings;
use indicatif::ProgressBar;
use serde::Serialize;
use std::cell::RefCell;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

/// The output of one command.
pub(super) struct Output {
    settings: OutputSettings,
    bar: RefCell<ProgressBar>,
    /// Why standard output cannot be written to any more.
    broken: RefCell<Option<io::Error>>,
}

impl Output {
    /// The output of a command with these settings.
    pub(super) fn new(settings: OutputSettings) -> Self {
        Self {
            settings,
            bar: RefCell::new(ProgressBar::hidden()),
            broken: RefCell::new(None),
        }
    }

    /// True if the result is to be one JSON document.
    pub(super) fn is_json(&self) -> bool {
        self.settings.json
    }

    /// True if a progress bar would be seen.
    pub(super) fn shows_progress(&self) -> bool {
        !self.settings.quiet && io::stderr().is_terminal()
    }

    /// Shows a progress bar, if it would be seen, in the place of the one before.
    pub(super) fn show(&self, bar: impl FnOnce() -> ProgressBar) -> ProgressBar {
        let bar = if self.shows_progress() {
            bar()
        } else {
            ProgressBar::hidden()
        };
        self.bar.replace(bar.clone()).finish_and_clear();
        bar
    }

    /// Writes a line about the work, for people.
    pub(super) fn line(&self, line: impl Display) {
        if !self.settings.quiet && !self.settings.json {
            self.write(&line);
        }
    }

    /// Writes what was asked for, for people.
    pub(super) fn result(&self, text: impl Display) {
        if !self.settings.json {
            self.write(&text);
        }
    }

    /// Writes the result as JSON, if that was asked for.
    pub(super) fn json(&self, result: &impl Serialize) -> Result<(), Failure> {
        if self.settings.json {
            self.write(&serde_json::to_string_pretty(result).map_err(failed)?);
        }
        Ok(())
    }

    /// Writes a note on standard error.
    pub(super) fn note(&self, note: impl Display) {
        if !self.settings.quiet {
            self.error(note);
        }
    }

    /// Writes a line about an error on standard error.
    pub(super) fn error(&self, message: impl Display) {
        self.bar.borrow().suspend(|| report(&message));
    }

    fn write(&self, text: &dyn Display) {
        if self.broken.borrow().is_some() {
            return;
        }
        let written = self.bar.borrow().suspend(|| write_line(text));
        self.broken.replace(written.err());
    }

    /// Removes the progress bar; fails if the result could not be written.
    pub(super) fn finish(self) -> Result<(), Failure> {
        self.bar.borrow().finish_and_clear();
        match self.broken.into_inner() {
            Some(error) => unwritten(&error),
            None => Ok(()),
        }
    }
}

/// Writes a line to standard output.
pub(super) fn print(text: impl Display) -> Result<(), Failure> {
    write_line(&text).or_else(|error| unwritten(&error))
}

fn write_line(text: &dyn Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// What it means that standard output cannot be written to: nothing if its reader has closed it.
pub(super) fn unwritten(error: &io::Error) -> Result<(), Failure> {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Ok(());
    }
    Err(failed(format!("cannot write to standard output: {error}")))
}

/// Writes a line to standard error; there is no place to report that this failed.
pub(super) fn report(message: impl Display) {
    let _ = writeln!(io::stderr(), "{message}");
}
