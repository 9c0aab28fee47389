//! What a running server says about itself, for an operator. Start with [`server_facts`].

use super::tls::ConnectionSettings;
use crate::domain::text;
use tokio_postgres::Error;

/// What a server says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFacts {
    /// Its version, for example `15.18`.
    pub version: String,
    /// Its version as a number, for example 150018.
    pub version_number: i32,
    /// The encoding of the database.
    pub encoding: String,
    /// Whether the extension `pg_trgm` is installed on the machine of the server.
    pub trigrams_available: bool,
    /// Whether it is created in the database.
    pub trigrams_created: bool,
}

/// Asks a server; changes nothing.
///
/// # Errors
/// The server cannot be reached or refuses the login; the text says why.
pub async fn server_facts(settings: &ConnectionSettings) -> Result<ServerFacts, String> {
    let client = settings.connect_client().await;
    let client = client.map_err(|error| text::causes(&error))?;
    let question = "SELECT current_setting('server_version'), current_setting('server_version_num')::int4, \
                    current_setting('server_encoding'), \
                    EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm'), \
                    EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')";
    let row = client.query_one(question, &[]).await;
    let facts = row.and_then(|row| {
        Ok(ServerFacts {
            version: row.try_get(0)?,
            version_number: row.try_get(1)?,
            encoding: row.try_get(2)?,
            trigrams_available: row.try_get(3)?,
            trigrams_created: row.try_get(4)?,
        })
    });
    facts.map_err(|error: Error| text::causes(&error))
}
