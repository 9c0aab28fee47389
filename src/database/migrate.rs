//! Migrates the database to the schema of this binary. If several instances start at the same time, only one of them migrates.

use super::tls::ConnectionSettings;
use crate::domain::{text, vocabularies};
use diesel::QueryDsl;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::fmt::Display;
use tokio_postgres::Client;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// The key of the advisory lock: any number, but the same in all versions of the service.
const ADVISORY_LOCK: i64 = 7_164_112_211_905_771;

/// The database could not be migrated; the text states the reason.
#[derive(Debug, thiserror::Error)]
#[error("the database could not be migrated: {0}")]
pub struct MigrateError(String);

/// The versions of the migrations of this binary, oldest first.
///
/// # Errors
/// The embedded migrations cannot be read, which is impossible in a binary that was built.
fn versions() -> Result<Vec<String>, MigrateError> {
    let migrations: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS.migrations().map_err(failed)?;
    Ok(migrations
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect())
}

/// The version of the newest migration of this binary.
///
/// # Errors
/// The embedded migrations cannot be read, which is impossible in a binary that was built.
pub fn newest_migration() -> Result<String, MigrateError> {
    Ok(versions()?.pop().unwrap_or_default())
}

/// How the schema of a database compares with that of this binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaState {
    /// It is the schema of this binary.
    Current,
    /// There is none: no migration was ever applied.
    Absent,
    /// It is that of an older version; this many migrations are pending.
    Older(usize),
    /// It has migrations that this binary does not have; the text says what to do.
    Unknown(String),
}

/// Compares the schema of a database with that of this binary, and changes nothing.
///
/// # Errors
/// The database cannot be reached; the text says why.
pub async fn schema_state(settings: &ConnectionSettings) -> Result<SchemaState, String> {
    let client = settings.connect_client().await;
    let client = client.map_err(|error| text::causes(&error))?;
    let applied = applied_migrations(&client).await;
    let applied = applied.map_err(|error| text::causes(&error))?;
    let known = versions().map_err(|error| error.to_string())?;
    Ok(compare(&applied, &known))
}

