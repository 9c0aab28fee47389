//! What can be known about a running server from outside: its pid file, its socket, its process.
//!
//! The one rule: a number in a pid file proves nothing, since a killed server leaves the file
//! behind and the number may be another process by now. What counts is the socket's answer, and the
//! titles of processes. Start at [`PidFile::probe`].

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
/// How long a server may give no sign of life before waiting for it ends.
const SILENCE: Duration = Duration::from_secs(60);
/// How long a server may recover from a crash or shut down before waiting for it ends.
const WORK: Duration = Duration::from_mins(10);
/// The error code of a server that is starting up or shutting down (57P03), as it stands in the
/// message.
const CANNOT_CONNECT_NOW: &[u8] = b"C57P03\0";

/// How a server answers an attempt to connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reply {
    /// It takes connections.
    Accepts,
    /// It lives, but is starting up or shutting down.
    Busy,
    /// Nobody listens.
    Silence,
}

/// The lines of a server's pid file that matter here.
#[derive(Debug)]
pub(super) struct PidFile {
    /// The process it names.
    pub(super) pid: Pid,
    /// The folder of its socket.
    pub(super) socket_dir: String,
    status: String,
}

impl PidFile {
    /// The pid file of a cluster; `None` if there is none, or if it belongs to another cluster (a
    /// copied folder).
    pub(super) fn read(cluster: &Path) -> Option<Self> {
        let text = fs::read_to_string(cluster.join(PID_FILE)).ok()?;
        let (record, data_dir) = Self::parse(&text)?;
        let inode = |path: &Path| fs::metadata(path).map(|meta| (meta.dev(), meta.ino())).ok();
        (inode(&data_dir) == inode(cluster)).then_some(record)
    }

    /// Lines: 1 process, 2 data directory, 5 socket directory, 8 status; the later ones come while
    /// the server starts.
    fn parse(text: &str) -> Option<(Self, PathBuf)> {
        let mut lines = text.lines().map(str::trim);
        // To the kernel zero is no process, but the whole group of the caller.
        let pid = lines.next()?.parse::<i32>().ok().filter(|&pid| pid != 0)?;
        let data_dir = lines.next()?.into();
        let socket_dir = lines.nth(2).unwrap_or_default().to_owned();
        let status = lines.nth(2).unwrap_or_default().to_owned();
        // A server in single-user mode writes its number negated.
        Some((
            Self {
                pid: Pid::from_raw(pid.saturating_abs()),
                socket_dir,
                status,
            },
            data_dir,
        ))
    }

    /// Whether the server says that it takes connections.
    pub(super) fn is_ready(&self) -> bool {
        self.status == "ready"
    }

    /// Whether the server says that it is starting, which includes recovery.
    pub(super) fn is_starting(&self) -> bool {
        self.status == "starting"
    }

    /// Whether the server says that it is shutting down.
    pub(super) fn is_stopping(&self) -> bool {
        self.status == "stopping"
    }

    /// Tries to connect, as far as the server's first answer to the startup message.
    pub(super) fn probe(&self) -> Reply {
        let socket = Path::new(&self.socket_dir).join(format!(".s.PGSQL.{PORT}"));
        let Ok(mut stream) = UnixStream::connect(socket) else {
            return Reply::Silence;
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
        // Terminate, so that the server does not log a broken connection.
        let _ = stream.write_all(b"X\0\0\0\x04");
        match answer.first() {
            Some(b'R') => Reply::Accepts,
            // Any other error, such as "too many clients", comes from a server that is up.
            Some(b'E') if !contains(answer, CANNOT_CONNECT_NOW) => Reply::Accepts,
            _ => Reply::Busy,
        }
    }
}

/// Whether any process of the server of this cluster name lives, be it one that its postmaster left
/// behind. All of them show the name in their titles, which everybody may read.
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

/// Whether a process of this number exists, whoever owns it.
pub(super) fn exists(pid: Pid) -> bool {
    kill(pid, None) != Err(Errno::ESRCH)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// How long to wait for a server: a while for a sign of life, much longer for one that is at work.
#[derive(Debug)]
pub(super) struct Patience {
    since: Instant,
    last_sign: Instant,
}

impl Patience {
    /// Starts to wait.
    pub(super) fn new() -> Self {
        Self {
            since: Instant::now(),
            last_sign: Instant::now(),
        }
    }

    /// Sleeps for a moment; `false` when the time is over. `at_work`: the server just gave a sign
    /// of life.
    pub(super) fn goes_on(&mut self, at_work: bool) -> bool {
        if at_work {
            self.last_sign = Instant::now();
        }
        // A busy server logs every attempt to connect, so they become rarer.
        let pause = self.since.elapsed() / 10;
        thread::sleep(pause.clamp(Duration::from_millis(2), Duration::from_millis(200)));
        self.since.elapsed() < WORK && self.last_sign.elapsed() < SILENCE
    }

    /// The time since the last sign of life.
    pub(super) fn silence(&self) -> Duration {
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
