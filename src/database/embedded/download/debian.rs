//! Installs Debian's package of PostgreSQL, for root on a machine that has neither pip nor npm.
//!
//! One rule: a download may be ended at any time, but the installation itself runs to its end even if this process dies. Start with
//! [`install`].

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
const TIMEOUT: Duration = Duration::from_secs(900);

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
        "This machine has no PostgreSQL that can be used; asking apt-get for Debian's package `postgresql`.",
    );
    let mut update = environment.command("apt-get");
    update.args(["update", "--quiet"]);
    run(scratch, &mut update, &|| {})?;
    let size = size(environment, scratch)?;
    say(&format!(
        "Installing it: {} to download. The package also starts a server of its own, which this service does not use.",
        megabytes(size)
    ));
    let downloads = Path::new("/var/cache/apt/archives");
    let progress = Progress::of(downloads, size);
    let mut download = apt_install(environment);
    download.arg("--download-only");
    run(scratch, &mut download, &|| progress.update())?;
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

/// The number of bytes to download: apt-get lists one file per line, as `'address' name size checksum`.
fn size(environment: &Environment, scratch: &mut Scratch) -> Result<u64, String> {
    let list = scratch.path().join("list");
    let file = fs::File::create(&list).map_err(|error| error.to_string())?;
    let mut command = apt_install(environment);
    command.arg("--print-uris").stdout(file);
    run(scratch, &mut command, &|| {})?;
    let list = fs::read_to_string(list).map_err(|error| error.to_string())?;
    Ok(list.lines().filter_map(listed_size).sum())
}

fn listed_size(line: &str) -> Option<u64> {
    let line = line.strip_prefix('\'')?;
    line.split_whitespace().nth(2)?.parse().ok()
}

/// Runs a program and fails if the program does.
fn run(scratch: &mut Scratch, command: &mut Command, look: &dyn Fn()) -> Result<(), String> {
    let Ended { status, stderr } = scratch
        .run(command, TIMEOUT, look)
        .map_err(|error| error.to_string())?;
    if status.success() {
        return Ok(());
    }
    Err(reason(&stderr))
}

/// Installs the package, without the guard of the scratch folder: the installation is not ended even if it takes too long.
fn install_to_the_end(environment: &Environment, folder: &Path) -> Result<(), String> {
    let log = folder.join("installed");
    let stderr = fs::File::create(&log).map_err(|error| error.to_string())?;
    let installing = apt_install(environment).stderr(stderr).spawn();
    let mut installing = installing.map_err(|error| error.to_string())?;
    let began = Instant::now();
    let status = loop {
        match installing.try_wait().map_err(|error| error.to_string())? {
            Some(status) => break status,
            None if began.elapsed() > TIMEOUT => {
                return Err("the installation is not finished yet and continues in the background; start again when it is".to_owned());
            }
            None => thread::sleep(Duration::from_millis(200)),
        }
    };
    if status.success() {
        return Ok(());
    }
    let stderr = fs::read_to_string(log).unwrap_or_default();
    Err(reason(&stderr))
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
