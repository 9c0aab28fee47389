//! What a command says while it works: lines that a progress bar does not run into.

use indicatif::ProgressBar;
use std::io::Write;
use std::path::Path;

/// A line on standard output; whoever has closed it has seen enough.
pub(super) fn print(progress: &ProgressBar, line: &str) {
    progress.suspend(|| drop(writeln!(std::io::stdout(), "{line}")));
}

/// A line on standard error about a file.
pub(super) fn complain(progress: &ProgressBar, file: &Path, message: &str) {
    progress.suspend(|| eprintln!("{}: {message}", file.display()));
}
