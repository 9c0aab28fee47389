//! Installs Debian's package of PostgreSQL, for root on a machine that has neither pip nor npm.
//!
//! The one rule: what only downloads may be ended at any time; the installation, which must not be cut short, is left to
//! end by itself even when this process dies. Start at [`install`].

use std::{
    fs,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use nix::unistd::geteuid;

use super::{
    clients::reason,
    environment::Environment,
    progress::{Progress, megabytes, say},
    scratch::{Ended, Scratch},
};

/// How long each step may take.
const LIMIT: Duration = Duration::from_secs(900);

/// Whether this process may install packages with apt-get.
pub(super) fn applies(environment: &Environment) -> bool {
    let path = environment.get("PATH").unwrap_or_default();
    let has = |folder: &Path| folder.join("apt-get").is_file();
    let has_apt = std::env::split_paths(path).any(|folder| has(&folder));
    geteuid().is_root() && Path::new("/etc/debian_version").exists() && has_apt
}

/// Installs the package `postgresql`.
pub(super) fn install(environment: &Environment, scratch: &mut Scratch) -> Result<(), String> {
    say(
        "This machine has no PostgreSQL that suits; asking apt-get for Debian's package `postgresql`.",
    );
    let mut update = environment.command("apt-get");
    update.args(["update", "--quiet"]);
    ended_well(scratch, &mut update, &|| {})?;
    let size = size(environment, scratch)?;
    say(&format!(
        "Installing it: {} to download. Its own server, which this service does not use, comes with it.",
        megabytes(size)
    ));
    let downloads = Path::new("/var/cache/apt/archives");
    let progress = Progress::of(downloads, size);
    let mut download = apt_install(environment);
    download.arg("--download-only");
    ended_well(scratch, &mut download, &|| progress.look())?;
    drop(progress);
    install_to_the_end(environment, scratch.path())
}

fn apt_install(environment: &Environment) -> Command {
    let mut command = environment.command("apt-get");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["install", "--quiet", "--yes", "--no-install-recommends"])
        .args(["-o", "DPkg::Lock::Timeout=120", "postgresql"]);
    command
}

/// Bytes to download: the sum of what apt-get lists, one `'address' name size checksum` a line.
fn size(environment: &Environment, scratch: &mut Scratch) -> Result<u64, String> {
    let list = scratch.path().join("list");
    let file = fs::File::create(&list).map_err(|error| error.to_string())?;
    let mut command = apt_install(environment);
    command.arg("--print-uris").stdout(file);
    ended_well(scratch, &mut command, &|| {})?;
    let list = fs::read_to_string(list).map_err(|error| error.to_string())?;
    Ok(list.lines().filter_map(listed_size).sum())
}

fn listed_size(line: &str) -> Option<u64> {
    let line = line.strip_prefix('\'')?;
    line.split_whitespace().nth(2)?.parse().ok()
}

fn ended_well(scratch: &mut Scratch, command: &mut Command, look: &dyn Fn()) -> Result<(), String> {
    let Ended { status, said } = scratch
        .run(command, LIMIT, look)
        .map_err(|error| error.to_string())?;
    if status.success() {
        return Ok(());
    }
    Err(reason(&said))
}

/// Outside of the scratch folder's care, and not ended even if it takes too long.
fn install_to_the_end(environment: &Environment, folder: &Path) -> Result<(), String> {
    let log = folder.join("installed");
    let said = fs::File::create(&log).map_err(|error| error.to_string())?;
    let installing = apt_install(environment).stderr(said).spawn();
    let mut installing = installing.map_err(|error| error.to_string())?;
    let began = Instant::now();
    let status = loop {
        match installing.try_wait().map_err(|error| error.to_string())? {
            Some(status) => break status,
            None if began.elapsed() > LIMIT => {
                return Err("the installation takes long and goes on by itself".to_owned());
            }
            None => thread::sleep(Duration::from_millis(200)),
        }
    };
    if status.success() {
        return Ok(());
    }
    let said = fs::read_to_string(log).unwrap_or_default();
    Err(reason(&said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_the_third_word_of_a_line_that_names_an_address() {
        let line = "'http://mirror.example/p/postgresql_15_amd64.deb' postgresql_15_amd64.deb 17123456 SHA256:00ff";
        assert_eq!(listed_size(line), Some(17_123_456));
        assert_eq!(listed_size("Reading package lists..."), None);
    }
}
