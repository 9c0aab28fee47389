//! A running `ucap` with a separate directory.

use crate::needs;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_ucap");

/// A directory that is removed at the end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "ucap-program-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn data(&self) -> PathBuf {
        self.0.join("data")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The program without the settings of the caller in its environment, except those that locate PostgreSQL.
pub fn command() -> Command {
    needs::postgres();
    bare_command()
}

/// The same without the check that PostgreSQL is available.
pub fn bare_command() -> Command {
    let mut command = Command::new(PROGRAM);
    forget_settings(&mut command);
    command
}

/// Keeps the settings of the shell that runs the tests from the command.
pub fn forget_settings(command: &mut Command) {
    const ABOUT_POSTGRES: [&str; 3] = ["UCAP_PG_BIN", "UCAP_CACHE_DIR", "UCAP_NO_DOWNLOAD"];
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if (name.starts_with("UCAP_") && !ABOUT_POSTGRES.contains(&name.as_str()))
            || name == "DATABASE_URL"
            || name == "RUST_LOG"
        {
            command.env_remove(name);
        }
    }
}

/// A service that is stopped at the end of the test in any case.
pub struct Instance {
    child: Child,
    pub base: String,
    /// The text on standard output when the service was ready.
    pub greeting: String,
    pub ready_after: Duration,
}

impl Instance {
    pub fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    /// Starts the service with further arguments.
    pub fn start_with(data: &Path, arguments: &[&str]) -> Self {
        Self::run(command().env("UCAP_DATA_DIR", data).args(arguments))
    }

    pub fn run(command: &mut Command) -> Self {
        let began = Instant::now();
        // The log is shown if the service does not start.
        let mut log = tempfile::tempfile().unwrap();
        let mut child = command
            .args(["--addr", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(log.try_clone().unwrap())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut greeting = String::new();
        for line in lines.by_ref() {
            let line = line.unwrap();
            greeting += &line;
            greeting.push('\n');
            // The last of the suggested commands.
            if line.contains("curl") && line.contains("/v1/search") {
                break;
            }
        }
        let base = greeting
            .lines()
            .next()
            .and_then(|line| line.split("serves at ").nth(1))
            .unwrap_or_else(|| {
                let status = child.wait();
                let mut text = String::new();
                log.rewind().unwrap();
                log.read_to_string(&mut text).unwrap();
                panic!("{status:?}: {greeting}{text}")
            });
        Self {
            base: base.to_owned(),
            child,
            greeting,
            ready_after: began.elapsed(),
        }
    }

    pub fn signal(&self, signal: &str) {
        signal_process(self.child.id(), signal);
    }

    /// Waits until the service has ended.
    pub fn wait(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        let response = client()
            .get(format!("{}{path}", self.base))
            .send()
            .await
            .unwrap();
        (
            response.status().as_u16(),
            response.json().await.unwrap_or_default(),
        )
    }

    pub async fn post(
        &self,
        path: &str,
        key: &str,
        body: &Value,
    ) -> Result<(u16, Value), reqwest::Error> {
        let response = client()
            .post(format!("{}{path}", self.base))
            .bearer_auth(key)
            .json(body)
            .send()
            .await?;
        Ok((response.status().as_u16(), response.json().await?))
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal("TERM");
            let _ = self.child.wait();
        }
    }
}

pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .timeout(Duration::from_secs(30))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// Sends a signal by its name, such as `TERM`.
pub fn signal_process(pid: u32, signal: &str) {
    let signal: Signal = format!("SIG{signal}").parse().unwrap();
    kill(Pid::from_raw(pid.cast_signed()), signal).unwrap();
}

/// The process of the private server, if there is one.
pub fn postmaster(data: &Path) -> Option<u32> {
    let text = std::fs::read_to_string(data.join("postgres/postmaster.pid")).ok()?;
    text.lines().next()?.parse().ok()
}

pub fn admin_key(data: &Path) -> String {
    std::fs::read_to_string(data.join("admin-key"))
        .unwrap()
        .trim()
        .to_owned()
}

/// Repeats a check until it succeeds; panics after a minute.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut question: impl FnMut() -> F) {
    let began = Instant::now();
    while !question().await {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "{what} did not come true"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
