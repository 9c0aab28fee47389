//! Connections to the database: how their errors are identified, and how they end.

use crate::harness::{App, TestDatabase};
use diesel_async::SimpleAsyncConnection;
use serde_json::json;
use std::time::Duration;
use ucap::database::{Connection, Database, DatabaseError, Purpose};

#[actix_web::test]
async fn errors_are_identified_by_their_sqlstate_in_every_language_of_messages() {
    let database = TestDatabase::create_empty().await;
    let pool = Database::new(database.settings(), 1).unwrap();
    for (state, message, is_unavailable) in [
        ("08006", "Verbindung abgebrochen", true),
        ("40001", "konnte Zugriff nicht serialisieren", true),
        ("40P01", "Verklemmung entdeckt", true),
        ("53100", "konnte Datei nicht erweitern", true),
        ("53200", "Speicher aufgebraucht", true),
        ("53300", "zu viele Verbindungen", true),
        (
            "55P03",
            "storniere Anfrage wegen Zeitüberschreitung einer Sperre",
            true,
        ),
        ("57014", "storniere Anfrage wegen Zeitüberschreitung", true),
        ("57P01", "Verbindung wird abgebrochen", true),
        ("57P03", "das Datenbanksystem startet", true),
        ("58030", "Ein-/Ausgabefehler", true),
        ("25006", "Transaktion kann nur lesen", true),
        ("25P03", "zu lange untätig in einer Transaktion", true),
        ("P0001", "canceling statement due to user request", false),
        ("22P02", "terminating connection", false),
        ("42P01", "57014: the database system is starting up", false),
        (
            "XX000",
            "too many clients already, deadlock detected",
            false,
        ),
        ("23514", "out of shared memory", false),
    ] {
        // An error message as with another `lc_messages`.
        let statement =
            format!("DO $$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = '{state}'; END $$");
        let work = async |connection: &mut Connection| {
            connection.batch_execute(&statement).await?;
            Ok::<(), DatabaseError>(())
        };
        let error = pool.write(work).await.unwrap_err();
        let unavailable = matches!(error, DatabaseError::Unavailable(_));
        assert_eq!(unavailable, is_unavailable, "{state}: {error:?}");
        let text = match error {
            DatabaseError::Unavailable(text) => text,
            DatabaseError::Failed(error) => error.to_string(),
        };
        assert_eq!(text, format!("{state}: {message}"), "the log has both");
    }
}

#[actix_web::test]
async fn a_private_server_writes_its_log_in_english() {
    let database = TestDatabase::create_empty().await;
    let client = database.client().await;
    let setting = client.query_one("SHOW lc_messages", &[]).await.unwrap();
    assert_eq!(setting.get::<_, &str>(0), "C");
}

#[actix_web::test]
async fn an_overloaded_or_stopping_server_is_503_in_every_language() {
    let app = App::start().await;
    for state in ["53100", "57014", "57P01"] {
        let trouble = format!(
            "CREATE OR REPLACE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'Störung' USING ERRCODE = '{state}'; END $$; \
             CREATE OR REPLACE TRIGGER trouble AFTER INSERT ON cities FOR EACH ROW EXECUTE FUNCTION trouble()"
        );
        app.database
            .client()
            .await
            .batch_execute(&trouble)
            .await
            .unwrap();
        let city = json!({"name": "Leipzig", "kind": "city"});
        let answer = app.post("/v1/cities", &city).await;
        let answer = answer.problem(503, "database_unavailable");
        assert!(answer.header("retry-after").is_some(), "{state}");
    }
}

#[actix_web::test]
async fn an_export_or_import_that_is_cancelled_ends_the_running_statement() {
    let database = TestDatabase::create_empty().await;
    let pool = Database::new(database.settings(), 1).unwrap();
    for purpose in [Purpose::Export, Purpose::Import] {
        let mut connection = pool.dedicate(purpose).await.unwrap();
        let endless = "SELECT repeat('x', 100), generate_series(1, 1000000000)";
        let working = connection.batch_execute(endless);
        let half_a_second = Duration::from_millis(500);
        assert!(
            tokio::time::timeout(half_a_second, working).await.is_err(),
            "it is at work"
        );
        drop(connection);
        let at_work = "SELECT count(*) FROM pg_stat_activity \
            WHERE datname = current_database() AND query LIKE '%generate_series%' AND pid <> pg_backend_pid()";
        let mut looks = 0;
        while database.number(at_work).await > 0 {
            looks += 1;
            assert!(looks < 50, "{purpose:?} has ended");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
