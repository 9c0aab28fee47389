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
