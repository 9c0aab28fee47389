//! Stops the server when the service dies without the time to do so itself, for example by `kill -9`.
//!
//! One rule: a watchdog never outlives what it watches. It is a shell that waits for the end of a pipe whose other end only the
//! service holds, so the kernel wakes it however the service dies. While it runs, it holds the lock on `watchdog.lock`, so that the
//! next owner can wait until the watchdog of a killed service has ended. Start with [`Watchdog::start`].

use std::{
    fs::File,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, ChildStdin, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::unistd::Pid;

use super::{StartError, account::Account, layout::Layout};

/// How long to wait for the watchdog of a killed service, which only has to send one signal.
const PREVIOUS_WATCHDOG_TIMEOUT: Duration = Duration::from_secs(10);

/// `$1` is the process id of the server. `$2` is its pid file if the server is not a child of the service: the id of such a process
/// can be reused by another one, so the file must still contain it.
const SCRIPT: &str = r#"
trap '' HUP INT QUIT TERM
read -r _
if [ -n "$2" ]; then
    read -r named <"$2" && [ "$named" = "$1" ] || exit 0
fi
kill -INT "$1"
"#;

/// A running watchdog; when it is dropped, it ends without stopping the server.
#[derive(Debug)]
pub(super) struct Watchdog {
    shell: Child,
    // The pipe is open while the service lives; the kernel closes it when the service dies.
    _pipe: Option<ChildStdin>,
}

impl Watchdog {
    /// Watches the server `pid`; if `pid_file` is given, only while that file contains it.
    pub(super) fn start(
        layout: &Layout,
        account: &Account,
        pid: Pid,
        pid_file: Option<&Path>,
    ) -> Result<Self, StartError> {
        let lock = wait_for_previous(layout)?;
        let program = Path::new("/bin/sh");
        let mut command = account.command(program);
        command.args(["-c", SCRIPT, "ucap-watchdog", &pid.to_string()]);
        command.arg(pid_file.unwrap_or(Path::new("")));
        command
            .stdin(Stdio::piped())
            // The shell prints nothing; its standard output only keeps the lock as long as it lives.
            .stdout(lock)
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

/// Waits until the watchdog of an earlier owner has ended, and returns the lock.
///
/// Without it, a server could be taken over while that watchdog is about to stop it.
pub(super) fn wait_for_previous(layout: &Layout) -> Result<File, StartError> {
    let lock = layout.open_watchdog_lock()?;
    let began = Instant::now();
    while lock.try_lock().is_err() {
        if began.elapsed() > PREVIOUS_WATCHDOG_TIMEOUT {
            log::warn!(
                "the watchdog of an earlier process still runs and may stop the private database"
            );
            break;
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(lock)
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        // The pipe is closed only after this, so that the shell cannot wake up and signal the server.
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}
