//! Provides PostgreSQL's programs where the machine has none.
//!
//! The one rule: only a file with a pinned checksum is unpacked, and only what runs on this machine gets into the cache,
//! whole, under a lock. The user's own package clients fetch it; this program knows no address. Start at
//! [`find_or_fetch`].

mod addresses;
mod archive;
mod cache;
mod clients;
mod debian;
mod environment;
mod fetcher;
mod packages;
mod progress;
mod registry;
mod scratch;
#[cfg(test)]
mod tests;

use std::{fs, path::Path, path::PathBuf};

use self::{environment::Environment, fetcher::Fetcher, packages::MAJOR};
use super::{
    Settings, StartError,
    account::Account,
    binaries::{self, Programs},
    layout::Layout,
};

pub use self::cache::default_cache_dir;

/// The folder with the programs that the private server of these settings runs on; they are fetched if there are none.
///
/// # Errors
/// Every [`StartError`] is one message for the operator that names the remedy.
pub fn programs(settings: &Settings) -> Result<PathBuf, StartError> {
    let cluster = settings.data_dir.join("postgres");
    let account = Account::for_server(&cluster)?;
    let written_by = match fs::exists(&settings.data_dir) {
        Ok(true) => Layout::prepare(&settings.data_dir)?.cluster_version()?,
        _ => None,
    };
    let found = find_or_fetch(settings, written_by, &account, &cluster)?;
    let folder = found.postgres.parent();
    Ok(folder.map_or_else(PathBuf::new, Path::to_path_buf))
}

/// The programs that suit the cluster which `written_by` wrote: found on this machine, else fetched.
pub(super) fn find_or_fetch(
    settings: &Settings,
    written_by: Option<u32>,
    account: &Account,
    cluster: &Path,
) -> Result<Programs, StartError> {
    let find = || binaries::find(settings, written_by, account, cluster);
    let lack = match find() {
        Err(lack) if may_fetch(settings, written_by, &lack) => lack,
        found => return found,
    };
    let cache = &settings.cache_dir;
    let failed = |error| format!("{} cannot be used: {error}", cache.display());
    let prepared = cache::prepare(cache).map_err(failed);
    if prepared.is_ok() {
        account.check_access(cache)?;
    }
    let fetched = prepared
        .and_then(|()| cache::lock(cache).map_err(failed))
        .and_then(|_lock| match find() {
            // Another process has fetched it meanwhile.
            Ok(programs) => Ok(programs),
            Err(_) => {
                Fetcher::new(cache, account, Environment::of_process()).fetch()?;
                find().map_err(|error| error.to_string())
            }
        });
    fetched.map_err(|reason| {
        let lack = Box::new(lack);
        StartError::NotFetched { lack, reason }
    })
}

/// Whether fetching may be of help: programs are missing, and the cluster takes those that would come.
pub(super) fn may_fetch(settings: &Settings, written_by: Option<u32>, lack: &StartError) -> bool {
    let missing = matches!(
        lack,
        StartError::NoBinaries | StartError::TooOld { .. } | StartError::VersionMismatch { .. }
    );
    let fits = written_by.is_none_or(|written_by| written_by == MAJOR);
    settings.download && settings.binaries.is_none() && missing && fits
}
