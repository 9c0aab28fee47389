//! What a start of the private server would find, for an operator who asks before starting it.
//!
//! One rule: an examination changes nothing; it only reads files, runs `postgres --version` and asks a running server whether it
//! answers. Start with [`examine`].

use std::{
    fs::{self, Metadata},
    io,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use nix::unistd::{AccessFlags, access, geteuid};

use super::{
    Settings, StartError,
    account::{self, Account},
    binaries::{self, Programs},
    download,
    layout::{self, CLUSTER},
    postmaster::{PidFile, Reply},
};

/// What there is of a private server.
#[derive(Debug)]
pub struct Examination {
    /// The data directory; `None` if it does not exist.
    pub directory: Option<Directory>,
    /// The major version that wrote the cluster, if there is a cluster.
    pub cluster: Result<Option<u32>, StartError>,
    /// The name of the user that runs the server.
    pub account: Result<String, StartError>,
    /// The programs of PostgreSQL.
    pub programs: Result<FoundPrograms, StartError>,
    /// Whether a start would download programs, because there are none.
    pub downloads: bool,
    /// The folder of the socket of a server that accepts connections.
    pub running: Option<String>,
}

/// A directory as its permissions show it.
#[derive(Debug)]
pub struct Directory {
    /// The user that owns it.
    pub owner: String,
    /// Its permission bits.
    pub mode: u32,
    /// Whether the user of this program may create files in it.
    pub writable: bool,
}

/// Programs of PostgreSQL that the private server can use.
#[derive(Debug)]
pub struct FoundPrograms {
    /// The folder that they are in.
    pub folder: PathBuf,
    /// Their major version.
    pub major: u32,
    /// Whether `pg_dump` and `psql` are among them.
    pub has_clients: bool,
    /// Whether the extension `pg_trgm` is installed with them; `None` if its place is not known.
    pub has_trigrams: Option<bool>,
}

/// Examines what a start with these settings would find.
#[must_use]
pub fn examine(settings: &Settings) -> Examination {
    let path = settings.data_dir.join(CLUSTER);
    let cluster = layout::version_of(&path);
    let account = Account::for_server(&path);
    let written_by = cluster.as_ref().ok().copied().flatten();
    let mut downloads = false;
    let programs = match &account {
        Ok(account) => {
            let found = binaries::find(settings, written_by, account, &path);
            downloads = found
                .as_ref()
                .is_err_and(|error| download::may_download(settings, written_by, error));
            found.map(|programs| describe(&programs, account))
        }
        Err(_) => Err(StartError::NoBinaries),
    };
    let server = PidFile::read(&path).filter(|server| server.probe() == Reply::Accepts);
    Examination {
        directory: directory(&settings.data_dir),
        cluster,
        account: account.map(|account| account.name().to_owned()),
        programs,
        downloads,
        running: server.map(|server| server.socket_dir),
    }
}

/// The permissions of a directory or file; `None` if it does not exist.
#[must_use]
pub fn directory(path: &Path) -> Option<Directory> {
    let meta: Metadata = fs::metadata(path).ok()?;
    Some(Directory {
        owner: account::name_of(meta.uid()),
        mode: meta.permissions().mode() & 0o7777,
        writable: geteuid().is_root() || access(path, AccessFlags::W_OK).is_ok(),
    })
}

/// The nearest directory above a path that exists.
#[must_use]
pub fn existing_parent(path: &Path) -> Option<&Path> {
    path.ancestors().skip(1).find(|parent| parent.is_dir())
}

fn describe(programs: &Programs, account: &Account) -> FoundPrograms {
    let folder = programs.postgres.parent().map(Path::to_path_buf);
    let folder = folder.unwrap_or_default();
    let has = |name: &str| folder.join(name).is_file();
    FoundPrograms {
        has_clients: has("pg_dump") && has("psql"),
        has_trigrams: has_trigrams(&folder, account).ok().flatten(),
        major: programs.major,
        folder,
    }
}

/// Whether the extension is where these programs look for it: `pg_config` knows the place, and a package that was downloaded has
/// it beside the programs.
fn has_trigrams(folder: &Path, account: &Account) -> io::Result<Option<bool>> {
    let mut places = vec![
        folder.join("../share/extension"),
        folder.join("../share/postgresql/extension"),
    ];
    let config = folder.join("pg_config");
    if config.is_file() {
        let output = account.command(&config).arg("--sharedir").output()?;
        let share = String::from_utf8_lossy(&output.stdout);
        places.insert(0, Path::new(share.trim()).join("extension"));
    }
    let mut known = places.into_iter().filter(|place| place.is_dir());
    let place = known.next();
    Ok(place.map(|place| place.join("pg_trgm.control").is_file()))
}
