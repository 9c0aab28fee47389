//! The folders in which installations of PostgreSQL keep their programs.
//!
//! One rule: a location only lists folders, the newest version first; `binaries` decides which of them can be used. Start with
//! [`LOCATIONS`].

use std::{
    env, fs,
    os::unix::fs::MetadataExt,
    path::{self, Path, PathBuf},
    process::{Command, Stdio},
};

use nix::unistd::geteuid;

/// The locations in the order in which they are searched. A location is evaluated only if those before it had nothing usable.
pub(super) const LOCATIONS: [fn() -> Vec<PathBuf>; 4] =
    [search_path, pg_config, linux_packages, macos_packages];

fn search_path() -> Vec<PathBuf> {
    env::var_os("PATH").map_or_else(Vec::new, |path| {
        env::split_paths(&path)
            .filter(|dir| dir.is_absolute())
            .collect()
    })
}

/// The folder that an installation reports; Debian, for example, keeps the programs of the server out of `PATH`.
fn pg_config() -> Vec<PathBuf> {
    let output = Command::new("pg_config")
        .arg("--bindir")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let text = output
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .unwrap_or_default();
    if text.is_empty() {
        Vec::new()
    } else {
        vec![PathBuf::from(text)]
    }
}

/// Debian and Ubuntu, then the packages of the PostgreSQL project for Red Hat and its derivatives.
fn linux_packages() -> Vec<PathBuf> {
    [
        versions("/usr/lib/postgresql", ""),
        versions("/usr", "pgsql-"),
    ]
    .concat()
}

/// Homebrew on both processor architectures and on Linux, then Postgres.app.
fn macos_packages() -> Vec<PathBuf> {
    let homebrew = [
        "/opt/homebrew/opt",
        "/usr/local/opt",
        "/home/linuxbrew/.linuxbrew/opt",
    ];
    let mut folders: Vec<_> = homebrew
        .iter()
        .flat_map(|parent| versions(parent, "postgresql@"))
        .collect();
    folders.extend(
        homebrew
            .iter()
            .map(|parent| PathBuf::from(parent).join("postgresql/bin")),
    );
    folders.extend(versions("/Applications/Postgres.app/Contents/Versions", ""));
    folders
}

/// Downloaded programs: those in the cache, then those in the folder `.postgres` of the working directory. That folder is searched
/// only if it belongs to the user and nobody else can write to it, so that programs of other users are never run.
pub(super) fn downloaded(cache: &Path) -> Vec<PathBuf> {
    let mut folders = versions(cache, "postgresql-");
    let of_checkout = path::absolute(".postgres").unwrap_or_default();
    let own = fs::symlink_metadata(&of_checkout).is_ok_and(|meta| {
        let closed = meta.mode() & 0o022 == 0;
        meta.is_dir() && closed && meta.uid() == geteuid().as_raw()
    });
    if own {
        folders.extend(versions(of_checkout, "postgresql-"));
    }
    folders
}

/// The folders `<parent>/<prefix><version>/bin`, newest first.
fn versions(parent: impl AsRef<Path>, prefix: &str) -> Vec<PathBuf> {
    let parent = parent.as_ref();
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let names = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    newest_first(names, prefix)
        .into_iter()
        .map(|name| parent.join(name).join("bin"))
        .collect()
}

/// The names that consist of the prefix and a version, the highest version first.
fn newest_first(names: Vec<String>, prefix: &str) -> Vec<String> {
    let version = |name: &str| -> Option<Vec<u32>> {
        name.strip_prefix(prefix)?
            .split('.')
            .map(|number| number.parse().ok())
            .collect()
    };
    let mut named: Vec<_> = names
        .into_iter()
        .filter_map(|name| Some((version(&name)?, name)))
        .collect();
    named.sort();
    named.into_iter().rev().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_versions_come_first_and_by_number() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            newest_first(names(&["9.6", "15", "9.10", "latest", "18"]), ""),
            names(&["18", "15", "9.10", "9.6"])
        );
        assert_eq!(
            newest_first(names(&["pgsql-14", "bin", "pgsql-16"]), "pgsql-"),
            names(&["pgsql-16", "pgsql-14"])
        );
    }
}
