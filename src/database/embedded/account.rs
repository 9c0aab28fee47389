//! The user that runs the server. PostgreSQL refuses to run as root, so a service that runs as root runs it as an ordinary user.
//!
//! One rule: every program of the cluster is spawned through [`Account::command`], which sets the user and a clean environment.
//! Start with [`Account::for_server`].

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
    /// True if it is not the user of the service, which is then root.
    is_other_user: bool,
}

impl Account {
    /// The user of the service. If that is root: the owner of an existing cluster, or else `postgres`, or else `nobody`.
    pub(super) fn for_server(cluster: &Path) -> Result<Self, StartError> {
        let existing = fs::metadata(cluster).ok();
        let current = geteuid();
        if !current.is_root() {
            return Self::for_service(current, cluster, existing.as_ref());
        }
        if let Some(meta) = existing.filter(|meta| meta.uid() != 0) {
            return Ok(Self {
                name: name_of(meta.uid()),
                uid: meta.uid(),
                gid: meta.gid(),
                is_other_user: true,
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
            is_other_user: true,
        })
    }

    fn for_service(
        current: Uid,
        cluster: &Path,
        existing: Option<&Metadata>,
    ) -> Result<Self, StartError> {
        let account = Self {
            name: name_of(current.as_raw()),
            uid: current.as_raw(),
            gid: getegid().as_raw(),
            is_other_user: false,
        };
        match existing {
            Some(meta) => account.check_owner(cluster, meta).map(|()| account),
            None => Ok(account),
        }
    }

    /// The name of the user.
    pub(super) fn name(&self) -> &str {
        &self.name
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

    /// Makes this user the owner of a new folder.
    pub(super) fn take_ownership(&self, folder: &Path) -> io::Result<()> {
        if self.is_other_user {
            chown(folder, Some(self.uid), Some(self.gid))
        } else {
            Ok(())
        }
    }

    /// A command that runs a program as this user, without the PG* variables of the caller, with English messages and empty input.
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
        if self.is_other_user {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Fails unless this user can enter `folder`; the error names the folder that is closed. It is tried with a real process, because
    /// permission bits do not show access control lists and mount options.
    pub(super) fn check_access(&self, folder: &Path) -> Result<(), StartError> {
        if !self.is_other_user {
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

    /// The error for a path that this user cannot reach, with the first folder on the way that the user cannot enter.
    pub(super) fn unreachable(&self, path: &Path) -> StartError {
        let mut folders: Vec<&Path> = path.ancestors().collect();
        folders.reverse();
        let closed = folders
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

/// The name of a user, or the id if there is no such user.
pub(super) fn name_of(uid: u32) -> String {
    User::from_uid(Uid::from_raw(uid))
        .ok()
        .flatten()
        .map_or_else(|| uid.to_string(), |user| user.name)
}
