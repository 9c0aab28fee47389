//! Deleted records that are restored under their ids: their versions continue after the last version in the change log.

use super::exports::lines as exported;
use super::imports::{joined, load, statuses, summary};
use crate::harness::App;
use crate::harness::specimens::{ALL, Specimen, activity, city, outcome};
use futures_util::future::join;
use serde_json::{Value, json};

/// The line of a record in the export of its collection.
async fn line_of(app: &App, specimen: &Specimen, record: &Value) -> Value {
    let path = format!("/v1/exports/{}.ndjson", specimen.collection);
    exported(app, &path)
        .await
        .into_iter()
        .find(|line| line["id"] == record["id"])
        .expect("a line")
}

/// The entries of a record in the change log.
async fn logged(app: &App, record: &Value) -> Vec<(String, i32)> {
    let query = "SELECT operation, version, (body ->> 'version')::integer FROM changes WHERE record_id = $1 ORDER BY seq";
    let id: uuid::Uuid = record["id"].as_str().unwrap().parse().unwrap();
    let client = app.database.client().await;
    let rows = client.query(query, &[&id]).await.unwrap();
    let step = |row: &tokio_postgres::Row| {
        let (operation, version, body): (String, i32, i32) = (row.get(0), row.get(1), row.get(2));
        let deleted = i32::from(operation == "delete");
        assert_eq!(version, body + deleted, "{operation}");
        (operation, version)
    };
    rows.iter().map(step).collect()
}

/// The operations and versions of a record in the change feed, as soon as it contains the given number of them.
async fn versions_in_feed(
    app: &App,
    specimen: &Specimen,
    record: &Value,
    steps: usize,
) -> Vec<(String, i32)> {
    for _ in 0..200 {
        let path = format!("/v1/changes?kind={}", specimen.singular);
        let changes = app.all(&path, 200).await;
        let of_record = changes
            .iter()
            .filter(|change| change["id"] == record["id"])
            .map(|change| {
                let version = i32::try_from(change["version"].as_i64().unwrap()).unwrap();
                (change["operation"].as_str().unwrap().to_owned(), version)
            });
        let versions: Vec<_> = of_record.collect();
        if versions.len() >= steps {
            return versions;
        }
        actix_web::rt::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the feed does not tell {steps} changes of {record}");
}

async fn removed(app: &App, specimen: &Specimen, record: &Value) {
    let answer = app.delete(&specimen.path(record)).await;
    assert_eq!(answer.status, 204, "{}", answer.text());
}

#[actix_web::test]
async fn a_restored_record_has_the_version_after_its_deletion() {
    let app = App::start().await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        let path = specimen.path(&record);
        app.patch(&path, &json!({specimen.text: "changed"})).await;
        let line = line_of(&app, specimen, &record).await;
        for (mode, version) in [("partial", 4), ("atomic", 6), ("partial", 8)] {
            removed(&app, specimen, &record).await;
            let import = format!("/v1/imports/{}?mode={mode}", specimen.collection);
            let dry = load(&app, &format!("{import}&dry_run=true"), line.to_string()).await;
            assert_eq!(statuses(&dry), [(1, "created")], "{dry:?}");
            assert_eq!(app.get(&path).await.status, 404, "a dry run stores nothing");
            let answers = load(&app, &import, line.to_string()).await;
            assert_eq!(statuses(&answers), [(1, "created")], "{answers:?}");
            assert_eq!(answers[0]["id"], record["id"]);
            let back = app.get(&path).await;
            assert_eq!(back.json()["version"], version, "{}", specimen.collection);
            assert_eq!(back.json()[specimen.text], "changed");
            assert!(
                back.etag().starts_with(&format!("\"{version}-")),
                "{}",
                back.etag()
            );
        }
        app.request("PATCH", &path)
            .header("if-match", "\"1\"")
            .merge_patch(&json!({specimen.text: "again"}))
            .send()
            .await
            .problem(412, "stale_version");
        let changed = app.patch(&path, &json!({specimen.text: "again"})).await;
        assert_eq!(changed.json()["version"], 9);
        let expected = [
            ("create", 1),
            ("update", 2),
            ("delete", 3),
            ("create", 4),
            ("delete", 5),
            ("create", 6),
            ("delete", 7),
            ("create", 8),
            ("update", 9),
        ]
        .map(|(operation, version)| (operation.to_owned(), version));
        assert_eq!(logged(&app, &record).await, expected);
        assert_eq!(
            versions_in_feed(&app, specimen, &record, expected.len()).await,
            expected
        );
    }
}

