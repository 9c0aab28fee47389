//! What `ucap import` and `ucap check` read: files, the files of directories, and standard input.
//!
//! One rule: an argument that stands for no file is an error, before anything is stored. Start with [`sources`].

use super::failure::{Failure, failed};
use crate::config::ImportFormat;
use std::fmt::{Display, Formatter, Result as FmtResult};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Something to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

impl Display for Source {
    fn fmt(&self, f: &mut Formatter<'_>) -> FmtResult {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Stdin => f.write_str("standard input"),
        }
    }
}

impl Source {
    /// The name of the file without its extension.
    pub(super) fn stem(&self) -> Option<&str> {
        match self {
            Self::File(path) => path.file_stem()?.to_str(),
            Self::Stdin => None,
        }
    }

    /// Opens it; also returns its length in bytes, if that is known.
    pub(super) fn open(&self) -> io::Result<(Box<dyn Read + Send>, Option<u64>)> {
        match self {
            Self::File(path) => {
                let file = File::open(path)?;
                let meta = file.metadata()?;
                let length = meta.is_file().then_some(meta.len());
                Ok((Box::new(file), length))
            }
            Self::Stdin => Ok((Box::new(io::stdin()), None)),
        }
    }

    /// All bytes of it.
    pub(super) fn read(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open()?.0.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// What the arguments of a command stand for, in their order; the files of a directory are sorted by name.
pub(super) fn sources(arguments: &[PathBuf], format: ImportFormat) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    for argument in arguments {
        if argument.as_os_str() == "-" {
            if sources.contains(&Source::Stdin) {
                return Err(Failure::Setting(
                    "standard input (-) can be read only once".into(),
                ));
            }
            sources.push(Source::Stdin);
        } else if argument.is_dir() {
            sources.extend(files_of(argument, format)?.into_iter().map(Source::File));
        } else if is_pattern(argument) && !argument.exists() {
            return Err(failed(format!("{} matches no file", argument.display())));
        } else {
            sources.push(Source::File(argument.clone()));
        }
    }
    Ok(sources)
}

/// True for a pattern that the shell would have replaced by the files that match it.
fn is_pattern(argument: &Path) -> bool {
    argument.to_string_lossy().contains(['*', '?', '['])
}

fn files_of(dir: &Path, format: ImportFormat) -> Result<Vec<PathBuf>, Failure> {
    let about_dir = |error: io::Error| failed(format!("{}: {error}", dir.display()));
    let entries = fs::read_dir(dir).map_err(about_dir)?;
    let paths: io::Result<Vec<PathBuf>> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect();
    let paths = paths.map_err(about_dir)?;
    let with = |format: ImportFormat| {
        let mut files = paths.clone();
        files.retain(|path| {
            let hidden = path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with('.'));
            let fits = path
                .extension()
                .is_some_and(|extension| extension == format.extension());
            fits && !hidden && path.is_file()
        });
        files.sort();
        files
    };
    let files = with(format);
    if !files.is_empty() {
        return Ok(files);
    }
    let other = match format {
        ImportFormat::Json => ImportFormat::Ndjson,
        ImportFormat::Ndjson => ImportFormat::Json,
    };
    let hint = if with(other).is_empty() {
        String::new()
    } else {
        format!("; for its files *.{0}, use --format {0}", other.extension())
    };
    Err(failed(format!(
        "the directory {} contains no file *.{}{hint}",
        dir.display(),
        format.extension()
    )))
}
