//! The information that other processes have about a running server: its pid file, its socket, and its process.
//!
//! One rule: a process id in a pid file proves nothing, because a killed server leaves the file behind and the id may belong to
//! another process by now. Only the response of the socket and the titles of processes count. Start with [`PidFile::probe`].

use std::{
    fs,
    io::{Read, Write},
    os::unix::{fs::MetadataExt, net::UnixStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{errno::Errno, sys::signal::kill, unistd::Pid};

use super::layout::PORT;

/// Name of the pid file in the cluster.
pub(super) const PID_FILE: &str = "postmaster.pid";
/// The maximum time to wait for a server that does not respond.
const NO_ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// The maximum time to wait for a server that recovers from a crash or shuts down.
const BUSY_TIMEOUT: Duration = Duration::from_mins(10);
/// The SQLSTATE field of a server that is starting up or shutting down.
const CANNOT_CONNECT_NOW: &[u8] = b"C57P03\0";

/// The response of a server to an attempt to connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reply {
    /// It accepts connections.
    Accepts,
    /// It is running, but is starting up or shutting down.
    Busy,
    /// No process is listening.
    NoAnswer,
}

/// The relevant lines of the pid file of a server.
#[derive(Debug)]
pub(super) struct PidFile {
    /// The process id.
    pub(super) pid: Pid,
    /// The folder of its socket.
    pub(super) socket_dir: String,
    status: String,
}

impl PidFile {
    /// Reads the pid file of a cluster; `None` if there is none, or if the file belongs to another cluster, from which the folder was
    /// copied.
    pub(super) fn read(cluster: &Path) -> Option<Self> {
        let text = fs::read_to_string(cluster.join(PID_FILE)).ok()?;
        let (record, data_dir) = Self::parse(&text)?;
        let inode = |path: &Path| fs::metadata(path).map(|meta| (meta.dev(), meta.ino())).ok();
        (inode(&data_dir) == inode(cluster)).then_some(record)
    }

    /// Line 1 is the process id, line 2 the data directory, line 5 the socket directory, line 8 the status. The later lines are added
    /// while the server starts.
    fn parse(text: &str) -> Option<(Self, PathBuf)> {
        let mut lines = text.lines().map(str::trim);
        // To the kernel, zero means the process group of the caller.
        let pid = lines.next()?.parse::<i32>().ok().filter(|&pid| pid != 0)?;
        let data_dir = lines.next()?.into();
        let socket_dir = lines.nth(2).unwrap_or_default().to_owned();
        let status = lines.nth(2).unwrap_or_default().to_owned();
        // A server in single-user mode writes its process id negated.
        Some((
            Self {
                pid: Pid::from_raw(pid.saturating_abs()),
                socket_dir,
                status,
            },
            data_dir,
        ))
    }

    /// True if the status says that the server accepts connections.
    pub(super) fn is_ready(&self) -> bool {
        self.status == "ready"
    }

    /// True if the status says that the server is starting, which includes recovery.
    pub(super) fn is_starting(&self) -> bool {
        self.status == "starting"
    }

    /// True if the status says that the server is shutting down.
    pub(super) fn is_stopping(&self) -> bool {
        self.status == "stopping"
    }

    /// Tries to connect, and stops after the first response to the startup message.
    pub(super) fn probe(&self) -> Reply {
        let socket = Path::new(&self.socket_dir).join(format!(".s.PGSQL.{PORT}"));
        let Ok(mut stream) = UnixStream::connect(socket) else {
            return Reply::NoAnswer;
        };
        let parameters = b"\x00\x03\x00\x00user\0postgres\0database\0postgres\0\0";
        let length = u32::try_from(parameters.len() + 4).unwrap_or_default();
        let message = [length.to_be_bytes().as_slice(), parameters].concat();
        let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
        let mut answer = [0; 512];
        let received = stream
            .write_all(&message)
            .and_then(|()| stream.read(&mut answer))
            .unwrap_or(0);
        let answer = answer.get(..received).unwrap_or_default();
        // Terminate properly, so that the server does not log a broken connection.
        let _ = stream.write_all(b"X\0\0\0\x04");
        match answer.first() {
            Some(b'R') => Reply::Accepts,
            // Any other error, such as "too many clients", comes from a running server.
            Some(b'E') if !contains(answer, CANNOT_CONNECT_NOW) => Reply::Accepts,
            _ => Reply::Busy,
        }
    }
}

/// True if any process of the server with this cluster name is running, even one that its postmaster left behind. All of them show
/// the name in their titles, which every user may read.
pub(super) fn any_runs(cluster_name: &str) -> bool {
    let shows = |title: &[u8]| contains(title, cluster_name.as_bytes());
    if Path::new("/proc/self/cmdline").exists() {
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        return processes
            .filter_map(|entry| fs::read(entry.path().join("cmdline")).ok())
            .any(|title| shows(&title));
    }
    let output = Command::new("ps")
        .args(["-axww", "-o", "command="])
        .stdin(Stdio::null())
        .output();
    output.is_ok_and(|output| shows(&output.stdout))
}

/// True if a process with this id exists, whichever user owns it.
pub(super) fn exists(pid: Pid) -> bool {
    kill(pid, None) != Err(Errno::ESRCH)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Waits for a server with growing pauses: a while for a sign of life, and much longer for a server that is busy.
#[derive(Debug)]
pub(super) struct Backoff {
    since: Instant,
    last_sign: Instant,
}

impl Backoff {
    /// Starts the clock.
    pub(super) fn new() -> Self {
        Self {
            since: Instant::now(),
            last_sign: Instant::now(),
        }
    }

    /// Sleeps for a moment; `false` if the time is over. `alive` says that the server just gave a sign of life.
    pub(super) fn wait(&mut self, alive: bool) -> bool {
        if alive {
            self.last_sign = Instant::now();
        }
        // A busy server logs every attempt to connect, so the attempts become rarer.
        let pause = self.since.elapsed() / 10;
        thread::sleep(pause.clamp(Duration::from_millis(2), Duration::from_millis(200)));
        self.since.elapsed() < BUSY_TIMEOUT && self.last_sign.elapsed() < NO_ANSWER_TIMEOUT
    }

    /// The time since the last sign of life.
    pub(super) fn since_sign_of_life(&self) -> Duration {
        self.last_sign.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pid_file_is_read_while_it_is_still_being_written() {
        let whole = "42\n/d/postgres\n1763952000\n5432\n/d/run\n\n 5701 3\nready   \n";
        let parsed = PidFile::parse(whole)
            .map(|(record, dir)| (record.pid.as_raw(), record.is_ready(), dir));
        assert_eq!(parsed, Some((42, true, "/d/postgres".into())));
        let young = PidFile::parse("-42\n/d\n1763952000\n")
            .map(|(record, _)| (record.pid.as_raw(), record.is_ready()));
        assert_eq!(young, Some((42, false)));
        assert!(PidFile::parse("").is_none() && PidFile::parse("0\n/d").is_none());
    }
}
