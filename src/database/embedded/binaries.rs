//! Finds the programs of PostgreSQL on this machine.
//!
//! One rule: a folder is used only if its `postgres` reports its version to the user that will run it. The locations are searched
//! one by one and the first usable one ends the search, so that a usual start runs one program. Start with [`find`].

use std::{
    fs, io, iter,
    path::{Path, PathBuf},
};

use super::{
    Settings, StartError,
    account::Account,
    locations::{self, LOCATIONS},
};

/// The oldest supported major version.
const OLDEST: u32 = 14;

/// The two programs that a private cluster needs.
#[derive(Debug)]
pub(super) struct Programs {
    /// Creates a cluster.
    pub(super) initdb: PathBuf,
    /// The server.
    pub(super) postgres: PathBuf,
    /// Their major version.
    pub(super) major: u32,
}

/// The programs that the settings name, or else the first ones in the usual locations or among the downloaded ones that can run
/// a cluster written by the major version `written_by`.
pub(super) fn find(
    settings: &Settings,
    written_by: Option<u32>,
    account: &Account,
    cluster: &Path,
) -> Result<Programs, StartError> {
    let mut majors = Vec::new();
    let mut refused = None;
    let mut seen = Vec::new();
    let configured = settings.binaries.as_deref();
    let downloaded = || locations::downloaded(&settings.cache_dir);
    let usual = LOCATIONS
        .iter()
        .flat_map(|location| location())
        .chain(iter::once_with(downloaded).flatten())
        .take_while(|_| configured.is_none());
    for folder in configured.map(PathBuf::from).into_iter().chain(usual) {
        if seen.contains(&folder) {
            continue;
        }
        match inspect(&folder, account) {
            Ok(programs) if is_usable(programs.major, written_by) => return Ok(programs),
            Ok(programs) => majors.push(programs.major),
            Err(error) => refused = refused.or(Some(error)),
        }
        seen.push(folder);
    }
    Err(match (configured, refused) {
        (Some(_), Some(error)) => error,
        (None, Some(error @ StartError::Unreachable { .. })) if majors.is_empty() => error,
        _ => explain(majors, written_by, cluster),
    })
}

/// True if a major version can run the cluster: the one that wrote it, or any supported version for a new cluster.
fn is_usable(major: u32, written_by: Option<u32>) -> bool {
    major >= OLDEST && written_by.is_none_or(|written_by| written_by == major)
}

/// The error that says why none of the versions found can be used.
fn explain(mut majors: Vec<u32>, written_by: Option<u32>, cluster: &Path) -> StartError {
    majors.sort_unstable_by(|a, b| b.cmp(a));
    majors.dedup();
    match (majors.first(), written_by) {
        (newest, Some(wrote)) if wrote >= OLDEST => {
            let list: Vec<_> = majors.iter().map(u32::to_string).collect();
            let found = match newest {
                Some(_) => format!("only PostgreSQL {}", list.join(", ")),
                None => "no PostgreSQL".to_owned(),
            };
            let data = cluster.to_path_buf();
            StartError::VersionMismatch { data, wrote, found }
        }
        (None, _) => StartError::NoBinaries,
        (Some(&found), _) => StartError::TooOld { found },
    }
}

/// Both programs of a folder. Links are resolved first: a folder of `PATH` may contain only a link to `postgres`, and `initdb` looks
/// for `postgres` in its own folder.
pub(super) fn inspect(folder: &Path, account: &Account) -> Result<Programs, StartError> {
    let bad = |reason: String| StartError::BadBinaries {
        folder: folder.to_path_buf(),
        reason,
    };
    let missing = |name: &str| bad(format!("it does not contain the program `{name}`"));
    let postgres = fs::canonicalize(folder.join("postgres")).map_err(|_| missing("postgres"))?;
    let initdb = postgres.with_file_name("initdb");
    if !initdb.is_file() {
        return Err(missing("initdb"));
    }
    let output = account
        .command(&postgres)
        .arg("--version")
        .output()
        .map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied => account.unreachable(&postgres),
            _ => bad(format!("its `postgres` cannot be run: {error}")),
        })?;
    let major = major_version(&String::from_utf8_lossy(&output.stdout)).ok_or_else(|| {
        let errors = String::from_utf8_lossy(&output.stderr);
        bad(format!(
            "its `postgres` does not report a version ({}) {}",
            output.status,
            errors.trim()
        ))
    })?;
    Ok(Programs {
        initdb,
        postgres,
        major,
    })
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` → 15. Since version 10 the major version
/// is the first number.
fn major_version(text: &str) -> Option<u32> {
    let word = text
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    word.split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_every_vendor_prints() {
        assert_eq!(
            major_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(major_version("postgres (PostgreSQL) 18.4"), Some(18));
        assert_eq!(major_version("postgres (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(major_version("postgres (PostgreSQL) 9.6.24"), Some(9));
        assert_eq!(major_version("not the server"), None);
    }

    #[test]
    fn a_cluster_is_run_only_by_the_version_that_wrote_it() {
        assert!(is_usable(14, None) && !is_usable(13, None));
        assert!(is_usable(15, Some(15)) && !is_usable(18, Some(15)) && !is_usable(13, Some(13)));
    }

    #[test]
    fn an_error_names_the_versions_found_and_the_version_needed() {
        let message = |majors: &[u32], written_by| {
            explain(majors.to_vec(), written_by, Path::new("/d")).to_string()
        };
        assert!(message(&[], None).contains("UCAP_PG_BIN"));
        assert!(message(&[12, 13], None).contains("found is 13"));
        assert!(
            message(&[15, 16, 15], Some(18))
                .contains("PostgreSQL 18, but only PostgreSQL 16, 15 was")
        );
        assert!(message(&[], Some(15)).contains("PostgreSQL 15, but no PostgreSQL was found"));
    }
}
