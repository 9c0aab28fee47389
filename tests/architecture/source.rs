//! The files of the source, as text.

use std::fs;
use std::path::{Path, PathBuf};

/// A file of Rust code.
pub struct Source {
    pub path: PathBuf,
    pub text: String,
}

impl Source {
    /// The path below the root of the repository.
    pub fn name(&self) -> String {
        let below = self.path.strip_prefix(root()).unwrap();
        below.display().to_string()
    }

    /// The code without its tests.
    pub fn code(&self) -> &str {
        self.text.split("#[cfg(test)]").next().unwrap()
    }
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files of Rust code below a folder, sorted by path.
pub fn sources(below: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut open = vec![root().join(below)];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).unwrap();
            open.extend(entries.map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push(Source { path, text });
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}
