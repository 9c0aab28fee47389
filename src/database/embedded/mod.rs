//! A private PostgreSQL cluster for installations without a `DATABASE_URL`.
//!
//! One rule: the process that holds the lock on `service.lock` owns the server and stops it; all others only connect to it. No
//! server outlives its owner, and the next start repairs what a crash leaves behind. Start with [`Cluster::start`], which reads as
//! the list of steps.

mod account;
mod adoption;
mod binaries;
mod download;
mod error;
mod examination;
mod initialize;
mod layout;
mod locations;
mod postmaster;
mod server;
mod server_log;
mod settings;
mod supervisor;
mod watchdog;

use std::fs::{File, TryLockError};

use self::{
    account::Account,
    layout::Layout,
    postmaster::{Backoff, PidFile, Reply},
    server::Server,
};
pub use self::{
    download::{default_cache_dir, programs},
    error::StartError,
    examination::{Directory, Examination, FoundPrograms, directory, examine, existing_parent},
    layout::default_data_dir,
    settings::Settings,
    supervisor::Supervisor,
};

/// A running private cluster.
///
/// An owned cluster is stopped by [`Cluster::stop`] or on drop. An attached cluster belongs to another process of the service on
/// the same data directory and is never stopped from here; when its owner stops, [`Cluster::ensure_running`] takes it over.
#[derive(Debug)]
pub struct Cluster {
    socket_dir: String,
    first_start: bool,
    owned: Option<Owned>,
}

/// What only the owner has; the lock is the last field, so that it is released after the server has ended.
#[derive(Debug)]
struct Owned {
    server: Server,
    layout: Layout,
    lock: File,
}

/// The result of trying to get the lock.
enum Claim {
    /// This process owns the data directory.
    Owner(File),
    /// Another process owns it; its server listens in this socket directory.
    Attached(String),
}

impl Cluster {
    /// True if the data directory has a cluster. Creates nothing; a directory that cannot be looked into counts as one that has,
    /// so that [`Cluster::start`] says why.
    #[must_use]
    pub fn exists(settings: &Settings) -> bool {
        let version = settings.data_dir.join(layout::CLUSTER).join("PG_VERSION");
        version.try_exists().unwrap_or(true)
    }

    /// Starts the server, after creating the cluster if there is none, and returns when it accepts connections.
    ///
    /// Blocks the calling thread: about a second for a new cluster, less than 0.1 s for an existing one, and minutes at worst if
    /// the server has to recover after a crash.
    ///
    /// # Errors
    /// Every [`StartError`] is a message for the operator that names the remedy.
    pub fn start(settings: &Settings) -> Result<Self, StartError> {
        let layout = Layout::prepare(&settings.data_dir)?;
        match claim(&layout)? {
            Claim::Attached(socket_dir) => {
                log::info!(
                    "attached to the running private database in {}",
                    layout.root.display()
                );
                Ok(Self {
                    socket_dir,
                    first_start: false,
                    owned: None,
                })
            }
            Claim::Owner(lock) => Self::start_as_owner(settings, layout, lock),
        }
    }

    fn start_as_owner(settings: &Settings, layout: Layout, lock: File) -> Result<Self, StartError> {
        let account = Account::for_server(&layout.cluster)?;
        account.check_access(&layout.root)?;
        if let Some(server) = adoption::adopt(&layout, &account)? {
            log::info!("took over the private database that an earlier process had left running");
            return Ok(Self::owning(server, layout, lock, false));
        }
        let written_by = layout.cluster_version()?;
        let programs = download::find_or_download(settings, written_by, &account, &layout.cluster)?;
        let first_start = written_by.is_none();
        if first_start {
            log::info!(
                "creating a PostgreSQL {} cluster in {:?}",
                programs.major,
                layout.cluster
            );
            initialize::initialize(&layout, &programs, &account, &lock, settings.durable)?;
        }
        layout.create_socket_dir(&account)?;
        let server = server::launch(&layout, &programs, &account, settings.durable)?;
        Ok(Self::owning(server, layout, lock, first_start))
    }

