//! Writes that the database refuses for reasons that the service does not know: only the line fails, and nothing leads to 500.

use super::imports::{joined, load, statuses, summary};
use crate::harness::App;
use crate::harness::specimens::{ALL, Specimen, city};
use serde_json::{Value, json};

/// Lines of which the second (a new record) and the fourth (a stored record) are refused.
async fn lines(app: &App, specimen: &Specimen) -> Vec<Value> {
    let mut new = specimen.document(app).await;
    new[specimen.text] = json!("Unlucky");
    let mut stored = specimen.stored(app).await;
    stored[specimen.text] = json!("Unlucky");
    vec![
        specimen.document(app).await,
        new,
        specimen.document(app).await,
        stored,
        specimen.document(app).await,
    ]
}

async fn check_import_of_refused_lines(app: &App, specimen: &Specimen) {
    let path = format!("/v1/imports/{}", specimen.collection);
    let count = format!("SELECT count(*) FROM {}", specimen.collection);
    let expected = [
        (1, "created"),
        (2, "failed"),
        (3, "created"),
        (4, "failed"),
        (5, "created"),
    ];
    for mode in ["atomic", "partial"] {
        let lines = lines(app, specimen).await;
        let before = app.database.number(&count).await;
        let answers = load(app, &format!("{path}?mode={mode}"), joined(&lines)).await;
        assert_eq!(statuses(&answers), expected, "{mode}: {answers:?}");
        let partial = mode == "partial";
        assert_eq!(summary(&answers)["stored"], partial);
        let after = app.database.number(&count).await;
        assert_eq!(after - before, if partial { 3 } else { 0 });
        let failed: Vec<&Value> = answers
            .iter()
            .filter(|answer| answer["status"] == "failed")
            .collect();
        assert!(
            failed
                .iter()
                .all(|answer| answer["errors"][0]["code"] == "rule")
        );
        assert_eq!(failed[1]["id"], lines[3]["id"]);
    }
}

#[actix_web::test]
async fn a_violation_of_an_unknown_constraint_fails_only_its_line() {
    let app = App::start().await;
    for specimen in ALL {
        let (table, text) = (specimen.collection, specimen.text);
        let constraint =
            format!("ALTER TABLE {table} ADD CONSTRAINT {table}_lucky CHECK ({text} <> 'Unlucky')");
        let client = app.database.client().await;
        client.batch_execute(&constraint).await.unwrap();
        check_import_of_refused_lines(&app, specimen).await;
    }
}

#[actix_web::test]
async fn a_violation_of_a_deferred_rule_fails_only_its_line() {
    let app = App::start().await;
    let client = app.database.client().await;
    client
        .batch_execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'out of luck'; END $$",
        )
        .await
        .unwrap();
    for specimen in ALL {
        let (table, text) = (specimen.collection, specimen.text);
        let trigger = format!(
            "CREATE CONSTRAINT TRIGGER lucky AFTER INSERT OR UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED \
             FOR EACH ROW WHEN (NEW.{text} = 'Unlucky') EXECUTE FUNCTION refuse()"
        );
        client.batch_execute(&trigger).await.unwrap();
        check_import_of_refused_lines(&app, specimen).await;
    }
}

#[actix_web::test]
async fn a_stored_record_that_cannot_be_read_fails_only_its_line() {
    let app = App::start().await;
    let stored = app.create("cities", &city()).await;
    app.database
        .client()
        .await
        .batch_execute("ALTER TABLE cities DROP CONSTRAINT cities_kind_known; UPDATE cities SET kind = 'hamlet', version = 2")
        .await
        .unwrap();
    let answers = load(
        &app,
        "/v1/imports/cities",
        joined(&[city(), stored, city()]),
    )
    .await;
    assert_eq!(
        statuses(&answers),
        [(1, "created"), (2, "failed"), (3, "created")],
        "{answers:?}"
    );
}