/// The versions of the applied migrations; none if there is no table of them.
async fn applied_migrations(client: &Client) -> Result<Vec<String>, tokio_postgres::Error> {
    let table = "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL";
    if !client.query_one(table, &[]).await?.try_get::<_, bool>(0)? {
        return Ok(Vec::new());
    }
    let versions = "SELECT version FROM __diesel_schema_migrations";
    let rows = client.query(versions, &[]).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

/// Compares the applied migrations with the known ones.
///
/// A new migration sorts after all older ones. So an unknown migration after the newest one of this binary comes from a newer
/// version, and an unknown one before it was replaced: the versions before the first release had other migrations.
fn compare(applied: &[String], known: &[String]) -> SchemaState {
    let unknown = applied.iter().filter(|version| !known.contains(version));
    match unknown.max() {
        None if applied.is_empty() => SchemaState::Absent,
        None if applied.len() >= known.len() => SchemaState::Current,
        None => SchemaState::Older(known.len() - applied.len()),
        Some(newer) if Some(newer) > known.last() => SchemaState::Unknown(format!(
            "it has migration {newer}, which this version of ucap does not know; run the newer version that made it"
        )),
        Some(replaced) => SchemaState::Unknown(format!(
            "it was made by a development version of ucap (migration {replaced}), and its schema cannot be brought up to date. \
             To carry the data over, run `ucap export --format ndjson --dir copy` with the version that made it. Then run \
             `ucap migrate` and `ucap import --format ndjson copy` with this version and a new database (another UCAP_DATA_DIR or \
             DATABASE_URL), before the first `ucap serve`, which would load the sample plan into it"
        )),
    }
}

/// True if the newest migration of the database is also the newest one of this binary.
///
/// # Errors
/// The statement fails.
pub async fn is_current(mut connection: &AsyncPgConnection) -> diesel::QueryResult<bool> {
    use diesel_async::RunQueryDsl;
    let newest = schema_migrations::table.select(diesel::dsl::max(schema_migrations::version));
    let newest: Option<String> = newest.get_result(&mut connection).await?;
    Ok(newest.is_some() && newest == newest_migration().ok())
}

mod schema_migrations {
    diesel::table! {
        /// The applied migrations; diesel maintains the table.
        #[sql_name = "__diesel_schema_migrations"]
        schema_migrations (version) {
            /// Version of the migration.
            version -> Text,
        }
    }
    pub use schema_migrations::{table, version};
}

/// Applies the migrations that are missing in the database and loads the shipped vocabularies; returns the names of the applied
/// migrations. Blocks the thread and must not be called on an asynchronous runtime.
///
/// # Errors
/// The database cannot be reached, a migration fails, or the database has migrations that this binary does not have.
pub fn migrate(settings: &ConnectionSettings) -> Result<Vec<String>, MigrateError> {
    with_migration_lock(
        settings,
        &format!(
            "{}; SELECT enable_trigrams(); SELECT continue_change_log()",
            vocabulary_statements()
        ),
        |harness| {
            let applied = harness.applied_migrations()?;
            let applied: Vec<String> = applied.iter().map(ToString::to_string).collect();
            refuse_unknown(&applied, &versions()?)?;
            let names = harness.run_pending_migrations(MIGRATIONS)?;
            Ok(names.iter().map(ToString::to_string).collect())
        },
    )
}

/// Refuses a database that has migrations which this binary does not have.
fn refuse_unknown(applied: &[String], known: &[String]) -> Result<(), BoxedError> {
    match compare(applied, known) {
        SchemaState::Unknown(reason) => Err(reason.into()),
        _ => Ok(()),
    }
}

/// Reverts all migrations, the newest first; an empty database remains. Blocks the thread.
///
/// # Errors
/// The database cannot be reached or a migration cannot be reverted.
pub fn revert_all(settings: &ConnectionSettings) -> Result<(), MigrateError> {
    with_migration_lock(settings, "", |harness| {
        harness.revert_all_migrations(MIGRATIONS).map(drop)
    })
}

type Harness = AsyncMigrationHarness<AsyncPgConnection>;
type BoxedError = Box<dyn std::error::Error + Send + Sync>;

/// Runs `work`, and then a statement, on a connection that holds the migration lock. It has its own runtime, because the
/// harness blocks its thread.
fn with_migration_lock<T>(
    settings: &ConnectionSettings,
    afterwards: &str,
    work: impl FnOnce(&mut Harness) -> Result<T, BoxedError>,
) -> Result<T, MigrateError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(failed)?;
    runtime.block_on(async {
        let mut connection = settings.connect().await.map_err(failed)?;
        let setup =
            format!("SET client_min_messages = warning; SELECT pg_advisory_lock({ADVISORY_LOCK})");
        diesel_async::SimpleAsyncConnection::batch_execute(&mut connection, &setup)
            .await
            .map_err(failed)?;
        let mut harness = AsyncMigrationHarness::new(connection);
        let result = tokio::task::block_in_place(|| work(&mut harness)).map_err(failed)?;
        let mut connection = harness.into_inner();
        diesel_async::SimpleAsyncConnection::batch_execute(&mut connection, afterwards)
            .await
            .map_err(failed)?;
        Ok(result)
    })
}

/// The statements that update the vocabularies in the database to the shipped ones.
fn vocabulary_statements() -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let partnerships = vocabularies::PARTNERSHIPS.iter().map(|partnership| {
        let (slug, title) = (quoted(&partnership.slug), quoted(&partnership.title));
        format!("({slug}, {title}, {})", partnership.since)
    });
    let topics = vocabularies::TOPICS.iter().map(|topic| {
        let (slug, title) = (quoted(&topic.slug), quoted(&topic.title));
        format!("({slug}, {title})")
    });
    format!(
        "INSERT INTO urban_agenda_partnerships (slug, title, since) VALUES {} \
         ON CONFLICT (slug) DO UPDATE SET title = excluded.title, since = excluded.since; \
         INSERT INTO topics (slug, title) VALUES {} ON CONFLICT (slug) DO UPDATE SET title = excluded.title",
        partnerships.collect::<Vec<_>>().join(", "),
        topics.collect::<Vec<_>>().join(", ")
    )
}

fn failed(error: impl Display) -> MigrateError {
    MigrateError(error.to_string())
}
