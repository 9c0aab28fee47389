//! What imported lines do to records that are stored already: they replace them, are merged into them or leave them alone.

use super::imports::{joined, load, statuses, summary};
use crate::harness::specimens::{ALL, city, stored_plan};
use crate::harness::{App, statements};
use futures_util::future::join;
use serde_json::{Value, json};

const MERGE: &str = "/v1/imports/cities?on_existing=merge";
const SKIP: &str = "/v1/imports/cities?on_existing=skip";

/// The answer to a line.
fn answer(answers: &[Value], line: i64) -> &Value {
    answers
        .iter()
        .find(|answer| answer["line"] == line)
        .unwrap()
}

fn pointers(answer: &Value) -> Vec<&str> {
    let errors = answer["errors"].as_array().unwrap();
    errors
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect()
}

#[actix_web::test]
async fn a_merged_line_changes_what_it_states_and_nothing_else_in_every_collection() {
    let app = App::start().await;
    for specimen in ALL {
        let mut document = specimen.document(&app).await;
        document[specimen.optional] = json!("as it was");
        let before = app.create(specimen.collection, &document).await;
        let line = json!({"id": before["id"], (specimen.text): "Renamed"});
        for (line, status) in [(&line, "updated"), (&line, "unchanged")] {
            let path = format!("/v1/imports/{}?on_existing=merge", specimen.collection);
            let answers = load(&app, &path, joined(std::slice::from_ref(line))).await;
            assert_eq!(statuses(&answers), [(1, status)], "{answers:?}");
        }
        let mut after = app.get(&specimen.path(&before)).await.json();
        assert_eq!(after["version"], 2);
        assert_eq!(after[specimen.text], "Renamed");
        for member in [specimen.text, "version", "updated_at"] {
            after[member] = before[member].clone();
        }
        assert_eq!(after, before);
    }
}

#[actix_web::test]
async fn a_merged_line_does_the_same_as_a_patch() {
    let app = App::start().await;
    let document = json!({"name": "Chengdu", "kind": "city", "country": "CN", "region": "Sichuan", "population": 1, "alternative_names": ["A", "B"]});
    for patch in [
        json!({"region": null, "population": 2}),
        json!({"alternative_names": ["C"]}),
        json!({"alternative_names": []}),
        json!({"slug": null}),
        json!({"name": "Chéngdū", "country": null, "area_km2": null}),
        json!({}),
    ] {
        let mut pair = Vec::new();
        for patched in [true, false] {
            let stored = app.create("cities", &document).await;
            let path = format!("/v1/cities/{}", stored["id"].as_str().unwrap());
            if patched {
                assert_eq!(app.patch(&path, &patch).await.status, 200);
            } else {
                let mut line = patch.clone();
                line["id"] = stored["id"].clone();
                let answers = load(&app, MERGE, joined(&[line])).await;
                assert_eq!(summary(&answers)["failed"], 0, "{answers:?}");
            }
            let mut after = app.get(&path).await.json();
            for member in ["id", "slug", "created_at", "updated_at"] {
                after[member] = Value::Null;
            }
            pair.push(after);
        }
        assert_eq!(pair[0], pair[1], "{patch}");
    }
}

#[actix_web::test]
async fn a_merged_line_names_its_record_by_slug_and_creates_it_if_it_does_not_exist() {
    let app = App::start().await;
    let stored = app
        .create(
            "cities",
            &json!({"slug": "chengdu", "name": "Chengdu", "kind": "city", "country": "CN"}),
        )
        .await;
    let id = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b";
    let lines = [
        json!({"slug": "chengdu", "population": 16_000_000}),
        json!({"slug": "liuzhou", "name": "Liuzhou", "kind": "city"}),
        json!({"slug": "yangzhou", "population": 4_000_000}),
        json!({"id": id, "name": "Leipzig", "kind": "city"}),
        json!({"id": id, "country": "DE"}),
        json!({"name": "Chengdu", "kind": "city"}),
        json!({"id": stored["id"], "region": "Sichuan"}),
        json!({"name": "Nowhere"}),
    ];
    let answers = load(&app, MERGE, joined(&lines)).await;
    let expected = [
        (1, "updated"),
        (2, "created"),
        (3, "failed"),
        (4, "created"),
        (5, "updated"),
        (6, "created"),
        (7, "updated"),
        (8, "failed"),
    ];
    assert_eq!(statuses(&answers), expected, "{answers:?}");
    assert_eq!(pointers(answer(&answers, 3)), ["/kind", "/name"]);
    assert_eq!(pointers(answer(&answers, 8)), ["/kind"]);
    let chengdu = app.get("/v1/cities/chengdu").await.json();
    assert_eq!(
        [
            &chengdu["population"],
            &chengdu["region"],
            &chengdu["country"],
            &chengdu["version"]
        ],
        [
            &json!(16_000_000),
            &json!("Sichuan"),
            &json!("CN"),
            &json!(3)
        ]
    );
    let leipzig = app.get("/v1/cities/leipzig").await.json();
    assert_eq!(
        [&leipzig["id"], &leipzig["country"]],
        [&json!(id), &json!("DE")]
    );
    assert_eq!(
        app.get("/v1/cities/chengdu-2").await.json()["country"],
        Value::Null
    );
}

