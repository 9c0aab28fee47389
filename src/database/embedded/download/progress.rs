//! What an operator sees while PostgreSQL is downloaded: lines on standard error, and a progress bar if that is a terminal.
//!
//! One rule: progress is the size of the folder that a client writes to, so that the bar is the same for every client. Start with
//! [`say`].

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use indicatif::{ProgressBar, ProgressStyle};

/// Prints a line. Unit tests use `eprintln!`, because the test runner captures nothing else.
pub(super) fn say(line: &str) {
    if cfg!(test) {
        eprintln!("{line}");
    } else {
        // The download works even if nobody can read this.
        let _ = writeln!(io::stderr(), "{line}");
    }
}

/// A progress bar that shows the growth of a folder.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    folder: PathBuf,
    /// The size of the folder at the beginning.
    before: u64,
    total: u64,
}

impl Progress {
    /// Shows how many of `total` bytes were written to the folder.
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

    /// Updates the bar.
    pub(super) fn update(&self) {
        let written = size_of(&self.folder).saturating_sub(self.before);
        self.bar.set_position(written.min(self.total));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// The size of all files below a folder, in bytes.
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

/// A number of bytes in megabytes.
pub(super) fn megabytes(bytes: u64) -> String {
    let tenths = (bytes + 50_000) / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_shown_in_megabytes_with_one_decimal() {
        assert_eq!(megabytes(13_567_986), "13.6 MB");
        assert_eq!(megabytes(49_999), "0.0 MB");
    }

    #[test]
    fn the_size_of_a_folder_is_that_of_all_files_below_it() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("a/b");
        fs::create_dir_all(&below).unwrap();
        fs::write(below.join("c"), [0; 700]).unwrap();
        fs::write(folder.path().join("d"), [0; 30]).unwrap();
        assert_eq!(size_of(folder.path()), 730);
        assert_eq!(size_of(Path::new("/nowhere")), 0);
    }
}
