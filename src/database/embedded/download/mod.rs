//! Downloads PostgreSQL's programs if the machine has none.
//!
//! One rule: only a file with a pinned checksum is unpacked, and only programs that run on this machine get into the cache, complete
//! and under a lock. The package clients of the user download the file; this program contains no address. Start with
//! [`find_or_download`].

mod addresses;
mod archive;
mod cache;
mod clients;
mod debian;
mod downloader;
mod environment;
mod packages;
mod progress;
mod registry;
mod scratch;
#[cfg(test)]
mod tests;

use std::{fs, path::Path, path::PathBuf};

use self::{downloader::Downloader, environment::Environment, packages::MAJOR};
use super::{
    Settings, StartError,
    account::Account,
    binaries::{self, Programs},
    layout::Layout,
};

pub use self::cache::default_cache_dir;

/// The folder with the programs for the private server of these settings; they are downloaded if there are none.
///
/// # Errors
/// Every [`StartError`] is a message for the operator that names the remedy.
pub fn programs(settings: &Settings) -> Result<PathBuf, StartError> {
    let cluster = settings.data_dir.join("postgres");
    let account = Account::for_server(&cluster)?;
    let written_by = match fs::exists(&settings.data_dir) {
        Ok(true) => Layout::prepare(&settings.data_dir)?.cluster_version()?,
        _ => None,
    };
    let found = find_or_download(settings, written_by, &account, &cluster)?;
    let folder = found.postgres.parent();
    Ok(folder.map_or_else(PathBuf::new, Path::to_path_buf))
}

/// The programs that can run a cluster written by the major version `written_by`: found on this machine, or else downloaded.
pub(super) fn find_or_download(
    settings: &Settings,
    written_by: Option<u32>,
    account: &Account,
    cluster: &Path,
) -> Result<Programs, StartError> {
    let find = || binaries::find(settings, written_by, account, cluster);
    let reason = match find() {
        Err(reason) if may_download(settings, written_by, &reason) => reason,
        found => return found,
    };
    let cache = &settings.cache_dir;
    let failed = |error| format!("{} cannot be used: {error}", cache.display());
    let prepared = cache::prepare(cache).map_err(failed);
    if prepared.is_ok() {
        account.check_access(cache)?;
    }
    let downloaded = prepared
        .and_then(|()| cache::lock(cache).map_err(failed))
        .and_then(|_lock| match find() {
            // Another process downloaded them in the meantime.
            Ok(programs) => Ok(programs),
            Err(_) => {
                Downloader::new(cache, account, Environment::of_process()).download()?;
                find().map_err(|error| error.to_string())
            }
        });
    downloaded.map_err(|failure| StartError::NotDownloaded {
        missing: Box::new(reason),
        reason: failure,
    })
}

/// Whether a download is allowed and would help: there are no usable programs, and those of the package can run the cluster.
pub(super) fn may_download(
    settings: &Settings,
    written_by: Option<u32>,
    reason: &StartError,
) -> bool {
    let missing = matches!(
        reason,
        StartError::NoBinaries | StartError::TooOld { .. } | StartError::VersionMismatch { .. }
    );
    let fits = written_by.is_none_or(|written_by| written_by == MAJOR);
    settings.download && settings.binaries.is_none() && missing && fits
}
