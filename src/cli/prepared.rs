//! The database of a command: connected to or started, with the schema of this version.
//!
//! One rule: only `serve` and `migrate` create a cluster or change a schema; all other commands refuse a database that is not
//! ready, so that a mistyped directory or address is noticed. Start with [`prepare`].

use super::failure::{Failure, failed};
use super::output::Output;
use crate::config::{DatabaseChoice, DatabaseOnly, DatabaseSettings};
use crate::database;
use crate::database::SchemaState;
use crate::database::embedded::{self, Cluster};
use crate::database::tls::ConnectionSettings;

/// Name of the application's database in the private server.
pub(super) const DATABASE: &str = "ucap";

/// A database that a command may use, and the private server that it runs on, if there is one.
pub(super) struct Prepared {
    pub(super) connection: ConnectionSettings,
    /// The private server stops when this is dropped.
    pub(super) private: Option<(Cluster, embedded::Settings)>,
}

/// Whether a command works on a database as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Preparation {
    /// Creates the cluster and migrates the schema.
    Create,
    /// Refuses a database that is not ready.
    Refuse,
}

/// Creates the cluster if there is none, and migrates the schema; also returns the names of the migrations that were applied.
pub(super) fn create(
    settings: &DatabaseSettings,
    output: &Output,
) -> Result<(Prepared, Vec<String>), Failure> {
    let prepared = connect(settings, output, Preparation::Create)?;
    let applied = database::migrate(&prepared.connection)
        .map_err(|error| failed(format!("{}: {error}", prepared.connection.describe())))?;
    Ok((prepared, applied))
}

/// Prepares a database that exists and has the schema of this version.
pub(super) fn prepare(settings: &DatabaseSettings, output: &Output) -> Result<Prepared, Failure> {
    let prepared = connect(settings, output, Preparation::Refuse)?;
    let state = actix_web::rt::System::new()
        .block_on(database::schema_state(&prepared.connection))
        .map_err(|error| unreachable_database(&prepared, &error))?;
    let reason = match state {
        SchemaState::Current => return Ok(prepared),
        SchemaState::Absent => {
            "it has no tables of ucap yet; `ucap migrate` or `ucap serve` creates them".to_owned()
        }
        SchemaState::Older(count) => format!(
            "its schema is that of an older version ({count} migrations are pending); `ucap migrate` or `ucap serve` brings it up to date"
        ),
        SchemaState::Unknown(reason) => reason,
    };
    Err(failed(format!(
        "{}: {reason}",
        prepared.connection.describe()
    )))
}

fn unreachable_database(prepared: &Prepared, error: &str) -> Failure {
    let place = prepared.connection.describe();
    // The server is running, so its database was not completed when it was created.
    let remedy = match prepared.private {
        Some(_) => "; `ucap migrate` creates what is missing",
        None => "",
    };
    failed(format!("{place}: {error}{remedy}"))
}

/// Refuses to work on a database where a running registry is named.
pub(super) fn database_only<'a>(
    place: &'a DatabaseOnly,
    command: &str,
) -> Result<&'a DatabaseSettings, Failure> {
    let Some(url) = &place.url else {
        return Ok(&place.database);
    };
    Err(Failure::Setting(format!(
        "`ucap {command}` works only on a database, not on the running registry at {url} (UCAP_URL); name the database with \
         --data-dir or --database-url, on the machine that has it"
    )))
}

fn connect(
    settings: &DatabaseSettings,
    output: &Output,
    preparation: Preparation,
) -> Result<Prepared, Failure> {
    match settings.choice().map_err(Failure::Setting)? {
        DatabaseChoice::Server(connection) => {
            output.note(format!("Working on the {}.", connection.describe()));
            Ok(Prepared {
                connection: *connection,
                private: None,
            })
        }
        DatabaseChoice::Private(settings) => {
            if preparation == Preparation::Refuse {
                refuse_missing(&settings)?;
            }
            output.note(format!(
                "Working on the database in {}.",
                settings.data_dir.display()
            ));
            start(settings, preparation)
        }
    }
}

/// Fails if the data directory has no cluster, and creates nothing.
fn refuse_missing(settings: &embedded::Settings) -> Result<(), Failure> {
    if Cluster::exists(settings) {
        return Ok(());
    }
    Err(failed(format!(
        "there is no database in {}; name its directory with --data-dir or UCAP_DATA_DIR, or create one there with `ucap migrate` \
         or `ucap serve`",
        settings.data_dir.display()
    )))
}

fn start(settings: embedded::Settings, preparation: Preparation) -> Result<Prepared, Failure> {
    let cluster = Cluster::start(&settings).map_err(failed)?;
    if preparation == Preparation::Create {
        let postgres = cluster
            .connection_string("postgres")
            .parse()
            .map_err(failed)?;
        actix_web::rt::System::new()
            .block_on(database::create_database(&postgres, DATABASE))
            .map_err(failed)?;
    }
    let connection = cluster
        .connection_string(DATABASE)
        .parse()
        .map_err(failed)?;
    Ok(Prepared {
        connection,
        private: Some((cluster, settings)),
    })
}