#[actix_web::test]
async fn faults_of_a_merged_line_are_reported_with_their_pointers_and_the_others_are_stored() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let other = stored_plan(&app).await;
    let unknown = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0aff";
    let lines = [
        json!({"id": plan["id"], "sdgs": [{"goal": 1, "target": "2.1"}]}),
        json!({"id": other["id"], "kind": "twinning", "titel": 1}),
        json!({"slug": other["slug"], "title": null}),
        json!({"id": plan["id"], "slug": "another"}),
        json!({"id": plan["id"], "relations": [{"plan_id": unknown, "kind": "mirrors"}]}),
        json!({"id": plan["id"], "note": "Stored."}),
    ];
    for (mode, stored) in [("atomic", Value::Null), ("partial", json!("Stored."))] {
        let path = format!("/v1/imports/plans?on_existing=merge&mode={mode}");
        let answers = load(&app, &path, joined(&lines)).await;
        let failed = |line: i64| answer(&answers, line);
        assert_eq!(summary(&answers)["failed"], 5, "{answers:?}");
        assert_eq!(pointers(failed(1)), ["/sdgs/0/target"]);
        assert_eq!(failed(1)["id"], plan["id"]);
        assert_eq!(pointers(failed(2)), ["/kind", "/titel"]);
        assert_eq!(pointers(failed(3)), ["/title"]);
        assert_eq!(failed(4)["errors"][0]["code"], "immutable");
        assert_eq!(failed(5)["errors"][0]["code"], "unknown_reference");
        assert_eq!(pointers(failed(5)), ["/relations/0/plan_id"]);
        let path = format!("/v1/plans/{}", plan["id"].as_str().unwrap());
        assert_eq!(app.get(&path).await.json()["note"], stored, "{mode}");
    }
}

#[actix_web::test]
async fn a_merged_line_may_refer_to_a_record_in_a_later_line() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let id = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0aff";
    let lines = [
        json!({"id": plan["id"], "relations": [{"plan_id": id, "kind": "continues"}]}),
        json!({"id": id, "title": "Later", "kind": "cluster"}),
    ];
    let answers = load(&app, "/v1/imports/plans?on_existing=merge", joined(&lines)).await;
    assert_eq!(
        statuses(&answers),
        [(1, "updated"), (2, "created")],
        "{answers:?}"
    );
    let path = format!("/v1/plans/{}", plan["id"].as_str().unwrap());
    let stored = app.get(&path).await.json();
    assert_eq!(stored["relations"][0]["plan_id"], id);
    assert_eq!(stored["cities"], plan["cities"]);
}

#[actix_web::test]
async fn skipping_leaves_stored_records_alone_and_creates_the_others() {
    let app = App::start().await;
    let stored = app
        .create(
            "cities",
            &json!({"slug": "chengdu", "name": "Chengdu", "kind": "city", "country": "CN"}),
        )
        .await;
    let lines = [
        json!({"slug": "chengdu", "name": "Another name", "kind": "city"}),
        json!({"id": stored["id"], "name": "A third name", "kind": "city"}),
        json!({"slug": "liuzhou", "name": "Liuzhou", "kind": "city"}),
        json!({"slug": "liuzhou", "name": "Liuzhou again", "kind": "city"}),
        json!({"slug": "chengdu", "name": ""}),
    ];
    let answers = load(&app, SKIP, joined(&lines)).await;
    let expected = [
        (1, "skipped"),
        (2, "skipped"),
        (3, "created"),
        (4, "skipped"),
        (5, "failed"),
    ];
    assert_eq!(statuses(&answers), expected, "{answers:?}");
    assert_eq!(answer(&answers, 1)["id"], stored["id"]);
    let counts = json!({"lines": 5, "created": 1, "updated": 0, "unchanged": 0, "skipped": 3, "failed": 1, "stored": true});
    assert_eq!(*summary(&answers), counts);
    assert_eq!(app.get("/v1/cities/chengdu").await.json(), stored);
    assert_eq!(
        app.get("/v1/cities/liuzhou").await.json()["name"],
        "Liuzhou"
    );
}

