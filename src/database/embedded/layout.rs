//! The paths of a private cluster: the files of the data directory, the folder of the socket, and the defaults of both.
//!
//! One rule: the data directory belongs to the user of the service, because it contains secrets; only `postgres/` and the folder of
//! the socket belong to the user that runs the server. Start with [`Layout::prepare`].

use std::{
    env,
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use nix::unistd::{User, geteuid};

use super::{StartError, account::Account, server_log::ServerLog};

/// The port of the server, which occurs only in the name of the socket.
pub(super) const PORT: u16 = 5432;
/// The folder of the cluster in the data directory.
pub(super) const CLUSTER: &str = "postgres";
/// The longest path of a socket that every platform accepts (`sun_path` has 104 bytes on macOS and 108 on Linux).
const MAX_SOCKET_PATH: usize = 100;

/// The paths of one data directory.
#[derive(Debug)]
pub(super) struct Layout {
    /// The data directory, absolute and without symbolic links.
    pub(super) root: PathBuf,
    /// The cluster: PostgreSQL's own data directory.
    pub(super) cluster: PathBuf,
    /// The folder in which the cluster is created.
    pub(super) staging: PathBuf,
    /// The file that the owner has locked.
    pub(super) lock: PathBuf,
    /// The file that the watchdog has locked.
    pub(super) watchdog_lock: PathBuf,
    /// The server's log.
    pub(super) log: ServerLog,
    /// The cluster name, which is unique on this machine; the processes of the server show it in their titles.
    pub(super) name: String,
    /// The folder of the server's socket.
    pub(super) socket_dir: String,
}

impl Layout {
    /// Creates the data directory if it does not exist, and determines the paths in it.
    pub(super) fn prepare(data_dir: &Path) -> Result<Self, StartError> {
        let failed = |source| StartError::Folder {
            verb: "use",
            path: data_dir.to_path_buf(),
            source,
        };
        fs::create_dir_all(data_dir).map_err(failed)?;
        let root = fs::canonicalize(data_dir).map_err(failed)?;
        let meta = fs::metadata(&root).map_err(failed)?;
        // A folder that contains files or belongs to another user keeps its mode.
        if meta.uid() == geteuid().as_raw() && is_empty(&root).map_err(failed)? {
            let mode = if geteuid().is_root() { 0o711 } else { 0o700 };
            fs::set_permissions(&root, Permissions::from_mode(mode)).map_err(failed)?;
        }
        let name = format!("ucap-{:x}-{:x}", meta.dev(), meta.ino());
        let socket_dir = socket_dir(&root, &name).map_err(failed)?;
        Ok(Self {
            cluster: root.join(CLUSTER),
            staging: root.join("postgres.new"),
            lock: root.join("service.lock"),
            watchdog_lock: root.join("watchdog.lock"),
            log: ServerLog::new(root.join("postgres.log")),
            name,
            socket_dir,
            root,
        })
    }

    /// Opens the lock file of the owner without locking it.
    pub(super) fn open_lock(&self) -> Result<File, StartError> {
        open_lock_file(&self.lock)
    }

    /// Opens the lock file of the watchdog without locking it.
    pub(super) fn open_watchdog_lock(&self) -> Result<File, StartError> {
        open_lock_file(&self.watchdog_lock)
    }

    /// The major version that wrote the cluster; `None` if there is no cluster yet.
    pub(super) fn cluster_version(&self) -> Result<Option<u32>, StartError> {
        version_of(&self.cluster)
    }

    /// Creates the folder of the socket, which only the user of the server can enter.
    pub(super) fn create_socket_dir(&self, account: &Account) -> Result<(), StartError> {
        let folder = Path::new(&self.socket_dir);
        let failed = |source| StartError::Folder {
            verb: "create",
            path: folder.to_path_buf(),
            source,
        };
        match DirBuilder::new().mode(0o700).create(folder) {
            Ok(()) => account.take_ownership(folder).map_err(failed),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // In the temporary folder, any user may have created a link or a folder of this name.
                let meta = fs::symlink_metadata(folder).map_err(failed)?;
                if meta.is_dir() {
                    account.check_owner(folder, &meta)
                } else {
                    Err(failed(error))
                }
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Removes the folder of the socket if it is not in the data directory.
    pub(super) fn remove_short_socket_dir(&self, socket_dir: &str) {
        if !Path::new(socket_dir).starts_with(&self.root) {
            // An empty folder that remains in the temporary folder does no harm.
            let _ = fs::remove_dir(socket_dir);
        }
    }
}

/// Opens a lock file, and creates it if it does not exist.
fn open_lock_file(path: &Path) -> Result<File, StartError> {
    let mut options = OpenOptions::new();
    options
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o600);
    let failed = |source| StartError::Folder {
        verb: "open",
        path: path.to_path_buf(),
        source,
    };
    options.open(path).map_err(failed)
}

/// The major version that wrote the cluster in a folder; `None` if there is no cluster yet.
pub(super) fn version_of(cluster: &Path) -> Result<Option<u32>, StartError> {
    let failed = |source| StartError::Folder {
        verb: "use",
        path: cluster.to_path_buf(),
        source,
    };
    match fs::read_to_string(cluster.join("PG_VERSION")) {
        Ok(text) => {
            let major = text
                .trim()
                .split('.')
                .next()
                .and_then(|number| number.parse().ok());
            major.map(Some).ok_or_else(|| {
                failed(io::Error::other(
                    "its PG_VERSION does not contain a version",
                ))
            })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => match is_empty(cluster) {
            Ok(false) => Err(failed(io::Error::other(
                "it contains files, but no PostgreSQL cluster",
            ))),
            _ => Ok(None),
        },
        Err(error) => Err(failed(error)),
    }
}

fn is_empty(folder: &Path) -> io::Result<bool> {
    Ok(fs::read_dir(folder)?.next().is_none())
}

/// `run` in the data directory, or a folder in `/tmp` if the path is too long for a socket or contains a comma, which separates
/// hosts in a connection string.
fn socket_dir(root: &Path, name: &str) -> io::Result<String> {
    let text = root.to_str().filter(|text| !text.contains('\n'));
    let text = text.ok_or_else(|| io::Error::other("its path is not a single line of UTF-8"))?;
    let length = text.len() + format!("/run/.s.PGSQL.{PORT}").len();
    let fits = length <= MAX_SOCKET_PATH && !text.contains(',');
    Ok(if fits {
        format!("{text}/run")
    } else {
        format!("/tmp/{name}")
    })
}

/// The default data directory: `/var/lib/ucap` for root, and the platform's folder for application data for others; `None` for a
/// user without a home directory.
#[must_use]
pub fn default_data_dir() -> Option<PathBuf> {
    if geteuid().is_root() {
        return Some(PathBuf::from("/var/lib/ucap"));
    }
    let home = env::var_os("HOME").map(PathBuf::from);
    let home = home.or_else(|| {
        User::from_uid(geteuid())
            .ok()
            .flatten()
            .map(|user| user.dir)
    });
    let shared = env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    user_data_dir(shared, home, cfg!(target_os = "macos"))
}

/// A relative `XDG_DATA_HOME` is ignored, as the XDG base directory specification demands.
fn user_data_dir(shared: Option<PathBuf>, home: Option<PathBuf>, macos: bool) -> Option<PathBuf> {
    let below_home = if macos {
        "Library/Application Support"
    } else {
        ".local/share"
    };
    let shared = shared.filter(|path| path.is_absolute());
    let home = home.filter(|path| path.is_absolute());
    shared
        .or_else(|| home.map(|home| home.join(below_home)))
        .map(|folder| folder.join("ucap"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_of_a_user_are_where_the_platform_keeps_them() {
        let dir = |shared: Option<&str>, macos| {
            user_data_dir(shared.map(PathBuf::from), Some("/h".into()), macos)
        };
        assert_eq!(dir(Some("/data"), false), Some("/data/ucap".into()));
        assert_eq!(
            dir(Some("relative"), false),
            Some("/h/.local/share/ucap".into())
        );
        assert_eq!(
            dir(None, true),
            Some("/h/Library/Application Support/ucap".into())
        );
        assert_eq!(user_data_dir(None, None, false), None);
    }

    #[test]
    fn a_path_that_is_too_long_for_a_socket_is_replaced_by_a_short_one() {
        let dir = |path: &str| socket_dir(Path::new(path), "ucap-1-2").ok();
        assert_eq!(dir("/var/lib/ucap"), Some("/var/lib/ucap/run".into()));
        assert_eq!(
            dir(&format!("/{}", "d".repeat(81))),
            Some(format!("/{}/run", "d".repeat(81)))
        );
        assert_eq!(
            dir(&format!("/{}", "d".repeat(82))),
            Some("/tmp/ucap-1-2".into())
        );
        assert_eq!(dir("/a,b"), Some("/tmp/ucap-1-2".into()));
        assert_eq!(dir("/a\nb"), None);
    }
}
