//! Creates the cluster on the first start.
//!
//! One rule: `postgres/` never exists incomplete. `initdb` works in another folder, which is renamed when it is done, so that an
//! interrupted creation leaves nothing that looks like a cluster. Start with [`initialize`].

use std::{
    fs::{self, DirBuilder, File},
    io,
    os::unix::fs::DirBuilderExt,
    process::{Command, Output},
};

use super::{StartError, account::Account, binaries::Programs, layout::Layout};

/// Creates an empty cluster. The error contains the output of `initdb`.
pub(super) fn initialize(
    layout: &Layout,
    programs: &Programs,
    account: &Account,
    lock: &File,
    durable: bool,
) -> Result<(), StartError> {
    let failed = |source| {
        let path = layout.staging.clone();
        StartError::Folder {
            verb: "create",
            path,
            source,
        }
    };
    clear_staging(layout).map_err(failed)?;
    DirBuilder::new()
        .mode(0o700)
        .create(&layout.staging)
        .map_err(failed)?;
    account.take_ownership(&layout.staging).map_err(failed)?;
    let attempt = |letters| {
        let mut command = initdb(layout, programs, account, durable, letters);
        // The lock file is the (empty) input of initdb, so that it stays locked until initdb has ended, even if the service is killed.
        command.stdin(lock.try_clone().map_err(failed)?);
        output(command, programs)
    };
    let mut result = attempt(LETTERS)?;
    // The system may lack that locale. initdb removes what it has made.
    if !result.status.success() {
        result = attempt("C")?;
    }
    if !result.status.success() {
        clear_staging(layout).map_err(failed)?;
        return Err(refused(&result));
    }
    fs::rename(&layout.staging, &layout.cluster).map_err(failed)?;
    File::open(&layout.root)
        .and_then(|folder| folder.sync_all())
        .map_err(failed)
}

/// The locale that says which characters are letters. Only the similarity of names in other scripts than Latin depends on it.
const LETTERS: &str = "C.UTF-8";

/// The command that creates a cluster with the superuser `postgres`, UTF-8, a sort order by bytes on every platform, and access for
/// every user who can reach its socket.
fn initdb(
    layout: &Layout,
    programs: &Programs,
    account: &Account,
    durable: bool,
    letters: &str,
) -> Command {
    let mut command = account.command(&programs.initdb);
    command.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]);
    command.arg(format!("--lc-ctype={letters}"));
    command.arg("-D").arg(&layout.staging);
    if !durable {
        command.arg("--no-sync");
    }
    command
}

fn output(mut command: Command, programs: &Programs) -> Result<Output, StartError> {
    command.output().map_err(|source| StartError::Spawn {
        program: programs.initdb.clone(),
        source,
    })
}

fn refused(result: &Output) -> StartError {
    let errors = String::from_utf8_lossy(&result.stderr);
    StartError::Initdb {
        output: format!("{}\n{}", result.status, errors.trim()),
    }
}

fn clear_staging(layout: &Layout) -> io::Result<()> {
    match fs::remove_dir_all(&layout.staging) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
