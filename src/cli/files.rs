//! Files that appear only when they are complete.
//!
//! One rule: a file that is not finished has another name, is removed however the command ends, and never replaces the one
//! that was there. Start with [`NewFile::create`].

use super::interrupt::Interrupt;
use std::fs::Permissions;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tempfile::NamedTempFile;

/// A file that is being written.
pub(super) struct NewFile<'a> {
    out: BufWriter<NamedTempFile>,
    path: &'a Path,
    interrupt: &'a Interrupt,
}

impl<'a> NewFile<'a> {
    /// Begins to write the file at that path.
    pub(super) fn create(path: &'a Path, interrupt: &'a Interrupt) -> io::Result<Self> {
        let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty());
        // The mask of the user limits these permissions, as for any other file.
        let file = tempfile::Builder::new()
            .prefix(".")
            .suffix(".new")
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(dir.unwrap_or(Path::new(".")))?;
        interrupt.set_unfinished(Some(file.path()));
        Ok(Self {
            out: BufWriter::new(file),
            path,
            interrupt,
        })
    }

    /// Gives the file its name.
    pub(super) fn finish(self) -> io::Result<()> {
        let file = self
            .out
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        let kept = file.persist(self.path);
        self.interrupt.set_unfinished(None);
        kept.map(drop).map_err(|error| error.error)
    }
}

impl Write for NewFile<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
