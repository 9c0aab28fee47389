//! Connections for work of unknown length: the export or import of a whole collection.
//!
//! One rule: such a connection never belongs to the pool. It is closed when its work ends, which also cancels the statement that
//! the server may still be executing. Only a few are allowed at a time, so that enough connections remain for other requests.

use super::connection::{CONNECTION_TIMEOUT, Connection, DatabaseError, PlanCache, set_up};
use super::tls::{AbortOnDrop, ConnectionSettings};
use diesel_async::SimpleAsyncConnection;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The maximum number of connections for each purpose.
const MAX_PER_PURPOSE: usize = 8;
/// The maximum duration of a statement in minutes.
const STATEMENT_TIMEOUT_MINUTES: u32 = 60;

/// The dedicated connections of one database.
pub(super) struct DedicatedConnections {
    settings: Arc<ConnectionSettings>,
    exports: Arc<Semaphore>,
    imports: Arc<Semaphore>,
}

/// The purpose of a dedicated connection. Each purpose has its own limit, so that exports cannot keep imports from running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The export of a collection.
    Export,
    /// The import of a collection.
    Import,
}

/// A connection that has a single user and is closed when it is dropped.
pub struct Dedicated {
    connection: Connection,
    _abort: AbortOnDrop,
    _permit: OwnedSemaphorePermit,
}

impl DedicatedConnections {
    pub(super) fn new(settings: Arc<ConnectionSettings>) -> Self {
        let permits = || Arc::new(Semaphore::new(MAX_PER_PURPOSE));
        Self {
            settings,
            exports: permits(),
            imports: permits(),
        }
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// [`DatabaseError::Unavailable`], also if the limit is reached.
    pub(super) async fn connection(&self, purpose: Purpose) -> Result<Dedicated, DatabaseError> {
        let unavailable = |why: String| DatabaseError::Unavailable(why);
        let (permits, work) = match purpose {
            Purpose::Export => (&self.exports, "exports"),
            Purpose::Import => (&self.imports, "imports"),
        };
        let busy = |_| unavailable(format!("{MAX_PER_PURPOSE} {work} are already running"));
        let permit = permits.clone().try_acquire_owned().map_err(busy)?;
        let opening = async {
            let (mut connection, abort) = self
                .settings
                .connect_abortable()
                .await
                .map_err(|error| error.to_string())?;
            set_up(&mut connection, PlanCache::Custom)
                .await
                .map_err(|error| error.to_string())?;
            let limits = format!(
                "SET statement_timeout = '{STATEMENT_TIMEOUT_MINUTES}min'; SET idle_in_transaction_session_timeout = '{STATEMENT_TIMEOUT_MINUTES}min'"
            );
            connection
                .batch_execute(&limits)
                .await
                .map_err(|error| error.to_string())?;
            Ok((connection, abort))
        };
        let opened = tokio::time::timeout(CONNECTION_TIMEOUT, opening).await;
        let (connection, abort) = opened
            .map_err(|_| unavailable("no connection was opened in time".into()))?
            .map_err(unavailable)?;
        Ok(Dedicated {
            connection,
            _abort: abort,
            _permit: permit,
        })
    }
}

impl Deref for Dedicated {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Dedicated {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}
