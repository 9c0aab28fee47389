//! The process of the server: how it is launched or taken over, waited for, and stopped.
//!
//! One rule: every process that is launched or taken over is a [`Server`], and a `Server` stops its process when it is dropped, so
//! that no failure leaves a process behind. Start with [`launch`].

use std::{
    os::unix::process::CommandExt,
    path::PathBuf,
    process::Child,
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::{
    StartError,
    account::Account,
    binaries::Programs,
    layout::{Layout, PORT},
    postmaster::{self, Backoff, PID_FILE, PidFile},
    watchdog::Watchdog,
};

/// How long to retry the start while the remains of a killed server prevent it.
const RETRY_TIMEOUT: Duration = Duration::from_secs(15);
/// The maximum duration of a fast shutdown before an immediate shutdown is requested.
const FAST_SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(20);
/// The maximum duration of an immediate shutdown.
const IMMEDIATE_SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// Settings for a small machine and a single service: times in UTC, and a short log in English.
const SETTINGS: [&str; 11] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=300",
    "shared_buffers=128MB",
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "lc_messages=C",
    "logging_collector=off",
    "log_destination=stderr",
    "log_checkpoints=off",
];

/// The settings that make a commit survive a power failure.
const DURABILITY: [&str; 3] = ["fsync", "synchronous_commit", "full_page_writes"];

/// A running server that this process has to stop.
#[derive(Debug)]
pub(super) struct Server {
    pid: Pid,
    /// `None` for a server that was taken over.
    child: Option<Child>,
    watchdog: Option<Watchdog>,
    cluster: PathBuf,
    /// The folder of its socket.
    pub(super) socket_dir: String,
}

/// Starts the server and waits until it accepts connections, through recovery if it must.
pub(super) fn launch(
    layout: &Layout,
    programs: &Programs,
    account: &Account,
    durable: bool,
) -> Result<Server, StartError> {
    let began = Instant::now();
    loop {
        let log_start = layout.log.length();
        let mut server = Server::spawn(layout, programs, account, durable)?;
        if server.wait_until_ready(layout, log_start)? {
            return Ok(server);
        }
        let tail = layout.log.tail(log_start);
        // Server processes whose postmaster was killed keep the shared memory for a few more seconds.
        let leftovers = ["shared memory block", "lock file"]
            .iter()
            .any(|words| tail.contains(words));
        if !leftovers || began.elapsed() > RETRY_TIMEOUT {
            return Err(layout.log.failure("ended while it was starting", log_start));
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// The settings of the server, which take precedence over the settings in its files.
fn settings(layout: &Layout, durable: bool) -> Vec<String> {
    let durable = if durable { "on" } else { "off" };
    let mut settings: Vec<_> = SETTINGS.iter().map(ToString::to_string).collect();
    settings.extend(
        DURABILITY
            .iter()
            .map(|setting| format!("{setting}={durable}")),
    );
    settings.push(format!("port={PORT}"));
    settings.push(format!("cluster_name={}", layout.name));
    settings.push(format!("unix_socket_directories={}", layout.socket_dir));
    settings
}

impl Server {
    /// Spawns the process in a new process group, so that Ctrl-C in a terminal reaches only the service.
    fn spawn(
        layout: &Layout,
        programs: &Programs,
        account: &Account,
        durable: bool,
    ) -> Result<Self, StartError> {
        let failed = |source| {
            let program = programs.postgres.clone();
            StartError::Spawn { program, source }
        };
        let log = layout.log.open()?;
        let mut command = account.command(&programs.postgres);
        command.arg("-D").arg(&layout.cluster);
        for setting in settings(layout, durable) {
            command.arg("-c").arg(setting);
        }
        command
            .stdout(log.try_clone().map_err(failed)?)
            .stderr(log)
            .process_group(0);
        let child = command.spawn().map_err(failed)?;
        let pid = Pid::from_raw(child.id().cast_signed());
        let mut server = Self {
            pid,
            child: Some(child),
            watchdog: None,
            cluster: layout.cluster.clone(),
            socket_dir: layout.socket_dir.clone(),
        };
        server.watchdog = Some(Watchdog::start(layout, account, pid, None)?);
        Ok(server)
    }

    /// Takes over the server that an earlier process started, as described by its pid file.
    pub(super) fn adopted(
        layout: &Layout,
        account: &Account,
        record: PidFile,
    ) -> Result<Self, StartError> {
        let pid_file = layout.cluster.join(PID_FILE);
        Ok(Self {
            pid: record.pid,
            child: None,
            watchdog: Some(Watchdog::start(
                layout,
                account,
                record.pid,
                Some(&pid_file),
            )?),
            cluster: layout.cluster.clone(),
            socket_dir: record.socket_dir,
        })
    }

    /// Waits until the server accepts connections; `false` if it ended instead. A stale pid file may say "ready" too, so the file must
    /// contain the id of this process.
    fn wait_until_ready(&mut self, layout: &Layout, log_start: u64) -> Result<bool, StartError> {
        let mut backoff = Backoff::new();
        loop {
            if self.has_ended() {
                return Ok(false);
            }
            let record = PidFile::read(&self.cluster).filter(|record| record.pid == self.pid);
            if record.as_ref().is_some_and(PidFile::is_ready) {
                return Ok(true);
            }
            if !backoff.wait(record.is_some_and(|record| record.is_starting())) {
                return Err(layout
                    .log
                    .failure("did not accept connections in time", log_start));
            }
        }
    }

    /// Closes all connections and shuts the server down; returns when the process has ended.
    fn stop(&mut self) {
        if self.has_ended() {
            return;
        }
        let _ = kill(self.pid, Signal::SIGINT);
        // The watchdog ends only now: if the service is killed in between, the server has already got the signal.
        self.watchdog = None;
        if self.ends_within(FAST_SHUTDOWN_TIMEOUT) {
            return;
        }
        log::warn!(
            "the private database takes too long to stop and is shut down immediately; it will recover at the next start"
        );
        let _ = kill(self.pid, Signal::SIGQUIT);
        if !self.ends_within(IMMEDIATE_SHUTDOWN_TIMEOUT) {
            log::error!("the private database (process {}) does not stop", self.pid);
        }
    }

    fn ends_within(&mut self, time: Duration) -> bool {
        let began = Instant::now();
        while !self.has_ended() {
            if began.elapsed() > time {
                return false;
            }
            thread::sleep(Duration::from_millis(2));
        }
        true
    }

    /// True if the server has ended. A server that was taken over has ended when its pid file no longer contains its id: its process
    /// may still exist as a zombie that no parent has reaped.
    pub(super) fn has_ended(&mut self) -> bool {
        let ended = match &mut self.child {
            Some(child) => !matches!(child.try_wait(), Ok(None)),
            None => {
                let named =
                    PidFile::read(&self.cluster).is_some_and(|record| record.pid == self.pid);
                !named || !postmaster::exists(self.pid)
            }
        };
        if ended {
            // From now on, the process id may belong to another process.
            self.watchdog = None;
        }
        ended
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
