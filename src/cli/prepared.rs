//! The database of a command: connected to or started, and migrated to the schema of this version.

use super::failure::{Failure, failed};
use crate::config::{DatabaseChoice, DatabaseSettings};
use crate::database;
use crate::database::embedded::{self, Cluster};
use crate::database::tls::ConnectionSettings;

/// Name of the application's database in the private server.
const DATABASE: &str = "ucap";

/// A migrated database that a command may use, and the private server that it runs on, if there is one.
pub(super) struct Prepared {
    pub(super) connection: ConnectionSettings,
    /// The private server stops when this is dropped.
    pub(super) private: Option<(Cluster, embedded::Settings)>,
}

/// Prepares the database of those settings; also returns the names of the migrations that were applied.
pub(super) fn prepare(settings: &DatabaseSettings) -> Result<(Prepared, Vec<String>), Failure> {
    let prepared = match settings.choice().map_err(Failure::Setting)? {
        DatabaseChoice::Server(connection) => Prepared {
            connection: *connection,
            private: None,
        },
        DatabaseChoice::Private(settings) => {
            let cluster = Cluster::start(&settings).map_err(failed)?;
            let postgres = cluster
                .connection_string("postgres")
                .parse()
                .map_err(failed)?;
            actix_web::rt::System::new()
                .block_on(database::create_database(&postgres, DATABASE))
                .map_err(failed)?;
            let connection = cluster
                .connection_string(DATABASE)
                .parse()
                .map_err(failed)?;
            Prepared {
                connection,
                private: Some((cluster, settings)),
            }
        }
    };
    let applied = database::migrate(&prepared.connection)
        .map_err(|error| failed(format!("{}: {error}", prepared.connection.describe())))?;
    Ok((prepared, applied))
}
