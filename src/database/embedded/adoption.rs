//! Deals with what an earlier process left behind: a server that still runs, or the files of one
//! that was killed.
//!
//! The one rule: nothing is removed while a process of this cluster may be alive, because two
//! servers on one cluster destroy it. Start at [`adopt`].

use std::{fs, path::Path, time::Duration};

use super::{
    StartError,
    account::Account,
    layout::{Layout, PORT},
    postmaster::{self, PID_FILE, Patience, PidFile, Reply},
    server::Server,
};

/// How long a process must be silent before it is no longer taken for a server that is about to
/// listen.
const NOT_A_SERVER: Duration = Duration::from_secs(3);

/// Takes over the server that a killed owner left running; `None` if there is none (any more).
pub(super) fn adopt(layout: &Layout, account: &Account) -> Result<Option<Server>, StartError> {
    let mut patience = Patience::new();
    loop {
        let Some(record) = PidFile::read(&layout.cluster) else {
            return Ok(None);
        };
        let reply = record.probe();
        if reply == Reply::Accepts && !record.is_stopping() {
            return Server::adopted(layout, account, record).map(Some);
        }
        if reply == Reply::Silence {
            if !postmaster::exists(record.pid) {
                return Ok(None);
            }
            if patience.silence() > NOT_A_SERVER && !postmaster::any_runs(&layout.name) {
                discard(&layout.cluster, &record);
                return Ok(None);
            }
        }
        if !patience.goes_on(reply != Reply::Silence) {
            return Err(layout.log.failure("runs, but does not answer", 0));
        }
    }
}

/// Removes the files of a killed server whose number now belongs to another process, or which
/// nobody reaped. PostgreSQL would take that process for a server and refuse to start.
fn discard(cluster: &Path, record: &PidFile) {
    log::warn!(
        "{} names process {}, which is no server any more: removed",
        cluster.join(PID_FILE).display(),
        record.pid
    );
    let socket = Path::new(&record.socket_dir).join(format!(".s.PGSQL.{PORT}"));
    for file in [
        cluster.join(PID_FILE),
        socket.with_extension(format!("{PORT}.lock")),
        socket,
    ] {
        // What cannot be removed is reported by the server, which looks at the same files.
        let _ = fs::remove_file(file);
    }
}
