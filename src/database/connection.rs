//! One connection: how it is opened and set up, its transactions, and what its errors mean.

use super::tls::{ConnectionSettings, sql_state};
use crate::domain::text;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection, TransactionManager};
use std::time::Duration;

/// A connection as queries see it.
pub type Connection = AsyncPgConnection;
type Transactions = <AsyncPgConnection as diesel_async::AsyncConnection>::TransactionManager;

/// The maximum duration of a statement before the server cancels it.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
/// The maximum time to wait for a free connection.
pub(super) const CONNECTION_TIMEOUT: Duration = Duration::from_secs(3);

/// The reasons why work on the database fails.
#[derive(Debug)]
pub enum DatabaseError {
    /// The server cannot be reached or hangs, or all connections are in use: the same request may succeed later.
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

/// True for the SQLSTATEs with which a server refuses or cancels a statement that may succeed at another time.
fn is_state_of_server(sql_state: &str) -> bool {
    // Classes: connection exception, transaction rollback, insufficient resources, operator intervention, system error.
    const CLASSES: [&str; 5] = ["08", "40", "53", "57", "58"];
    // Idle-in-transaction timeout, transaction timeout, lock not available.
    const STATES: [&str; 3] = ["25P03", "25P04", "55P03"];
    STATES.contains(&sql_state) || CLASSES.iter().any(|class| sql_state.starts_with(class))
}

/// Runs statements in one transaction, or in a savepoint of the current one: it is committed if `work` returns `Ok` and rolled
/// back otherwise.
///
/// # Errors
/// The error of `work`, or [`DatabaseError`] of the transaction itself.
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
    plan_cache: PlanCache,
) -> diesel::ConnectionResult<Connection> {
    let mut connection = settings.connect().await?;
    set_up(&mut connection, plan_cache).await?;
    Ok(connection)
}

/// How the server plans a prepared statement (PostgreSQL's `plan_cache_mode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanCache {
    /// One plan for all values, for statements that find their rows by keys: planning them costs more than executing them.
    Generic,
    /// A plan for the values of each execution where the server expects that to be worthwhile.
    Custom,
}

/// How similar a name must be to a term to be examined as what the term was meant to be (Lonyang and Luoyang: 0.33). It has no effect
/// in a database without the extension `pg_trgm`.
const NAME_SIMILARITY: f32 = 0.3;

pub(super) async fn set_up(
    connection: &mut Connection,
    plan_cache: PlanCache,
) -> diesel::ConnectionResult<()> {
    let milliseconds = STATEMENT_TIMEOUT.as_millis();
    // Every statement has an index. The planner overestimates how many rows match and then prefers a sequential scan, also of all
    // cities for the names of the few in a page. Filter and sort column are often correlated, so the planner also underestimates
    // the cost of a scan along the index of the sort key; if it assumes a small cache, the estimate is realistic. Parallel workers
    // are not worth their start for the rows of a page. Statements are never compiled: a scan that is switched off and still
    // without an alternative seems expensive enough for it.
    let mode = match plan_cache {
        PlanCache::Generic => "SET plan_cache_mode = force_generic_plan",
        PlanCache::Custom => {
            "SET effective_cache_size = '256MB'; SET max_parallel_workers_per_gather = 0"
        }
    };
    let setup = format!(
        "{mode}; SET enable_seqscan = off; SET random_page_cost = 1.1; SET jit = off; \
         SET statement_timeout = {milliseconds}; SET lock_timeout = {milliseconds}; \
         SET idle_in_transaction_session_timeout = 30000; SET client_min_messages = warning; SET datestyle = 'ISO, YMD'; \
         SET pg_trgm.strict_word_similarity_threshold = {NAME_SIMILARITY}"
    );
    connection
        .batch_execute(&setup)
        .await
        .map_err(diesel::ConnectionError::CouldntSetupConfiguration)
}

/// Creates a database unless it exists.
///
/// # Errors
/// The server cannot be reached or refuses to create it; the text says why.
pub async fn create_database(server: &ConnectionSettings, name: &str) -> Result<(), String> {
    let client = server.connect_client().await;
    let client = client.map_err(|error| text::causes(&error))?;
    let create = async {
        let known = "SELECT FROM pg_database WHERE datname = $1";
        if client.query_opt(known, &[&name]).await?.is_none() {
            let statement = format!("CREATE DATABASE {name}");
            client.batch_execute(&statement).await?;
        }
        Ok(())
    };
    let created: Result<(), tokio_postgres::Error> = create.await;
    created.map_err(|error| text::causes(&error))
}
