//! PostgreSQL: connections, transactions, migrations, and the private server that runs when no other is named.
//!
//! All work on the database goes through [`Database::read`] and its siblings, [`Database::snapshot`] and [`Database::write`], which bound how
//! long it may take and never hand out a connection that somebody left half-way. A function that takes `&Connection` sends its
//! statements behind those of others without waiting for their answers; one that takes `&mut Connection` has it to itself. Start there.

mod anywhere;
pub mod bulk;
mod columns;
mod dedicated;
pub mod embedded;
mod migrate;
mod readers;
pub mod schema;
pub mod search;
mod state;
pub mod tls;

pub use anywhere::Anywhere;
pub(crate) use columns::text_column;
pub use columns::{Json, clock_timestamp};
pub use dedicated::{Dedicated, Purpose};
pub use migrate::{MigrateError, is_current, migrate, newest_migration, revert_all};
pub use state::{CurrentState, Seen, State, seen};

use dedicated::Dedications;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection, TransactionManager};
use readers::Readers;
use std::sync::Arc;
use std::time::Duration;
use tls::{ConnectionSettings, sql_state};

/// A connection as queries see it.
pub type Connection = AsyncPgConnection;
type Transactions = <AsyncPgConnection as diesel_async::AsyncConnection>::TransactionManager;

/// How long a statement may run before the server ends it.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long one piece of work may take altogether, should the server hang.
const WORK_TIMEOUT: Duration = Duration::from_secs(12);
/// How long to wait for a free connection.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(3);

/// Why work on the database failed.
#[derive(Debug)]
pub enum DatabaseError {
    /// The server is away, hangs, or all connections are taken: the same request may succeed later.
    Unavailable(String),
    /// The statement itself failed.
    Failed(DieselError),
}

impl From<DieselError> for DatabaseError {
    fn from(error: DieselError) -> Self {
        if is_unavailable(&error) {
            Self::Unavailable(error.to_string())
        } else {
            Self::Failed(error)
        }
    }
}

/// True if the error comes from the state of the server rather than from the statement.
fn is_unavailable(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::SerializationFailure
            | DatabaseErrorKind::ReadOnlyTransaction,
            _,
        ) => true,
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, information) => {
            sql_state(&**information).is_some_and(is_state_of_server)
        }
        DieselError::BrokenTransactionManager => true,
        _ => false,
    }
}

/// True for the SQLSTATEs with which a server refuses or ends what it might do at another time.
fn is_state_of_server(sql_state: &str) -> bool {
    // Classes: connection exception, transaction rollback, insufficient resources, operator intervention, system error.
    const CLASSES: [&str; 5] = ["08", "40", "53", "57", "58"];
    // Too long in a transaction, idle or at work; lock not available.
    const STATES: [&str; 3] = ["25P03", "25P04", "55P03"];
    STATES.contains(&sql_state) || CLASSES.iter().any(|class| sql_state.starts_with(class))
}

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
        let lookups = Arc::new(Readers::new(settings.clone(), Planning::Once));
        let searches = Arc::new(Readers::new(settings.clone(), Planning::ByValues));
        let dedications = Arc::new(Dedications::new(settings.clone()));
        let mut configuration = ManagerConfig::default();
        configuration.recycling_method = RecyclingMethod::Fast;
        configuration.custom_setup = Box::new(move |_| {
            let settings = settings.clone();
            Box::pin(async move { open(&settings, Planning::Once).await })
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
    pub async fn read_whole<T, E>(
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
    pub async fn write_together<T, E>(
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

/// Runs statements in one transaction, or in a part of the one that is already there: kept if `work` returns `Ok`, undone
/// otherwise.
///
/// # Errors
/// What `work` returns, or [`DatabaseError`] of the transaction itself.
pub async fn transaction<T, E>(
    connection: &mut Connection,
    work: impl AsyncFnOnce(&mut Connection) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<DatabaseError>,
{
    Transactions::begin_transaction(connection)
        .await
        .map_err(DatabaseError::from)?;
    match work(connection).await {
        Ok(value) => {
            Transactions::commit_transaction(connection)
                .await
                .map_err(DatabaseError::from)?;
            Ok(value)
        }
        Err(error) => {
            // The first error is the one to report; a connection whose rollback fails is broken and will be dropped.
            let _ = Transactions::rollback_transaction(connection).await;
            Err(error)
        }
    }
}

/// Opens one connection with the limits that every connection of the service has.
///
/// # Errors
/// The server cannot be reached or refuses the login.
pub async fn open(
    settings: &ConnectionSettings,
    planning: Planning,
) -> diesel::ConnectionResult<Connection> {
    let mut connection = settings.connect().await?;
    set_up(&mut connection, planning).await?;
    Ok(connection)
}

/// How the server plans a prepared statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planning {
    /// Once: for statements that find their rows by keys, where planning costs more than doing.
    Once,
    /// As the server sees fit, again for other values if that pays.
    ByValues,
}

async fn set_up(connection: &mut Connection, planning: Planning) -> diesel::ConnectionResult<()> {
    let milliseconds = STATEMENT_TIMEOUT.as_millis();
    // Whatever can be looked for has an index; the server reads a table from end to end where it guesses too many rows. Along
    // the index of a sort key it will find what is looked for later than it thinks, for both often depend on each other: that
    // costs more if it expects less of what it reads there to be in memory already. A page is too short for several processes.
    let mode = match planning {
        Planning::Once => "SET plan_cache_mode = force_generic_plan",
        Planning::ByValues => {
            "SET enable_seqscan = off; SET random_page_cost = 1.1; SET effective_cache_size = '256MB'; SET max_parallel_workers_per_gather = 0"
        }
    };
    let setup = format!(
        "{mode}; SET statement_timeout = {milliseconds}; SET lock_timeout = {milliseconds}; \
         SET idle_in_transaction_session_timeout = 30000; SET client_min_messages = warning; SET datestyle = 'ISO, YMD'"
    );
    connection
        .batch_execute(&setup)
        .await
        .map_err(diesel::ConnectionError::CouldntSetupConfiguration)
}

/// Makes a database unless it is there.
///
/// # Errors
/// The server cannot be reached or refuses.
pub async fn create_database(
    server: &ConnectionSettings,
    name: &str,
) -> Result<(), Box<dyn std::error::Error>> {
    let client = server.connect_client().await?;
    if client
        .query_opt("SELECT FROM pg_database WHERE datname = $1", &[&name])
        .await?
        .is_none()
    {
        client
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .await?;
    }
    Ok(())
}
