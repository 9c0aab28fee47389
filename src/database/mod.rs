//! PostgreSQL: connections, transactions, migrations, and the private server that runs when no other is named.
//!
//! All work on the database goes through the methods of [`Database`], such as [`Database::read`] and [`Database::write`]. They
//! limit how long it takes and never hand out a connection that an earlier user left in an unknown state. A function that takes
//! `&Connection` sends its statements over a shared connection, without waiting for the results of other statements; one that
//! takes `&mut Connection` has the connection to itself. Start with [`Database`].

mod columns;
mod connection;
mod dedicated;
pub mod embedded;
mod facts;
mod migrate;
mod pipelined;
pub mod schema;
pub mod sql;
pub mod tls;
mod vector;

pub(crate) use columns::text_column;
pub use columns::{Json, clock_timestamp};
pub use connection::{Connection, DatabaseError, PlanCache, create_database, open, transaction};
pub use dedicated::{Dedicated, Purpose};
pub use facts::{ServerFacts, server_facts};
pub use migrate::{
    MigrateError, SchemaState, is_current, migrate, newest_migration, revert_all, schema_state,
};
pub use vector::{SearchVector, Tsvector};

use connection::CONNECTION_TIMEOUT;
use dedicated::DedicatedConnections;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use pipelined::Readers;
use sql::Observed;
use std::sync::Arc;
use std::time::Duration;
use tls::ConnectionSettings;

/// The maximum total duration of one unit of work if the server hangs.
const WORK_TIMEOUT: Duration = Duration::from_secs(12);

/// The connections to one database: a pool of connections that one request uses at a time, and some that readers share. Cheap to
/// clone.
#[derive(Clone)]
pub struct Database {
    pool: Pool<AsyncPgConnection>,
    lookups: Arc<Readers>,
    searches: Arc<Readers>,
    dedicated: Arc<DedicatedConnections>,
}

/// The number of connections of the pool, and the number of idle ones.
#[derive(Debug, Clone, Copy)]
pub struct PoolStatus {
    /// The maximum number of connections.
    pub limit: usize,
    /// Open connections.
    pub open: usize,
    /// Open connections that are idle.
    pub idle: usize,
    /// Requests that wait for a connection.
    pub waiting: usize,
}

