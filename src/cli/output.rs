//! The output of a command while it works: lines that do not mix with a progress bar.

use indicatif::ProgressBar;
use std::io::Write;
use std::path::Path;

/// Prints a line on standard output; does nothing if the reader has closed it.
pub(super) fn print(progress: &ProgressBar, line: &str) {
    progress.suspend(|| drop(writeln!(std::io::stdout(), "{line}")));
}

/// Prints a line about a file on standard error.
pub(super) fn print_error(progress: &ProgressBar, file: &Path, message: &str) {
    progress.suspend(|| eprintln!("{}: {message}", file.display()));
}