    fn owning(server: Server, layout: Layout, lock: File, first_start: bool) -> Self {
        Self {
            socket_dir: server.socket_dir.clone(),
            first_start,
            owned: Some(Owned {
                server,
                layout,
                lock,
            }),
        }
    }

    /// The connection string for `database` as superuser, in the key=value notation of tokio-postgres and libpq.
    #[must_use]
    pub fn connection_string(&self, database: &str) -> String {
        connection_string(&self.socket_dir, database)
    }

    /// Whether this start created the cluster.
    #[must_use]
    pub fn first_start(&self) -> bool {
        self.first_start
    }

    /// Becomes the owner of an attached cluster if its owner has stopped it.
    fn take_over(&mut self, settings: &Settings) -> Result<bool, StartError> {
        let layout = Layout::prepare(&settings.data_dir)?;
        let lock = layout.open_lock()?;
        if lock.try_lock().is_err() {
            return Ok(false);
        }
        *self = Self::start_as_owner(settings, layout, lock)?;
        Ok(true)
    }

    /// Starts the server again if it has ended by itself or if its owner has stopped it; returns whether that was so.
    ///
    /// # Errors
    /// The same as [`Cluster::start`].
    pub fn ensure_running(&mut self, settings: &Settings) -> Result<bool, StartError> {
        let Some(owned) = self.owned.as_mut() else {
            return self.take_over(settings);
        };
        if !owned.server.has_ended() {
            return Ok(false);
        }
        let account = Account::for_server(&owned.layout.cluster)?;
        let written_by = owned.layout.cluster_version()?;
        let programs = binaries::find(settings, written_by, &account, &owned.layout.cluster)?;
        owned.layout.create_socket_dir(&account)?;
        owned.server = server::launch(&owned.layout, &programs, &account, settings.durable)?;
        Ok(true)
    }

    /// Stops an owned server: it closes open connections and writes its data, and the call returns when that is done.
    ///
    /// Close the connection pool first. A second call does nothing, nor does a call on an attached cluster.
    pub fn stop(&mut self) {
        if let Some(Owned {
            server,
            layout,
            lock,
        }) = self.owned.take()
        {
            drop(server);
            layout.remove_short_socket_dir(&self.socket_dir);
            drop(lock);
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Waits until it gets the lock, or until the server of the process that holds the lock accepts connections.
///
/// An owner that is shutting down refuses connections and then releases the lock, so that this process takes over.
fn claim(layout: &Layout) -> Result<Claim, StartError> {
    let lock = layout.open_lock()?;
    let mut backoff = Backoff::new();
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(Claim::Owner(lock)),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(source)) => {
                return Err(StartError::Folder {
                    verb: "lock",
                    path: layout.lock.clone(),
                    source,
                });
            }
        }
        let record = PidFile::read(&layout.cluster).filter(|record| !record.is_stopping());
        let reply = record.as_ref().map_or(Reply::NoAnswer, PidFile::probe);
        if let (Some(record), Reply::Accepts) = (record, reply) {
            return Ok(Claim::Attached(record.socket_dir));
        }
        if !backoff.wait(reply == Reply::Busy) {
            return Err(StartError::InUse {
                data_dir: layout.root.clone(),
            });
        }
    }
}

/// The connection string for a database of the private server whose socket is in that folder, as superuser.
#[must_use]
pub fn connection_string(socket_dir: &str, database: &str) -> String {
    format!(
        "host={} user=postgres dbname={}",
        quoted(socket_dir),
        quoted(database)
    )
}

/// A quoted value of a key=value connection string.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_string_quotes_what_a_path_can_contain() {
        let cluster = Cluster {
            socket_dir: r"/it's a \ path".into(),
            first_start: false,
            owned: None,
        };
        assert_eq!(
            cluster.connection_string("u'cap"),
            r"host='/it\'s a \\ path' user=postgres dbname='u\'cap'"
        );
    }
}
