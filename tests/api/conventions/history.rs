//! The change log: every write is logged in its own transaction.

use crate::harness::App;
use crate::harness::specimens::{ALL, activity, outcome};
use serde_json::{Value, json};

async fn log(app: &App, id: &Value) -> Vec<(String, i32, Value, String)> {
    let id: uuid::Uuid = id.as_str().unwrap().parse().unwrap();
    let query = "SELECT operation, version, body::text, key_name FROM changes WHERE record_id = $1 ORDER BY seq";
    let rows = app
        .database
        .client()
        .await
        .query(query, &[&id])
        .await
        .unwrap();
    rows.iter()
        .map(|row| {
            (
                row.get(0),
                row.get(1),
                serde_json::from_str(row.get(2)).unwrap(),
                row.get(3),
            )
        })
        .collect()
}

#[actix_web::test]
async fn every_write_is_logged_with_its_author_and_the_whole_record() {
    let app = App::start().await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        let path = specimen.path(&record);
        app.patch(&path, &json!({specimen.text: "changed"})).await;
        app.patch(&path, &json!({specimen.text: "changed"})).await;
        app.patch(&path, &json!({specimen.text: 7})).await;
        app.delete(&path).await;
        let log = log(&app, &record["id"]).await;
        let steps: Vec<(&str, i32, &Value)> = log
            .iter()
            .map(|(operation, version, body, _)| {
                (operation.as_str(), *version, &body[specimen.text])
            })
            .collect();
        assert_eq!(
            steps,
            [
                ("create", 1, &record[specimen.text]),
                ("update", 2, &json!("changed")),
                ("delete", 3, &json!("changed"))
            ]
        );
        assert!(log.iter().all(|(_, _, _, author)| author == "test"));
    }
}

#[actix_web::test]
async fn the_body_in_the_log_is_the_input_document_with_its_metadata() {
    let app = App::with(crate::harness::Options {
        sample: true,
        ..Default::default()
    })
    .await;
    for specimen in ALL {
        for record in app.all(&format!("/v1/{}", specimen.collection), 200).await {
            let (_, _, body, author) = log(&app, &record["id"]).await.remove(0);
            assert_eq!(author, "ucap", "the service itself loaded the sample");
            let schema = &crate::harness::CONTRACT.document()["components"]["schemas"]
                [specimen.schema()]["properties"];
            for name in schema
                .as_object()
                .unwrap()
                .keys()
                .filter(|name| !matches!(name.as_str(), "created_at" | "updated_at"))
            {
                let read_only =
                    schema[name]["readOnly"] == true && !matches!(name.as_str(), "id" | "version");
                assert_eq!(body.get(name).is_some(), !read_only, "{name}");
            }
            assert_eq!(body[specimen.text], record[specimen.text]);
            assert!(
                ["activities", "outcomes", "plan"]
                    .iter()
                    .all(|included| body.get(*included).is_none())
            );
            for derived in [
                "first_day",
                "period_start_ascending",
                "population_descending",
            ] {
                assert!(body.get(derived).is_none());
            }
        }
    }
}

#[actix_web::test]
async fn records_that_are_deleted_with_their_plan_are_logged() {
    let app = App::start().await;
    let plan = ALL[0].stored(&app).await;
    let activity = app.create("activities", &activity(&plan)).await;
    let outcome = app.create("outcomes", &outcome(&plan)).await;
    assert_eq!(app.delete(&ALL[0].path(&plan)).await.status, 204);
    for record in [&plan, &activity, &outcome] {
        let log = log(&app, &record["id"]).await;
        let (operation, version, body, author) = log.last().unwrap();
        assert_eq!(
            (operation.as_str(), *version, author.as_str(), &body["id"]),
            ("delete", 2, "test", &record["id"])
        );
    }
}

#[actix_web::test]
async fn a_refused_write_changes_and_logs_nothing() {
    let app = App::start().await;
    let plan = ALL[0].stored(&app).await;
    let before = app.database.number("SELECT count(*) FROM changes").await;
    app.delete(&format!(
        "/v1/cities/{}",
        plan["cities"][0]["city_id"].as_str().unwrap()
    ))
    .await
    .problem(409, "in_use");
    app.patch(&ALL[0].path(&plan), &json!({"title": ""}))
        .await
        .problem(422, "validation_failed");
    app.post("/v1/plans", &plan).await.problem(409, "duplicate");
    assert_eq!(
        app.database.number("SELECT count(*) FROM changes").await,
        before
    );
}
