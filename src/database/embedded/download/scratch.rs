//! A temporary folder for unfinished files, and the programs that work in it.
//!
//! One rule: neither the folder nor a program outlives this process, however it ends. A shell, the guard, waits for the end of a pipe
//! whose other end only this process holds; then it ends the running program and removes the folder. Start with
//! [`Scratch::create`].

use std::{
    fs::{self, File, Permissions},
    io::{self, Write},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use tempfile::TempDir;

/// The prefix of the names of all scratch folders.
pub(super) const PREFIX: &str = ".new-";
/// How often to check whether a program has ended.
const INTERVAL: Duration = Duration::from_millis(100);
/// How long a program may take to end after SIGTERM.
const GRACE: Duration = Duration::from_secs(3);

/// Each line of its input is the process group of the running program, or empty if none is running. `$1` is the folder.
const GUARD: &str = r#"
trap '' HUP INT QUIT TERM
group=
while read -r line; do group=$line; done
if [ -n "$group" ]; then
    kill -TERM "-$group" && sleep 1 && kill -KILL "-$group"
fi 2>/dev/null
rm -rf "$1"
"#;

/// A folder that is removed when it is dropped, or when the process dies.
#[derive(Debug)]
pub(super) struct Scratch {
    folder: TempDir,
    guard: Child,
    // Open while this process lives; the kernel closes it when the process dies.
    pipe: ChildStdin,
}

/// How a program ended, and what it wrote to standard error.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) stderr: String,
}

impl Scratch {
    /// Creates a folder in `parent` that other users can enter but not change.
    pub(super) fn create(parent: &Path) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
        let mut guard = Command::new("/bin/sh")
            .args(["-c", GUARD, "ucap-scratch"])
            .arg(folder.path())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let pipe = guard.stdin.take();
        let pipe = pipe.ok_or_else(|| io::Error::other("/bin/sh has no standard input"))?;
        Ok(Self {
            folder,
            guard,
            pipe,
        })
    }

    /// The folder.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Creates a folder in it.
    pub(super) fn folder(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.path().join(name);
        fs::create_dir_all(&path)?;
        fs::set_permissions(&path, Permissions::from_mode(0o755))?;
        Ok(path)
    }

    /// Runs a program to its end, for at most `timeout`, and calls `update` from time to time. The program must lead a process group.
    pub(super) fn run(
        &mut self,
        command: &mut Command,
        timeout: Duration,
        update: &dyn Fn(),
    ) -> io::Result<Ended> {
        let log = self.path().join("stderr");
        let mut child = command.stderr(File::create(&log)?).spawn()?;
        // If the guard does not learn the process group, the program may outlive this process for a while.
        let _ = writeln!(self.pipe, "{}", child.id());
        let ended = wait(&mut child, timeout, update);
        let _ = writeln!(self.pipe);
        let stderr = fs::read(&log).unwrap_or_default();
        Ok(Ended {
            status: ended?,
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
        })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // The pipe is closed only after this, so that the guard does not wake up.
        let _ = self.guard.kill();
        let _ = self.guard.wait();
    }
}

/// Waits for the end of a program; ends its whole process group after the timeout.
fn wait(child: &mut Child, timeout: Duration, update: &dyn Fn()) -> io::Result<ExitStatus> {
    let began = Instant::now();
    loop {
        update();
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if began.elapsed() > timeout {
            break;
        }
        thread::sleep(INTERVAL);
    }
    let group = Pid::from_raw(child.id().cast_signed());
    let _ = killpg(group, Signal::SIGTERM);
    let signalled = Instant::now();
    while child.try_wait()?.is_none() && signalled.elapsed() < GRACE {
        thread::sleep(INTERVAL);
    }
    let _ = killpg(group, Signal::SIGKILL);
    child.wait()?;
    let message = format!("it took longer than {} seconds", timeout.as_secs());
    Err(io::Error::new(io::ErrorKind::TimedOut, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]).process_group(0);
        command
    }

    #[test]
    fn a_program_that_takes_too_long_is_ended_with_its_children() {
        let parent = tempfile::tempdir().unwrap();
        let mut scratch = Scratch::create(parent.path()).unwrap();
        let number = parent.path().join("number");
        let script = format!("sleep 60 & echo $! >{}; wait", number.display());
        let began = Instant::now();
        let ended = scratch.run(&mut shell(&script), Duration::from_millis(500), &|| {});
        assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(began.elapsed() < Duration::from_secs(10));
        let text = fs::read_to_string(number).unwrap();
        let sleeper = Pid::from_raw(text.trim().parse().unwrap());
        let is_gone = || nix::sys::signal::kill(sleeper, None).is_err() || is_zombie(sleeper);
        let waiting = Instant::now();
        while !is_gone() && waiting.elapsed() < Duration::from_secs(5) {
            thread::sleep(INTERVAL);
        }
        assert!(is_gone());
    }

    /// In a container, the first process may not reap zombies.
    fn is_zombie(process: Pid) -> bool {
        let stat = fs::read_to_string(format!("/proc/{process}/stat"));
        stat.is_ok_and(|stat| stat.contains(") Z "))
    }

    #[test]
    fn the_output_of_a_program_is_returned_and_the_folder_is_removed() {
        let parent = tempfile::tempdir().unwrap();
        let mut scratch = Scratch::create(parent.path()).unwrap();
        let limit = Duration::from_secs(20);
        let ended = scratch.run(&mut shell("echo why >&2; exit 3"), limit, &|| {});
        let ended = ended.unwrap();
        assert_eq!(
            (ended.status.code(), ended.stderr.as_str()),
            (Some(3), "why\n")
        );
        assert!(scratch.path().exists());
        drop(scratch);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }

    #[test]
    fn the_guard_ends_the_program_and_removes_the_folder_when_its_process_dies() {
        let parent = tempfile::tempdir().unwrap();
        let mut scratch = Scratch::create(parent.path()).unwrap();
        let mut child = shell("sleep 60").spawn().unwrap();
        writeln!(scratch.pipe, "{}", child.id()).unwrap();
        // The other end of the pipe is closed, as the kernel does for a process that was killed.
        let nowhere = shell("exit").stdin(Stdio::piped()).spawn();
        let other = nowhere.unwrap().stdin.take().unwrap();
        drop(std::mem::replace(&mut scratch.pipe, other));
        assert!(!child.wait().unwrap().success());
        assert!(scratch.guard.wait().unwrap().success());
        assert!(!scratch.path().exists());
    }
}
