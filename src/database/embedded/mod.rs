//! A private PostgreSQL cluster for installations without a `DATABASE_URL`.
//!
//! The one rule: whoever holds the lock on `service.lock` owns the server and stops it; everybody
//! else only connects to it. No server outlives its owner, and what a crash leaves behind is
//! repaired by the next start. Start at [`Cluster::start`], which reads as the list of steps.

mod account;
mod adoption;
mod binaries;
mod error;
mod fetching;
mod initialize;
mod layout;
mod places;
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
    postmaster::{Patience, PidFile, Reply},
    server::Server,
};
pub use self::{
    error::StartError,
    fetching::{default_cache_dir, programs},
    layout::default_data_dir,
    settings::Settings,
    supervisor::Supervisor,
};

/// A running private cluster.
///
/// An owned one is stopped by [`Cluster::stop`] or on drop. An attached one belongs to another
/// process of the service on the same data directory: it is never stopped from here; when its owner
/// stops, [`Cluster::revive`] takes it over.
#[derive(Debug)]
pub struct Cluster {
    socket_dir: String,
    first_start: bool,
    owned: Option<Owned>,
}

/// What only the owner holds; the lock is last, so that it is released after the server has ended.
#[derive(Debug)]
struct Owned {
    server: Server,
    layout: Layout,
    lock: File,
}

/// The outcome of reaching for the lock.
enum Claim {
    /// This process owns the data directory.
    Owner(File),
    /// Another process does; its server listens in this socket directory.
    Attached(String),
}

impl Cluster {
    /// Starts the server, creates the cluster first where there is none, and returns once it
    /// accepts connections.
    ///
    /// Blocks the calling thread: about a second for a new cluster, less than 0.1 s for an existing
    /// one, minutes at worst when the server has to recover after a crash.
    ///
    /// # Errors
    /// Every [`StartError`] is one message for the operator that names the remedy.
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
            log::info!("took over the private database that an earlier process left running");
            return Ok(Self::owning(server, layout, lock, false));
        }
        let written_by = layout.cluster_version()?;
        let programs = fetching::find_or_fetch(settings, written_by, &account, &layout.cluster)?;
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

    /// How to connect to `database` as superuser, in the key=value form of tokio-postgres and
    /// libpq.
    #[must_use]
    pub fn connection_string(&self, database: &str) -> String {
        format!(
            "host={} user=postgres dbname={}",
            quoted(&self.socket_dir),
            quoted(database)
        )
    }

    /// Whether this start created the cluster.
    #[must_use]
    pub fn first_start(&self) -> bool {
        self.first_start
    }

    /// Becomes the owner of a server that was another's, if that one has stopped.
    fn succeed(&mut self, settings: &Settings) -> Result<bool, StartError> {
        let layout = Layout::prepare(&settings.data_dir)?;
        let lock = layout.open_lock()?;
        if lock.try_lock().is_err() {
            return Ok(false);
        }
        *self = Self::start_as_owner(settings, layout, lock)?;
        Ok(true)
    }

    /// Starts an owned server again if it has ended by itself; tells whether it had.
    ///
    /// # Errors
    /// As for [`Cluster::start`].
    pub fn revive(&mut self, settings: &Settings) -> Result<bool, StartError> {
        let Some(owned) = self.owned.as_mut() else {
            return self.succeed(settings);
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

    /// Stops an owned server: open connections are ended, the data are written, and the call
    /// returns when that is done.
    ///
    /// Close the connection pool first. A second call, and any call on an attached cluster, does
    /// nothing.
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

/// Takes the lock, or waits until the server of the process that holds it accepts connections,
/// whichever comes first.
///
/// An owner that is just shutting down refuses connections and then frees the lock, so this process
/// takes over from it.
fn claim(layout: &Layout) -> Result<Claim, StartError> {
    let lock = layout.open_lock()?;
    let mut patience = Patience::new();
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
        let reply = record.as_ref().map_or(Reply::Silence, PidFile::probe);
        if let (Some(record), Reply::Accepts) = (record, reply) {
            return Ok(Claim::Attached(record.socket_dir));
        }
        if !patience.goes_on(reply == Reply::Busy) {
            return Err(StartError::Held {
                data_dir: layout.root.clone(),
            });
        }
    }
}

/// A value of a key=value connection string, in quotes.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_string_quotes_what_a_path_may_hold() {
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
