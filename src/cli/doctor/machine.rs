//! What of a start depends on this machine: programs, directories, the key file, the port.

use super::findings::Findings;
use crate::cli::serve::ADMIN_KEY_FILE;
use crate::database::embedded::{self, Examination, FoundPrograms, Settings};
use serde::Deserialize;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

/// How long another service at the port may take to say what it is.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Examines what the private server needs; returns the folder of its socket if it is running.
pub(super) fn examine(settings: &Settings, findings: &mut Findings) -> Option<String> {
    let examination = embedded::examine(settings);
    examine_programs(settings, &examination, findings);
    examine_directory(settings, &examination, findings);
    examine_key_file(settings, findings);
    match (&examination.running, &examination.cluster) {
        (Some(_), _) => findings.fine("server", "the private PostgreSQL is running"),
        (None, Ok(Some(_))) => findings.note(
            "server",
            "the private PostgreSQL is not running; its schema and keys can be examined only while `ucap serve` runs",
        ),
        _ => {}
    }
    examination.running
}

fn examine_programs(settings: &Settings, examination: &Examination, findings: &mut Findings) {
    match &examination.account {
        Ok(user) => findings.fine("user", format!("PostgreSQL runs as `{user}`")),
        Err(error) => return findings.problem("user", error.to_string()),
    }
    match &examination.programs {
        Ok(programs) => describe(programs, findings),
        Err(_) if examination.downloads => findings.note(
            "programs",
            format!(
                "no PostgreSQL was found; `ucap serve` downloads it to {}",
                settings.cache_dir.display()
            ),
        ),
        Err(error) => findings.problem("programs", error.to_string()),
    }
}

fn describe(programs: &FoundPrograms, findings: &mut Findings) {
    let (major, folder) = (programs.major, programs.folder.display());
    findings.fine("programs", format!("PostgreSQL {major} in {folder}"));
    if !programs.has_clients {
        findings.note(
            "programs",
            "pg_dump or psql is not among them; backups need PostgreSQL's client programs",
        );
    }
    match programs.has_trigrams {
        Some(true) => findings.fine("extensions", "pg_trgm is installed"),
        Some(false) => findings.note(
            "extensions",
            "pg_trgm is not installed, so misspelled words are not found",
        ),
        None => {}
    }
}

fn examine_directory(settings: &Settings, examination: &Examination, findings: &mut Findings) {
    let dir = settings.data_dir.display();
    let Some(directory) = &examination.directory else {
        return examine_parent(settings, findings);
    };
    let (owner, mode) = (&directory.owner, directory.mode);
    if directory.writable {
        let detail = format!("{dir}, of `{owner}`, mode {mode:03o}");
        findings.fine("data directory", detail);
    } else {
        let detail = format!("{dir} belongs to `{owner}`, and this user may not write to it");
        findings.problem("data directory", detail);
    }
    match &examination.cluster {
        Ok(Some(major)) => findings.fine("cluster", format!("written by PostgreSQL {major}")),
        Ok(None) => findings.note(
            "cluster",
            "there is none yet; `ucap serve` and `ucap migrate` create it",
        ),
        Err(error) => findings.problem("cluster", error.to_string()),
    }
}

/// Examines whether the data directory can be created.
fn examine_parent(settings: &Settings, findings: &mut Findings) {
    let dir = settings.data_dir.display();
    let parent = embedded::existing_parent(&settings.data_dir);
    let found = parent.and_then(|parent| Some((parent, embedded::directory(parent)?)));
    match found {
        Some((parent, directory)) if !directory.writable => {
            let parent = parent.display();
            let detail = format!(
                "{dir} does not exist, and this user may not create it in {parent}; choose another one with --data-dir"
            );
            findings.problem("data directory", detail);
        }
        _ => {
            let detail = format!("{dir} does not exist; `ucap serve` and `ucap migrate` create it");
            findings.note("data directory", detail);
        }
    }
}

fn examine_key_file(settings: &Settings, findings: &mut Findings) {
    let file = settings.data_dir.join(ADMIN_KEY_FILE);
    match embedded::directory(&file) {
        Some(found) if found.mode & 0o077 != 0 => findings.problem(
            "key file",
            format!(
                "others may read {}: its mode is {:03o}; `chmod 600` it",
                file.display(),
                found.mode
            ),
        ),
        Some(_) => findings.fine("key file", file.display().to_string()),
        None => findings.note("key file", format!("there is no {}", file.display())),
    }
}

/// Examines whether the service can listen.
pub(super) async fn examine_port(address: SocketAddr, findings: &mut Findings) {
    match TcpListener::bind(address) {
        Ok(_) => findings.fine("port", format!("{address} is free")),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => match version_at(address).await {
            Some(version) => findings.note("port", format!("{address} is in use by ucap {version}")),
            None => findings.problem(
                "port",
                format!("{address} is in use by another program; choose another one with --addr or UCAP_ADDR"),
            ),
        },
        Err(error) => findings.problem("port", format!("cannot listen on {address}: {error}")),
    }
}

/// A service that says what it is.
#[derive(Deserialize)]
struct Version {
    name: String,
    version: String,
}

/// The version of the ucap that serves at an address, if one does.
async fn version_at(mut address: SocketAddr) -> Option<String> {
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let client = reqwest::Client::builder().timeout(TIMEOUT).build().ok()?;
    let answer = client
        .get(format!("http://{address}/version"))
        .send()
        .await
        .ok()?;
    let version: Version = answer.json().await.ok()?;
    (version.name == "ucap").then_some(version.version)
}
