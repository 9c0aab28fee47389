//! What a person sees while PostgreSQL is fetched: lines on standard error, and a bar where that is a terminal.
//!
//! The one rule: progress is measured on the disk, in the folder that a client writes into, so that every client shows
//! the same bar. Start at [`say`].

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use indicatif::{ProgressBar, ProgressStyle};

/// A line for the person. Tests that start a server show it as well: the test runner keeps only `eprintln!` to itself.
pub(super) fn say(line: &str) {
    if cfg!(test) {
        eprintln!("{line}");
    } else {
        // A closed standard error is no reason not to go on.
        let _ = writeln!(io::stderr(), "{line}");
    }
}

/// A bar that grows with a folder.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    folder: PathBuf,
    /// The folder's size at first.
    before: u64,
    total: u64,
}

impl Progress {
    /// Shows how much of `total` bytes has come into the folder.
    pub(super) fn of(folder: &Path, total: u64) -> Self {
        let bar = ProgressBar::new(total);
        let style = "{bar:16} {decimal_bytes} of {decimal_total_bytes}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        Self {
            bar,
            folder: folder.to_path_buf(),
            before: size_of(folder),
            total,
        }
    }

    /// Looks again.
    pub(super) fn look(&self) {
        let come = size_of(&self.folder).saturating_sub(self.before);
        self.bar.set_position(come.min(self.total));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Bytes in all files below a folder.
pub(super) fn size_of(folder: &Path) -> u64 {
    let mut sum = 0;
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(meta) if meta.is_dir() => open.push(entry.path()),
                Ok(meta) => sum += meta.len(),
                Err(_) => {}
            }
        }
    }
    sum
}

/// Bytes as people say them.
pub(super) fn megabytes(bytes: u64) -> String {
    let tenths = (bytes + 50_000) / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_in_megabytes_with_one_decimal() {
        assert_eq!(megabytes(13_567_986), "13.6 MB");
        assert_eq!(megabytes(49_999), "0.0 MB");
    }

    #[test]
    fn a_folder_is_as_large_as_all_files_below_it() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("a/b");
        fs::create_dir_all(&below).unwrap();
        fs::write(below.join("c"), [0; 700]).unwrap();
        fs::write(folder.path().join("d"), [0; 30]).unwrap();
        assert_eq!(size_of(folder.path()), 730);
        assert_eq!(size_of(Path::new("/nowhere")), 0);
    }
}
