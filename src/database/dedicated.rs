//! Connections for work without an end in sight: a whole collection on its way out or in.
//!
//! One rule: such a connection never was in the pool and never goes there; it ends with the work, and with it whatever the
//! server still does for it. There are only a few, so that they leave room for everybody else.

use super::connection::{CONNECTION_TIMEOUT, Connection, DatabaseError, PlanCache, set_up};
use super::tls::{Bound, ConnectionSettings};
use diesel_async::SimpleAsyncConnection;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many there may be at a time for each purpose.
const MOST: usize = 8;
/// How long one statement may take, in minutes.
const MINUTES: u32 = 60;

/// The dedicated connections of one database.
pub(super) struct Dedications {
    settings: Arc<ConnectionSettings>,
    exports: Arc<Semaphore>,
    imports: Arc<Semaphore>,
}

/// What a dedicated connection is for: whoever only reads cannot keep those who write from working.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A collection on its way out.
    Export,
    /// A collection on its way in.
    Import,
}

/// A connection with a single user.
pub struct Dedicated {
    connection: Connection,
    _bound: Bound,
    _permit: OwnedSemaphorePermit,
}

impl Dedications {
    pub(super) fn new(settings: Arc<ConnectionSettings>) -> Self {
        let permits = || Arc::new(Semaphore::new(MOST));
        Self {
            settings,
            exports: permits(),
            imports: permits(),
        }
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// [`DatabaseError::Unavailable`], also if there are as many as there may be.
    pub(super) async fn connection(&self, purpose: Purpose) -> Result<Dedicated, DatabaseError> {
        let unavailable = |why: String| DatabaseError::Unavailable(why);
        let (permits, work) = match purpose {
            Purpose::Export => (&self.exports, "exports"),
            Purpose::Import => (&self.imports, "imports"),
        };
        let busy = |_| unavailable(format!("{MOST} {work} are running already"));
        let permit = permits.clone().try_acquire_owned().map_err(busy)?;
        let opening = async {
            let (mut connection, bound) = self
                .settings
                .connect_bound()
                .await
                .map_err(|error| error.to_string())?;
            set_up(&mut connection, PlanCache::Custom)
                .await
                .map_err(|error| error.to_string())?;
            let limits = format!(
                "SET statement_timeout = '{MINUTES}min'; SET idle_in_transaction_session_timeout = '{MINUTES}min'"
            );
            connection
                .batch_execute(&limits)
                .await
                .map_err(|error| error.to_string())?;
            Ok((connection, bound))
        };
        let opened = tokio::time::timeout(CONNECTION_TIMEOUT, opening).await;
        let (connection, bound) = opened
            .map_err(|_| unavailable("no connection was opened in time".into()))?
            .map_err(unavailable)?;
        Ok(Dedicated {
            connection,
            _bound: bound,
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
