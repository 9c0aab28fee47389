//! The database as its server describes it: reachable, of a version that is supported, with which schema and which keys.

use super::findings::Findings;
use crate::access;
use crate::cli::prepared::DATABASE;
use crate::database::embedded;
use crate::database::tls::ConnectionSettings;
use crate::database::{self, PlanCache, SchemaState, ServerFacts};

/// The oldest supported version of PostgreSQL, as the server numbers it.
const OLDEST: i32 = 140_000;

/// Examines the database of the private server, which is running.
pub(super) async fn examine_private(socket_dir: &str, findings: &mut Findings) {
    match embedded::connection_string(socket_dir, DATABASE).parse() {
        Ok(connection) => examine(&connection, findings).await,
        Err(error) => findings.problem("database", error),
    }
}

/// Examines a database.
pub(super) async fn examine(connection: &ConnectionSettings, findings: &mut Findings) {
    let place = connection.describe();
    let facts = match database::server_facts(connection).await {
        Ok(facts) => facts,
        Err(error) => return findings.problem("database", format!("{place}: {error}")),
    };
    findings.fine("database", format!("{place} can be reached"));
    examine_server(&facts, findings);
    match database::schema_state(connection).await {
        Ok(SchemaState::Current) => {
            findings.fine("schema", "it is that of this version");
            examine_keys(connection, findings).await;
        }
        Ok(SchemaState::Absent) => {
            findings.note(
                "schema",
                "there is none yet; `ucap serve` and `ucap migrate` create it",
            );
        }
        Ok(SchemaState::Older(count)) => findings.note(
            "schema",
            format!("{count} migrations are pending; `ucap serve` and `ucap migrate` apply them"),
        ),
        Ok(SchemaState::Unknown(reason)) => findings.problem("schema", reason),
        Err(error) => findings.problem("schema", error),
    }
}

fn examine_server(facts: &ServerFacts, findings: &mut Findings) {
    let version = format!("PostgreSQL {}", facts.version);
    if facts.version_number < OLDEST {
        findings.problem("server", format!("{version}, but 14 or newer is needed"));
    } else {
        findings.fine("server", version);
    }
    if facts.encoding != "UTF8" {
        let detail = format!(
            "the database has the encoding {}, but UTF8 is needed",
            facts.encoding
        );
        findings.problem("encoding", detail);
    }
    match (facts.trigrams_available, facts.trigrams_created) {
        (_, true) => findings.fine("extensions", "pg_trgm is created"),
        (true, false) => findings.note(
            "extensions",
            "pg_trgm is installed, but not created in this database; `ucap migrate` creates it if it may",
        ),
        (false, false) => findings.note(
            "extensions",
            "pg_trgm is not installed, so misspelled words are not found",
        ),
    }
}

async fn examine_keys(connection: &ConnectionSettings, findings: &mut Findings) {
    let exists = match database::open(connection, PlanCache::Custom).await {
        Ok(mut connection) => access::admin_exists(&mut connection).await,
        Err(error) => return findings.problem("keys", error.to_string()),
    };
    match exists {
        Ok(true) => findings.fine("keys", "there is an active admin key"),
        Ok(false) => findings.note(
            "keys",
            "there is no active admin key; `ucap key create NAME --role admin` creates one",
        ),
        Err(error) => findings.problem("keys", error.to_string()),
    }
}
