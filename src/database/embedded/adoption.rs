//! Takes over the remains of an earlier process: a server that still runs, or the files of a server that was killed.
//!
//! One rule: nothing is removed while a process of this cluster may be alive, because two servers on one cluster destroy it. Start
//! with [`adopt`].

use std::{fs, path::Path, time::Duration};

use super::{
    StartError,
    account::Account,
    layout::{Layout, PORT},
    postmaster::{self, Backoff, PID_FILE, PidFile, Reply},
    server::Server,
    watchdog,
};

/// The time after which a process that does not respond is no longer considered a server that is starting.
const STARTUP_GRACE: Duration = Duration::from_secs(3);

/// Takes over the server that a killed owner left running; `None` if there is none.
pub(super) fn adopt(layout: &Layout, account: &Account) -> Result<Option<Server>, StartError> {
    drop(watchdog::wait_for_previous(layout)?);
    let mut backoff = Backoff::new();
    loop {
        let Some(record) = PidFile::read(&layout.cluster) else {
            return Ok(None);
        };
        let reply = record.probe();
        if reply == Reply::Accepts && !record.is_stopping() {
            return Server::adopted(layout, account, record).map(Some);
        }
        if reply == Reply::NoAnswer {
            if !postmaster::exists(record.pid) {
                return Ok(None);
            }
            if backoff.since_sign_of_life() > STARTUP_GRACE && !postmaster::any_runs(&layout.name) {
                discard(&layout.cluster, &record);
                return Ok(None);
            }
        }
        if !backoff.wait(reply != Reply::NoAnswer) {
            return Err(layout.log.failure("is running, but does not respond", 0));
        }
    }
}

/// Removes the files of a killed server whose process id now belongs to another process or to a zombie. PostgreSQL would mistake
/// this process for a server and refuse to start.
fn discard(cluster: &Path, record: &PidFile) {
    log::warn!(
        "removed {}, because its process {} is no longer a server",
        cluster.join(PID_FILE).display(),
        record.pid
    );
    let socket = Path::new(&record.socket_dir).join(format!(".s.PGSQL.{PORT}"));
    for file in [
        cluster.join(PID_FILE),
        socket.with_extension(format!("{PORT}.lock")),
        socket,
    ] {
        // If a file cannot be removed, the server reports it, because it checks the same files.
        let _ = fs::remove_file(file);
    }
}