#[actix_web::test]
async fn a_skipped_line_may_refer_to_what_does_not_exist() {
    let app = App::start().await;
    let stored = stored_plan(&app).await;
    let mut line = stored.clone();
    line["relations"] =
        json!([{"plan_id": "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0aff", "kind": "mirrors"}]);
    let answers = load(&app, "/v1/imports/plans?on_existing=skip", joined(&[line])).await;
    assert_eq!(statuses(&answers), [(1, "skipped")], "{answers:?}");
}

#[actix_web::test]
async fn an_unknown_treatment_of_stored_records_is_refused() {
    let app = App::start().await;
    for value in ["patch", "", "Merge", "merge&on_existing=skip"] {
        let path = format!("/v1/imports/cities?on_existing={value}");
        let answer = app
            .request("POST", &path)
            .bytes("application/x-ndjson", "")
            .send()
            .await;
        answer.problem(400, "invalid_parameters");
    }
}

#[actix_web::test]
async fn concurrent_merges_of_the_same_records_in_any_order_lose_nothing() {
    let app = App::start().await;
    for round in 0..3 {
        let line = |number: usize, member: &str, value: Value| json!({"slug": format!("round-{round}-{number}"), "name": "A city", "kind": "city", (member): value});
        // In the last round, both imports create the records or merge into those of the other.
        if round < 2 {
            let stored: Vec<Value> = (0..600)
                .map(|number| line(number, "region", Value::Null))
                .collect();
            load(&app, MERGE, joined(&stored)).await;
        }
        let forward: Vec<Value> = (0..600)
            .map(|number| line(number, "population", json!(number)))
            .collect();
        let backward: Vec<Value> = (0..600)
            .rev()
            .map(|number| line(number, "region", json!("Region")))
            .collect();
        let [one, other] = [forward, backward].map(|lines| joined(&lines));
        let (one, other) = join(load(&app, MERGE, one), load(&app, MERGE, other)).await;
        for answers in [&one, &other] {
            let failed = answers.iter().find(|answer| answer["status"] == "failed");
            assert_eq!(summary(answers)["failed"], 0, "round {round}: {failed:?}");
        }
        let complete = format!(
            "SELECT count(*) FROM cities WHERE slug LIKE 'round-{round}-%' AND population IS NOT NULL AND region IS NOT NULL"
        );
        assert_eq!(app.database.number(&complete).await, 600, "round {round}");
    }
}

#[actix_web::test]
async fn concurrent_imports_that_skip_create_each_record_once() {
    let app = App::start().await;
    let line = |number: usize, region: &str| json!({"slug": format!("city-{number}"), "name": "A city", "kind": "city", "region": region});
    let one: Vec<Value> = (0..600).map(|number| line(number, "one")).collect();
    let other: Vec<Value> = (0..600).rev().map(|number| line(number, "other")).collect();
    let [one, other] = [one, other].map(|lines| joined(&lines));
    let (one, other) = join(load(&app, SKIP, one), load(&app, SKIP, other)).await;
    let sum = |member: &str| {
        summary(&one)[member].as_i64().unwrap() + summary(&other)[member].as_i64().unwrap()
    };
    assert_eq!(
        ["created", "skipped", "updated", "failed"].map(sum),
        [600, 600, 0, 0]
    );
    assert_eq!(
        app.database
            .number("SELECT count(*) FROM cities WHERE version > 1")
            .await,
        0
    );
}

#[actix_web::test]
async fn the_number_of_statements_does_not_depend_on_the_number_of_lines() {
    let app = App::start().await;
    let lines: Vec<Value> = (0..400)
        .map(|number| {
            let mut line = city();
            line["slug"] = json!(format!("city-{number}"));
            line
        })
        .collect();
    load(&app, "/v1/imports/cities", joined(&lines)).await;
    for on_existing in ["merge", "skip"] {
        let path = format!("/v1/imports/cities?on_existing={on_existing}");
        let mut counts = Vec::new();
        for (number, region) in [(20, "a"), (400, "b")] {
            let patch = |line: &Value| {
                let mut line = line.clone();
                line["region"] = json!(region);
                line
            };
            let some: Vec<Value> = lines.iter().take(number).map(patch).collect();
            let before = statements();
            let answers = load(&app, &path, joined(&some)).await;
            counts.push(statements() - before);
            let status = if on_existing == "merge" {
                "updated"
            } else {
                "skipped"
            };
            assert_eq!(summary(&answers)[status], number);
        }
        assert_eq!(counts[0], counts[1], "{on_existing}");
        assert!(counts[1] > 0);
    }
}
