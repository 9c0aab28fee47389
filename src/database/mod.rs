//! PostgreSQL: connections, transactions, migrations, and the private server that runs when no other is named.
//!
//! All work on the database goes through [`Database::read`] and its siblings, [`Database::snapshot`] and [`Database::write`], which bound how
//! long it may take and never hand out a connection that somebody left half-way. A function that takes `&Connection` sends its
//! statements behind those of others without waiting for their answers; one that takes `&mut Connection` has it to itself. Start there.

mod columns;
mod connection;
mod dedicated;
pub mod embedded;
mod migrate;
mod pipelined;
pub mod schema;
pub mod sql;
pub mod tls;

pub(crate) use columns::text_column;
pub use columns::{Json, clock_timestamp};
pub use connection::{Connection, DatabaseError, PlanCache, create_database, open, transaction};
pub use dedicated::{Dedicated, Purpose};
pub use migrate::{MigrateError, is_current, migrate, newest_migration, revert_all};

use connection::CONNECTION_TIMEOUT;
use dedicated::Dedications;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use pipelined::Readers;
use sql::Seen;
use std::sync::Arc;
use std::time::Duration;
use tls::ConnectionSettings;

/// How long one piece of work may take altogether, should the server hang.
const WORK_TIMEOUT: Duration = Duration::from_secs(12);

/// Connections to one database: a pool of those that one request has at a time, and some that readers share. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    pool: Pool<AsyncPgConnection>,
    lookups: Arc<Readers>,
    searches: Arc<Readers>,
    dedications: Arc<Dedications>,
}

/// How many connections there are and how many of them are free.
#[derive(Debug, Clone, Copy)]
pub struct PoolStatus {
    /// The most that there may be.
    pub limit: usize,
    /// Those open now.
    pub open: usize,
    /// Those open and idle.
    pub idle: usize,
    /// Requests that wait for one.
    pub waiting: usize,
}

impl Database {
    /// A pool of at most `limit` connections, and up to four for each thread that reads; none is opened before it is needed.
    ///
    /// # Errors
    /// A limit that the pool does not take.
    pub fn new(settings: ConnectionSettings, limit: usize) -> Result<Self, String> {
        let settings = Arc::new(settings);
        let lookups = Arc::new(Readers::new(settings.clone(), PlanCache::Generic));
        let searches = Arc::new(Readers::new(settings.clone(), PlanCache::Custom));
        let dedications = Arc::new(Dedications::new(settings.clone()));
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
            dedications,
        })
    }

    /// Runs statements that only read, each for itself, and that find their rows by keys: others wait behind them.
    ///
    /// # Errors
    /// What `work` returns, or [`DatabaseError::Unavailable`].
    pub async fn read<T, E>(
        &self,
        work: impl AsyncFnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<DatabaseError>,
    {
        read_over(&self.lookups, work).await
    }

    /// Runs statements that only read, each for itself, and for which the best way depends on the values that they look for.
    ///
    /// # Errors
    /// What `work` returns, or [`DatabaseError::Unavailable`].
    pub async fn search<T, E>(
        &self,
        work: impl AsyncFnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<DatabaseError>,
    {
        read_over(&self.searches, work).await
    }

    /// Runs statements that find their rows by keys and all see the same state. A transaction is only needed if somebody
    /// writes meanwhile, which `work` tells from the states that its first and its last statement saw: then, or if it fails over
    /// what it saw, it is done again, in one.
    ///
    /// # Errors
    /// What `work` returns, or [`DatabaseError`].
    pub async fn consistent_read<T, E>(
        &self,
        work: impl AsyncFn(&Connection) -> Result<Seen<T>, E>,
    ) -> Result<T, E>
    where
        E: From<DatabaseError>,
    {
        let undisturbed = async |connection: &Connection| {
            Ok::<_, DatabaseError>(work(connection).await.ok().filter(Seen::is_one_state))
        };
        let seen = match self.read(undisturbed).await? {
            Some(seen) => seen,
            None => self.snapshot(work).await?,
        };
        Ok(seen.value)
    }

    /// Runs statements in one transaction: kept if `work` returns `Ok`, undone otherwise, also when the caller goes
    /// away in the middle. `Ok` is returned only once the server has made it durable.
    ///
    /// # Errors
    /// What `work` returns, or [`DatabaseError`] of the transaction itself.
    pub async fn write<T, E>(
        &self,
        work: impl AsyncFnOnce(&mut Connection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<DatabaseError>,
    {
        let mut lease = self.lease().await?;
        let result = bounded(transaction(lease.connection()?, work)).await?;
        lease.give_back();
        result
    }

    /// Runs statements in one transaction, like [`Database::write`], that go out along with its beginning, before that is
    /// answered: for work that need not wait between its statements, either. It must not begin transactions of its own.
    ///
    /// # Errors
    /// What `work` returns, or [`DatabaseError`] of the transaction itself.
    pub async fn pipelined_write<T, E>(
        &self,
        work: impl AsyncFnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<DatabaseError>,
    {
        let mut lease = self.lease().await?;
        let connection: &Connection = lease.connection()?;
        let (begun, value) = bounded(futures_util::future::join(
            execute(connection, "BEGIN"),
            work(connection),
        ))
        .await?;
        let value = begun.map_err(E::from).and(value);
        let end = if value.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = bounded(execute(connection, end))
            .await
            .and_then(|ended| ended);
        if ended.is_ok() {
            lease.give_back();
        }
        // The first error is the one to report.
        let value = value?;
        ended?;
        Ok(value)
    }

    /// Runs statements that only read and all see the same state, that of the first.
    ///
    /// # Errors
    /// What `work` returns, or [`DatabaseError`] of the transaction itself.
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
        // The first statements go out right behind the beginning, and nobody waits for the end: there is nothing to keep.
        let (_, value) = bounded(futures_util::future::try_join(
            async { Ok(begin.await?) },
            work(connection),
        ))
        .await??;
        tokio::spawn(async move {
            bounded(execute(lease.connection()?, "COMMIT"))
                .await?
                .map(|()| lease.give_back())
        });
        Ok(value)
    }

    /// A connection for work without an end in sight, on which nothing but the server's patience bounds it.
    ///
    /// # Errors
    /// [`DatabaseError::Unavailable`].
    pub async fn dedicate(&self, purpose: Purpose) -> Result<Dedicated, DatabaseError> {
        self.dedications.connection(purpose).await
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

    /// Ends all idle connections; those at work end when they are given back.
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
    let reading = readers.lease().await?;
    let result = bounded(work(&reading)).await;
    if result.is_err() {
        reading.abandon();
    }
    result?
}

async fn execute(mut connection: &Connection, statement: &str) -> Result<(), DatabaseError> {
    Ok(connection.batch_execute(statement).await?)
}

/// A connection out of the pool. Unless it is given back, it is closed: nobody can know what still runs on it.
struct Lease {
    connection: Option<Object<AsyncPgConnection>>,
}

impl Lease {
    fn connection(&mut self) -> Result<&mut Connection, DatabaseError> {
        self.connection
            .as_deref_mut()
            .ok_or_else(|| DatabaseError::Unavailable("connection already given back".into()))
    }

    fn give_back(&mut self) {
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

async fn bounded<T>(work: impl Future<Output = T>) -> Result<T, DatabaseError> {
    let outcome = tokio::time::timeout(WORK_TIMEOUT, work).await;
    outcome.map_err(|_| DatabaseError::Unavailable("the database did not answer in time".into()))
}