impl Database {
    /// Creates a pool of at most `limit` connections, and up to four shared ones for each thread that reads. A connection is opened
    /// when it is first needed.
    ///
    /// # Errors
    /// The pool does not accept the limit.
    pub fn new(settings: ConnectionSettings, limit: usize) -> Result<Self, String> {
        let settings = Arc::new(settings);
        let lookups = Arc::new(Readers::new(settings.clone(), PlanCache::Generic));
        let searches = Arc::new(Readers::new(settings.clone(), PlanCache::Custom));
        let dedicated = Arc::new(DedicatedConnections::new(settings.clone()));
        let mut configuration = ManagerConfig::default();
        configuration.recycling_method = RecyclingMethod::Fast;
        configuration.custom_setup = Box::new(move |_| {
            let settings = settings.clone();
            Box::pin(async move { open(&settings, PlanCache::Generic).await })
        });
        let manager = AsyncDieselConnectionManager::new_with_config("", configuration);
        let pool = Pool::builder(manager)
            .max_size(limit)
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self {
            pool,
            lookups,
            searches,
            dedicated,
        })
    }

    /// Runs statements that only read, each in its own transaction, and that find their rows by keys. They must be fast, since
    /// the statements of other requests wait behind them on the shared connection.
    ///
    /// # Errors
    /// The error of `work`, or [`DatabaseError::Unavailable`].
    pub async fn read<T, E>(
        &self,
        work: impl AsyncFnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<DatabaseError>,
    {
        read_over(&self.lookups, work).await
    }

    /// Runs statements that only read, each in its own transaction, and whose best query plan depends on the values that they
    /// search for.
    ///
    /// # Errors
    /// The error of `work`, or [`DatabaseError::Unavailable`].
    pub async fn search<T, E>(
        &self,
        work: impl AsyncFnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<DatabaseError>,
    {
        read_over(&self.searches, work).await
    }

    /// Runs statements that only read, find their rows by keys, and must all see the same state of the database.
    ///
    /// They run without a transaction first. If the snapshots that `work` observed differ, because a transaction was committed in the meantime, or
    /// if `work` fails, it is repeated in a transaction.
    ///
    /// # Errors
    /// The error of `work`, or [`DatabaseError`].
    pub async fn consistent_read<T, E>(
        &self,
        work: impl AsyncFn(&Connection) -> Result<Observed<T>, E>,
    ) -> Result<T, E>
    where
        E: From<DatabaseError>,
    {
        let without_transaction = async |connection: &Connection| {
            Ok::<_, DatabaseError>(work(connection).await.ok().filter(Observed::is_consistent))
        };
        let observed = match self.read(without_transaction).await? {
            Some(observed) => observed,
            None => self.snapshot(work).await?,
        };
        Ok(observed.value)
    }

    /// Runs statements in one transaction: it is committed if `work` returns `Ok` and rolled back otherwise, also if the caller is
    /// cancelled. `Ok` is returned only after the server has made the commit durable.
    ///
    /// # Errors
    /// The error of `work`, or [`DatabaseError`] of the transaction itself.
    pub async fn write<T, E>(
        &self,
        work: impl AsyncFnOnce(&mut Connection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<DatabaseError>,
    {
        let mut lease = self.lease().await?;
        let result = in_time(transaction(lease.connection()?, work)).await?;
        lease.release();
        result
    }

    /// Runs statements in one transaction, like [`Database::write`], but sends them immediately after `BEGIN`, without waiting for its
    /// result. This is for work that need not wait between its statements either. It must not begin transactions itself.
    ///
    /// # Errors
    /// The error of `work`, or [`DatabaseError`] of the transaction itself.
    pub async fn pipelined_write<T, E>(
        &self,
        work: impl AsyncFnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<DatabaseError>,
    {
        let mut lease = self.lease().await?;
        let connection: &Connection = lease.connection()?;
        let (begun, value) = in_time(futures_util::future::join(
            execute(connection, "BEGIN"),
            work(connection),
        ))
        .await?;
        let value = begun.map_err(E::from).and(value);
        let end = if value.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = in_time(execute(connection, end))
            .await
            .and_then(|ended| ended);
        if ended.is_ok() {
            lease.release();
        }
        // The first error is the one to report.
        let value = value?;
        ended?;
        Ok(value)
    }

    /// Runs statements that only read in one transaction: all see the state of the database that the first one sees.
    ///
    /// # Errors
    /// The error of `work`, or [`DatabaseError`] of the transaction itself.
    pub async fn snapshot<T, E>(
        &self,
        work: impl AsyncFnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<DatabaseError>,
    {
        let mut lease = self.lease().await?;
        let connection: &Connection = lease.connection()?;
        let begin = execute(
            connection,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL plan_cache_mode = auto",
        );
        // The first statements are sent immediately after BEGIN, and the caller does not wait for COMMIT: nothing was written.
        let (_, value) = in_time(futures_util::future::try_join(
            async { Ok(begin.await?) },
            work(connection),
        ))
        .await??;
        tokio::spawn(async move {
            in_time(execute(lease.connection()?, "COMMIT"))
                .await?
                .map(|()| lease.release())
        });
        Ok(value)
    }

    /// Opens a connection for work of unknown length, which only the time limits of the server bound.
    ///
    /// # Errors
    /// [`DatabaseError::Unavailable`].
    pub async fn dedicate(&self, purpose: Purpose) -> Result<Dedicated, DatabaseError> {
        self.dedicated.connection(purpose).await
    }

    /// The state of the pool, for metrics.
    pub fn status(&self) -> PoolStatus {
        let status = self.pool.status();
        PoolStatus {
            limit: status.max_size,
            open: status.size,
            idle: status.available,
            waiting: status.waiting,
        }
    }

    /// Closes all idle connections. Connections in use are closed when they are released.
    pub fn close(&self) {
        self.pool.close();
        self.lookups.close();
        self.searches.close();
    }

    async fn lease(&self) -> Result<Lease, DatabaseError> {
        match tokio::time::timeout(CONNECTION_TIMEOUT, self.pool.get()).await {
            Ok(Ok(connection)) => Ok(Lease {
                connection: Some(connection),
            }),
            Ok(Err(error)) => Err(DatabaseError::Unavailable(error.to_string())),
            Err(_) => Err(DatabaseError::Unavailable(
                "no connection became free in time".into(),
            )),
        }
    }
}

async fn read_over<T, E>(
    readers: &Readers,
    work: impl AsyncFnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<DatabaseError>,
{
    let connection = readers.lease().await?;
    let result = in_time(work(&connection)).await;
    if result.is_err() {
        connection.discard();
    }
    result?
}

async fn execute(mut connection: &Connection, statement: &str) -> Result<(), DatabaseError> {
    Ok(connection.batch_execute(statement).await?)
}

/// A connection of the pool. If it is not released, it is closed, because it is unknown which statements still run on it.
struct Lease {
    connection: Option<Object<AsyncPgConnection>>,
}

impl Lease {
    fn connection(&mut self) -> Result<&mut Connection, DatabaseError> {
        self.connection
            .as_deref_mut()
            .ok_or_else(|| DatabaseError::Unavailable("the connection was already released".into()))
    }

    fn release(&mut self) {
        self.connection = None;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(Object::take(connection));
        }
    }
}

async fn in_time<T>(work: impl Future<Output = T>) -> Result<T, DatabaseError> {
    let outcome = tokio::time::timeout(WORK_TIMEOUT, work).await;
    outcome.map_err(|_| DatabaseError::Unavailable("the database did not respond in time".into()))
}
