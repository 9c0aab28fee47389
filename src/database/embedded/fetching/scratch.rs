//! A folder for what is not finished, and the programs that work in it.
//!
//! The one rule: nothing of it outlives this process, however that ends. A shell waits for the end of a pipe whose other
//! end only this process holds; then it ends the program at work and removes the folder. Start at [`Scratch::create`].

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

/// How all scratch folders begin.
pub(super) const PREFIX: &str = ".new-";
/// How often to look after a program.
const INTERVAL: Duration = Duration::from_millis(100);
/// How long a program that was told to end may take.
const GRACE: Duration = Duration::from_secs(3);

/// Each line on its input is the process group of the program that is at work, or nothing. `$1` is the folder.
const GUARD: &str = r#"
trap '' HUP INT QUIT TERM
group=
while read -r line; do group=$line; done
if [ -n "$group" ]; then
    kill -TERM "-$group" && sleep 1 && kill -KILL "-$group"
fi 2>/dev/null
rm -rf "$1"
"#;

/// A folder that is removed at the end.
#[derive(Debug)]
pub(super) struct Scratch {
    folder: TempDir,
    guard: Child,
    // Held open for as long as this process lives; closed by the kernel when it dies.
    pipe: ChildStdin,
}

/// How a program ended, and what it said on standard error.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) said: String,
}

impl Scratch {
    /// A new folder in `parent`, which other users can enter but not change.
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

    /// A folder in it.
    pub(super) fn folder(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.path().join(name);
        fs::create_dir_all(&path)?;
        fs::set_permissions(&path, Permissions::from_mode(0o755))?;
        Ok(path)
    }

    /// Runs a program to its end, at most for `limit`, and calls `look` meanwhile. The program must lead a process group.
    pub(super) fn run(
        &mut self,
        command: &mut Command,
        limit: Duration,
        look: &dyn Fn(),
    ) -> io::Result<Ended> {
        let log = self.path().join("said");
        let mut child = command.stderr(File::create(&log)?).spawn()?;
        // Without the guard the program would only live a little longer than this process.
        let _ = writeln!(self.pipe, "{}", child.id());
        let ended = wait(&mut child, limit, look);
        let _ = writeln!(self.pipe);
        let said = fs::read(&log).unwrap_or_default();
        Ok(Ended {
            status: ended?,
            said: String::from_utf8_lossy(&said).into_owned(),
        })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // The pipe closes only after this, so the guard does not wake up.
        let _ = self.guard.kill();
        let _ = self.guard.wait();
    }
}

/// Waits for the end of a program; ends its whole process group when the time is over.
fn wait(child: &mut Child, limit: Duration, look: &dyn Fn()) -> io::Result<ExitStatus> {
    let began = Instant::now();
    loop {
        look();
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if began.elapsed() > limit {
            break;
        }
        thread::sleep(INTERVAL);
    }
    let group = Pid::from_raw(child.id().cast_signed());
    let _ = killpg(group, Signal::SIGTERM);
    let told = Instant::now();
    while child.try_wait()?.is_none() && told.elapsed() < GRACE {
        thread::sleep(INTERVAL);
    }
    let _ = killpg(group, Signal::SIGKILL);
    child.wait()?;
    let limit = format!("it took longer than {} seconds", limit.as_secs());
    Err(io::Error::new(io::ErrorKind::TimedOut, limit))
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
    fn a_program_that_takes_too_long_is_ended_with_all_that_it_started() {
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

    /// Nobody may have reaped it where the first process of the machine does not.
    fn is_zombie(process: Pid) -> bool {
        let stat = fs::read_to_string(format!("/proc/{process}/stat"));
        stat.is_ok_and(|stat| stat.contains(") Z "))
    }

    #[test]
    fn what_a_program_says_is_kept_and_the_folder_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let mut scratch = Scratch::create(parent.path()).unwrap();
        let limit = Duration::from_secs(20);
        let ended = scratch.run(&mut shell("echo why >&2; exit 3"), limit, &|| {});
        let ended = ended.unwrap();
        assert_eq!(
            (ended.status.code(), ended.said.as_str()),
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
        // The other end of the pipe closes, as the kernel does it for a process that was killed.
        let nowhere = shell("exit").stdin(Stdio::piped()).spawn();
        let other = nowhere.unwrap().stdin.take().unwrap();
        drop(std::mem::replace(&mut scratch.pipe, other));
        assert!(!child.wait().unwrap().success());
        assert!(scratch.guard.wait().unwrap().success());
        assert!(!scratch.path().exists());
    }
}
