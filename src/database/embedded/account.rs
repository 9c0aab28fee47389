//! Who runs the server: PostgreSQL refuses to run as root, so a service that is root hands it to an
//! ordinary user.
//!
//! The one rule: every program of the cluster is spawned through [`Account::command`], which sets
//! the user and a clean environment. Start at [`Account::for_server`].

use std::{
    env,
    fs::{self, Metadata},
    io,
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use nix::unistd::{Uid, User, getegid, geteuid};

use super::StartError;

/// The user that runs the server and owns its files.
#[derive(Debug, Clone)]
pub(super) struct Account {
    name: String,
    uid: u32,
    gid: u32,
    /// Whether it is another user than the one that runs the service, which is then root.
    differs: bool,
}

impl Account {
    /// The service's own user; for root the owner of an existing cluster, else `postgres`, else
    /// `nobody`.
    pub(super) fn for_server(cluster: &Path) -> Result<Self, StartError> {
        let existing = fs::metadata(cluster).ok();
        let me = geteuid();
        if !me.is_root() {
            return Self::for_service(me, cluster, existing.as_ref());
        }
        if let Some(meta) = existing.filter(|meta| meta.uid() != 0) {
            return Ok(Self {
                name: name_of(meta.uid()),
                uid: meta.uid(),
                gid: meta.gid(),
                differs: true,
            });
        }
        let user = ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| User::from_name(name).ok().flatten())
            .ok_or(StartError::NoAccount)?;
        Ok(Self {
            name: user.name,
            uid: user.uid.as_raw(),
            gid: user.gid.as_raw(),
            differs: true,
        })
    }

    fn for_service(
        me: Uid,
        cluster: &Path,
        existing: Option<&Metadata>,
    ) -> Result<Self, StartError> {
        let account = Self {
            name: name_of(me.as_raw()),
            uid: me.as_raw(),
            gid: getegid().as_raw(),
            differs: false,
        };
        match existing {
            Some(meta) => account.check_owner(cluster, meta).map(|()| account),
            None => Ok(account),
        }
    }

    /// Fails unless this user owns the folder.
    pub(super) fn check_owner(&self, folder: &Path, meta: &Metadata) -> Result<(), StartError> {
        if meta.uid() == self.uid {
            return Ok(());
        }
        Err(StartError::WrongOwner {
            path: folder.to_path_buf(),
            owner: name_of(meta.uid()),
            user: self.name.clone(),
        })
    }

    /// Gives a new folder to this user.
    pub(super) fn own(&self, folder: &Path) -> io::Result<()> {
        if self.differs {
            chown(folder, Some(self.uid), Some(self.gid))
        } else {
            Ok(())
        }
    }

    /// A program as this user: no PG* settings of the caller, messages in English, nothing on
    /// stdin.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        command
            .env("LC_ALL", "C")
            .current_dir("/")
            .stdin(Stdio::null());
        if self.differs {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Fails with the folder that is in the way unless this user can enter `folder`. Tried for
    /// real, because permission bits do not tell about access lists and mount options.
    pub(super) fn check_access(&self, folder: &Path) -> Result<(), StartError> {
        if !self.differs {
            return Ok(());
        }
        let shell = Path::new("/bin/sh");
        match self
            .command(shell)
            .args(["-c", ":"])
            .current_dir(folder)
            .status()
        {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                Err(self.unreachable(folder))
            }
            Err(source) => Err(StartError::Spawn {
                program: shell.to_path_buf(),
                source,
            }),
        }
    }

    /// The error for something that this user cannot reach, with the first folder on the way that
    /// is closed to it.
    pub(super) fn unreachable(&self, path: &Path) -> StartError {
        let mut way: Vec<&Path> = path.ancestors().collect();
        way.reverse();
        let closed = way
            .into_iter()
            .find(|folder| fs::metadata(folder).is_ok_and(|meta| !self.may_execute(&meta)));
        StartError::Unreachable {
            folder: closed.map_or_else(|| path.to_path_buf(), PathBuf::from),
            path: path.to_path_buf(),
            user: self.name.clone(),
        }
    }

    fn may_execute(&self, meta: &Metadata) -> bool {
        let bit = match () {
            () if meta.uid() == self.uid => 0o100,
            () if meta.gid() == self.gid => 0o010,
            () => 0o001,
        };
        meta.permissions().mode() & bit != 0
    }
}

fn name_of(uid: u32) -> String {
    User::from_uid(Uid::from_raw(uid))
        .ok()
        .flatten()
        .map_or_else(|| uid.to_string(), |user| user.name)
}
