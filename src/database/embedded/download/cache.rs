//! The folder with downloaded programs, and the lock that processes take before they change it.
//!
//! One rule: every folder in it is complete, because it gets its name only when it is, from the process that holds the lock. Start
//! with [`lock`].

use std::{
    env,
    fs::{self, File, OpenOptions, Permissions, TryLockError},
    io,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use nix::unistd::{User, geteuid};

use super::{progress::say, scratch::PREFIX};

/// How long to wait for another process that is downloading.
const TIMEOUT: Duration = Duration::from_secs(1800);
/// How often to check whether it has ended.
const INTERVAL: Duration = Duration::from_millis(200);

/// The default folder for downloaded programs: `/var/cache/ucap` for root, since another user runs the server then, and the
/// platform's folder for caches for others; `None` for a user without a home directory.
#[must_use]
pub fn default_cache_dir() -> Option<PathBuf> {
    if geteuid().is_root() {
        return Some(PathBuf::from("/var/cache/ucap"));
    }
    let absolute = |path: &PathBuf| path.is_absolute();
    let set = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = env::var_os("HOME").map(PathBuf::from).or_else(|| {
        let user = User::from_uid(geteuid()).ok().flatten();
        user.map(|user| user.dir)
    });
    let below_home = if cfg!(target_os = "macos") {
        "Library/Caches"
    } else {
        ".cache"
    };
    let folder = set
        .filter(absolute)
        .or_else(|| home.filter(absolute).map(|home| home.join(below_home)));
    folder.map(|folder| folder.join("ucap"))
}

/// Creates the folder unless it exists, so that the user that runs the server can read it.
pub(super) fn prepare(cache: &Path) -> io::Result<()> {
    if cache.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(cache)?;
    fs::set_permissions(cache, Permissions::from_mode(0o755))
}

/// Takes the lock of the folder, waiting while another process holds it; then removes what killed processes left behind.
pub(super) fn lock(cache: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true).mode(0o644);
    let lock = options.open(cache.join("lock"))?;
    let began = Instant::now();
    let mut said = false;
    loop {
        match lock.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if began.elapsed() < TIMEOUT => {}
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::other("another process holds it"));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        if !said {
            say("Another process is downloading PostgreSQL; waiting for it.");
            said = true;
        }
        thread::sleep(INTERVAL);
    }
    for entry in fs::read_dir(cache)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            // A folder that cannot be removed does no harm.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(lock)
}

/// Gives a complete folder its name; a folder that has the name already could not be used and is removed.
pub(super) fn place(complete: &Path, place: &Path) -> io::Result<()> {
    match fs::remove_dir_all(place) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::rename(complete, place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_process_waits_for_the_lock_and_removes_what_a_killed_one_left() {
        let cache = tempfile::tempdir().unwrap();
        let path = cache.path();
        fs::create_dir_all(path.join("postgresql-18.6")).unwrap();
        let first = lock(path).unwrap();
        fs::create_dir_all(path.join(format!("{PREFIX}abc/unpacked"))).unwrap();
        let second = thread::scope(|scope| {
            let waiting = scope.spawn(|| lock(path));
            thread::sleep(INTERVAL * 2);
            assert!(!waiting.is_finished());
            drop(first);
            waiting.join()
        });
        second.unwrap().unwrap();
        let entries = fs::read_dir(path).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["lock", "postgresql-18.6"]);
    }

    #[test]
    fn a_complete_folder_replaces_a_broken_one() {
        let cache = tempfile::tempdir().unwrap();
        let (new, old) = (cache.path().join("new"), cache.path().join("old"));
        for (folder, file) in [(&new, "whole"), (&old, "half")] {
            fs::create_dir_all(folder).unwrap();
            fs::write(folder.join(file), "").unwrap();
        }
        place(&new, &old).unwrap();
        assert!(old.join("whole").exists() && !old.join("half").exists() && !new.exists());
    }
}
