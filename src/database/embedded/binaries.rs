//! Finds the programs of PostgreSQL on this machine.
//!
//! The one rule: a folder counts only if its `postgres` was asked for its version, as the user that
//! is to run it. The places are visited one by one and the first that suits ends the search, so a
//! usual start asks one program. Start at [`find`].

use std::{
    fs, io, iter,
    path::{Path, PathBuf},
};

use super::{
    Settings, StartError,
    account::Account,
    places::{self, PLACES},
};

/// The oldest major version that the service supports.
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

/// The programs that the settings name, or else the first in the usual places, or among those that were fetched, whose
/// version suits the cluster that `written_by` wrote.
pub(super) fn find(
    settings: &Settings,
    written_by: Option<u32>,
    account: &Account,
    cluster: &Path,
) -> Result<Programs, StartError> {
    let mut majors = Vec::new();
    let mut refused = None;
    let mut seen = Vec::new();
    let given = settings.binaries.as_deref();
    let fetched = || places::fetched(&settings.cache_dir);
    let usual = PLACES
        .iter()
        .flat_map(|place| place())
        .chain(iter::once_with(fetched).flatten())
        .take_while(|_| given.is_none());
    for folder in given.map(PathBuf::from).into_iter().chain(usual) {
        if seen.contains(&folder) {
            continue;
        }
        match inspect(&folder, account) {
            Ok(programs) if suits(programs.major, written_by) => return Ok(programs),
            Ok(programs) => majors.push(programs.major),
            Err(error) => refused = refused.or(Some(error)),
        }
        seen.push(folder);
    }
    Err(match (given, refused) {
        (Some(_), Some(error)) => error,
        (None, Some(error @ StartError::Unreachable { .. })) if majors.is_empty() => error,
        _ => explain(majors, written_by, cluster),
    })
}

/// A cluster can only be run by the major version that wrote it; a new one by every version that is
/// supported.
fn suits(major: u32, written_by: Option<u32>) -> bool {
    major >= OLDEST && written_by.is_none_or(|written_by| written_by == major)
}

/// Why none of the versions found suits.
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

/// Both programs of a folder. Links are followed first: `PATH` may hold only a link to `postgres`,
/// and `initdb` looks for `postgres` beside itself.
pub(super) fn inspect(folder: &Path, account: &Account) -> Result<Programs, StartError> {
    let bad = |reason: String| StartError::BadBinaries {
        folder: folder.to_path_buf(),
        reason,
    };
    let missing = |name: &str| bad(format!("there is no program `{name}` in it"));
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
        let said = String::from_utf8_lossy(&output.stderr);
        bad(format!(
            "its `postgres` tells no version ({}) {}",
            output.status,
            said.trim()
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
    fn a_cluster_takes_only_the_version_that_wrote_it() {
        assert!(suits(14, None) && !suits(13, None));
        assert!(suits(15, Some(15)) && !suits(18, Some(15)) && !suits(13, Some(13)));
    }

    #[test]
    fn a_refusal_names_what_is_there_and_what_is_needed() {
        let message = |majors: &[u32], written_by| {
            explain(majors.to_vec(), written_by, Path::new("/d")).to_string()
        };
        assert!(message(&[], None).contains("UCAP_PG_BIN"));
        assert!(message(&[12, 13], None).contains("found 13"));
        assert!(
            message(&[15, 16, 15], Some(18))
                .contains("PostgreSQL 18, but only PostgreSQL 16, 15 was")
        );
        assert!(message(&[], Some(15)).contains("PostgreSQL 15, but no PostgreSQL was found"));
    }
}