#[actix_web::test]
async fn a_plan_can_be_restored_with_its_activities_and_outcomes() {
    let app = App::start().await;
    let plan = ALL[0].stored(&app).await;
    app.create("activities", &activity(&plan)).await;
    app.create("outcomes", &outcome(&plan)).await;
    let collections = ["plans", "activities", "outcomes"];
    let mut lines = Vec::new();
    for collection in collections {
        lines.push(exported(&app, &format!("/v1/exports/{collection}.ndjson")).await);
    }
    for version in [3, 5] {
        removed(&app, &ALL[0], &plan).await;
        for (collection, lines) in collections.iter().zip(&lines) {
            let answers = load(&app, &format!("/v1/imports/{collection}"), joined(lines)).await;
            assert_eq!(statuses(&answers), [(1, "created")], "{answers:?}");
            let id = lines[0]["id"].as_str().unwrap();
            let back = app.get(&format!("/v1/{collection}/{id}")).await.json();
            assert_eq!(back["version"], version, "{collection}");
        }
    }
}

#[actix_web::test]
async fn a_restored_record_does_not_affect_other_lines() {
    let app = App::start().await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        let line = line_of(&app, specimen, &record).await;
        removed(&app, specimen, &record).await;
        let mut never_seen = specimen.document(&app).await;
        never_seen["id"] = json!(uuid::Uuid::now_v7());
        let lines = [
            specimen.document(&app).await,
            line,
            never_seen,
            specimen.document(&app).await,
        ];
        let path = format!("/v1/imports/{}", specimen.collection);
        let answers = load(&app, &path, joined(&lines)).await;
        assert_eq!(summary(&answers)["created"], 4, "{answers:?}");
        for (answer, version) in answers.iter().zip([1, 3, 1, 1]) {
            let stored = app.get(&specimen.path(answer)).await.json();
            assert_eq!(stored["version"], version, "{answers:?}");
        }
    }
}

#[actix_web::test]
async fn a_record_can_be_restored_when_lines_are_stored_one_by_one() {
    let app = App::start().await;
    let identified = |name: &str| json!({"name": name, "kind": "city", "identifiers": [{"scheme": "geonames", "value": "1"}]});
    let record = app.create("cities", &city()).await;
    removed(&app, &ALL[1], &record).await;
    let lines = [identified("One"), record.clone(), identified("Two")];
    let answers = load(&app, "/v1/imports/cities", joined(&lines)).await;
    assert_eq!(
        statuses(&answers),
        [(1, "created"), (2, "created"), (3, "failed")],
        "{answers:?}"
    );
    let back = app.get(&ALL[1].path(&record)).await.json();
    assert_eq!(back["version"], 3);
}

#[actix_web::test]
async fn two_concurrent_imports_of_the_same_deleted_records_restore_each_once_without_failures() {
    let app = App::start().await;
    for specimen in ALL {
        let mut lines = Vec::new();
        for _ in 0..30 {
            let record = specimen.stored(&app).await;
            lines.push(line_of(&app, specimen, &record).await);
        }
        for version in [3, 5, 7] {
            for line in &lines {
                removed(&app, specimen, line).await;
            }
            let backward: Vec<Value> = lines.iter().rev().cloned().collect();
            let path = format!("/v1/imports/{}", specimen.collection);
            let (one, other) = join(
                load(&app, &path, joined(&lines)),
                load(&app, &path, joined(&backward)),
            )
            .await;
            let created = |answers: &[Value]| summary(answers)["created"].as_i64().unwrap();
            assert_eq!(summary(&one)["failed"], 0, "{one:?}");
            assert_eq!(summary(&other)["failed"], 0, "{other:?}");
            assert_eq!(created(&one) + created(&other), 30);
            for line in &lines {
                let back = app.get(&specimen.path(line)).await.json();
                assert_eq!(back["version"], version, "{}", specimen.collection);
            }
        }
    }
}

#[actix_web::test]
async fn a_record_that_is_concurrently_stored_and_deleted_has_each_version_once() {
    let app = App::start().await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        let line = line_of(&app, specimen, &record).await.to_string();
        let path = format!("/v1/imports/{}", specimen.collection);
        let storing = async || {
            for _ in 0..8 {
                let answers = load(&app, &path, line.clone()).await;
                assert!(answers.len() == 2, "{answers:?}");
            }
        };
        let deleting = async || {
            for _ in 0..12 {
                let status = app.delete(&specimen.path(&record)).await.status;
                assert!(matches!(status, 204 | 404), "{status}");
            }
        };
        join(join(storing(), storing()), join(deleting(), deleting())).await;
        for (place, (operation, version)) in logged(&app, &record).await.iter().enumerate() {
            let expected = if place % 2 == 0 { "create" } else { "delete" };
            assert_eq!(operation, expected);
            assert_eq!(usize::try_from(*version).unwrap(), place + 1);
        }
    }
}
