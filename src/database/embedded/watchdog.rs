//! Ends the server when the service dies in a way that leaves it no time to do so itself, such as
//! kill -9.
//!
//! The one rule: a watchdog never outlives what it watches. It is a shell that waits for the end of
//! a pipe whose other end only the service holds, so every death of the service wakes it. Start at
//! [`Watchdog::start`].

use std::{
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, ChildStdin, Stdio},
};

use nix::unistd::Pid;

use super::{StartError, account::Account};

/// `$1` is the server's process. `$2` is its pid file, for a server that is not the service's own
/// child: nobody keeps the number of such a process from being given to another one, so the file
/// must still name it.
const SCRIPT: &str = r#"
trap '' HUP INT QUIT TERM
read -r _
if [ -n "$2" ]; then
    read -r named <"$2" && [ "$named" = "$1" ] || exit 0
fi
kill -INT "$1"
"#;

/// A running watchdog; dropping it ends it without touching the server.
#[derive(Debug)]
pub(super) struct Watchdog {
    shell: Child,
    // Held open for as long as the service lives; closed by the kernel when it dies.
    _pipe: Option<ChildStdin>,
}

impl Watchdog {
    /// Watches over the server `pid`; with `pid_file` only while that file names it.
    pub(super) fn start(
        account: &Account,
        pid: Pid,
        pid_file: Option<&Path>,
    ) -> Result<Self, StartError> {
        let program = Path::new("/bin/sh");
        let mut command = account.command(program);
        command.args(["-c", SCRIPT, "ucap-watchdog", &pid.to_string()]);
        command.arg(pid_file.unwrap_or(Path::new("")));
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        let failed = |source| StartError::Spawn {
            program: program.to_path_buf(),
            source,
        };
        let mut shell = command.spawn().map_err(failed)?;
        let pipe = shell.stdin.take();
        Ok(Self { shell, _pipe: pipe })
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        // The pipe closes only after this, so the shell cannot wake up and signal the server.
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}
