//! The server's process: launched or taken over, waited for, stopped.
//!
//! The one rule: every process that is started or taken over here is a [`Server`], and a `Server`
//! stops its process when it is dropped, so no failure on the way leaves one behind. Start at
//! [`launch`].

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
    postmaster::{self, PID_FILE, Patience, PidFile},
    watchdog::Watchdog,
};

/// How long to start again while what a killed server left behind is still in the way.
const LEFTOVERS: Duration = Duration::from_secs(15);
/// How long a fast shutdown may take before the server is told to give up, and how long that may
/// take.
const SHUTDOWN: Duration = Duration::from_secs(20);
const GIVING_UP: Duration = Duration::from_secs(10);

/// For a small machine: one service with one connection pool, times in UTC, a log that stays short and in English.
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

/// What makes a commit survive a power cut.
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
        // Server processes whose postmaster was killed hold the shared memory for a few seconds
        // more.
        let leftovers = ["shared memory block", "lock file"]
            .iter()
            .any(|words| tail.contains(words));
        if !leftovers || began.elapsed() > LEFTOVERS {
            return Err(layout.log.failure("ended while it was starting", log_start));
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// The server's settings, which take precedence over those in its files.
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
    /// In a process group of its own, so that Ctrl-C in a terminal reaches the service only.
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
        server.watchdog = Some(Watchdog::start(account, pid, None)?);
        Ok(server)
    }

    /// The server that an earlier process started and its pid file describes.
    pub(super) fn adopted(
        layout: &Layout,
        account: &Account,
        record: PidFile,
    ) -> Result<Self, StartError> {
        let pid_file = layout.cluster.join(PID_FILE);
        Ok(Self {
            pid: record.pid,
            child: None,
            watchdog: Some(Watchdog::start(account, record.pid, Some(&pid_file))?),
            cluster: layout.cluster.clone(),
            socket_dir: record.socket_dir,
        })
    }

    /// `false` if the server ended instead. A stale pid file may say "ready" too, so it must name
    /// this very process.
    fn wait_until_ready(&mut self, layout: &Layout, log_start: u64) -> Result<bool, StartError> {
        let mut patience = Patience::new();
        loop {
            if self.has_ended() {
                return Ok(false);
            }
            let record = PidFile::read(&self.cluster).filter(|record| record.pid == self.pid);
            if record.as_ref().is_some_and(PidFile::is_ready) {
                return Ok(true);
            }
            if !patience.goes_on(record.is_some_and(|record| record.is_starting())) {
                return Err(layout
                    .log
                    .failure("did not accept connections in time", log_start));
            }
        }
    }

    /// Ends all connections and shuts the server down; returns when it is gone.
    fn stop(&mut self) {
        if self.has_ended() {
            return;
        }
        let _ = kill(self.pid, Signal::SIGINT);
        // Only now: if the service is killed in between, the server knows already.
        self.watchdog = None;
        if self.ends_within(SHUTDOWN) {
            return;
        }
        log::warn!(
            "the private database takes long to stop and is told to give up; it will recover at the next start"
        );
        let _ = kill(self.pid, Signal::SIGQUIT);
        if !self.ends_within(GIVING_UP) {
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

    /// A server that was taken over is gone with its entry in the pid file: nobody may have reaped
    /// its process.
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
            // From here on the number may belong to another process.
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
