//! Imports of lines of JSON, tested with all resources.

use super::exports::lines as exported;
use crate::harness::specimens::{ALL, city, stored_plan};
use crate::harness::{Answer, App, Options};
use serde_json::{Value, json};

/// The results of the lines of an import, followed by the summary.
pub async fn load(app: &App, path: &str, body: impl Into<Vec<u8>>) -> Vec<Value> {
    let answer = app
        .request("POST", path)
        .bytes("application/x-ndjson", body)
        .send()
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    parsed(&answer)
}

fn parsed(answer: &Answer) -> Vec<Value> {
    answer
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Records as lines.
pub fn joined(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// The number and the status of each line.
pub fn statuses(answers: &[Value]) -> Vec<(i64, &str)> {
    let lines = answers
        .iter()
        .filter(|answer| answer.get("summary").is_none());
    let mut statuses: Vec<_> = lines
        .map(|answer| {
            (
                answer["line"].as_i64().unwrap(),
                answer["status"].as_str().unwrap(),
            )
        })
        .collect();
    statuses.sort_unstable();
    statuses
}

/// The last line of the results.
pub fn summary(answers: &[Value]) -> &Value {
    &answers.last().unwrap()["summary"]
}

const ORDER: [&str; 5] = ["cities", "themes", "plans", "activities", "outcomes"];

#[actix_web::test]
async fn an_import_of_an_export_creates_the_same_registry_and_a_second_import_changes_nothing() {
    let (here, there) = (
        App::with(Options {
            sample: true,
            ..Default::default()
        })
        .await,
        App::start().await,
    );
    for specimen in ALL {
        specimen.stored(&here).await;
    }
    for round in ["created", "unchanged"] {
        let before = there.database.number("SELECT count(*) FROM changes").await;
        for collection in ORDER {
            let lines = exported(&here, &format!("/v1/exports/{collection}.ndjson")).await;
            let answers = load(&there, &format!("/v1/imports/{collection}"), joined(&lines)).await;
            assert_eq!(
                summary(&answers)[round],
                json!(lines.len()),
                "{collection}: {answers:?}"
            );
            assert!(
                answers
                    .iter()
                    .zip(&lines)
                    .all(|(answer, line)| answer["id"] == line["id"])
            );
        }
        let changes = there.database.number("SELECT count(*) FROM changes").await - before;
        let records = there.database.number("SELECT (SELECT count(*) FROM cities) + (SELECT count(*) FROM themes) + (SELECT count(*) FROM plans) + (SELECT count(*) FROM activities) + (SELECT count(*) FROM outcomes)").await;
        assert_eq!(changes, if round == "created" { records } else { 0 });
    }
    for collection in ORDER {
        let strip = |lines: Vec<Value>| {
            let without = |mut line: Value| {
                line.as_object_mut().unwrap().retain(|name, _| {
                    !matches!(name.as_str(), "created_at" | "updated_at" | "version")
                });
                line.to_string()
            };
            lines.into_iter().map(without).collect::<Vec<_>>()
        };
        let path = format!("/v1/exports/{collection}.ndjson");
        assert_eq!(
            strip(exported(&here, &path).await),
            strip(exported(&there, &path).await)
        );
    }
}

#[actix_web::test]
async fn a_line_is_matched_by_id_then_by_slug_and_otherwise_creates_a_record() {
    let app = App::start().await;
    let stored = app
        .create("cities", &json!({"name": "Chengdu", "kind": "city"}))
        .await;
    let id = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b";
    let lines = [
        json!({"id": stored["id"], "name": "Chengdu", "kind": "city", "country": "CN"}),
        json!({"slug": "chengdu", "name": "Chengdu", "kind": "city", "country": "CN", "population": 16_000_000}),
        json!({"id": id, "name": "Liuzhou", "kind": "city"}),
        json!({"name": "Liuzhou", "kind": "city"}),
        json!({"id": id, "name": "Liuzhou", "kind": "city"}),
    ];
    let answers = load(&app, "/v1/imports/cities", joined(&lines)).await;
    assert_eq!(
        statuses(&answers),
        [
            (1, "updated"),
            (2, "updated"),
            (3, "created"),
            (4, "created"),
            (5, "unchanged")
        ]
    );
    assert_eq!(app.get("/v1/cities/chengdu").await.json()["version"], 3);
    assert_eq!(
        app.get(&format!("/v1/cities/{id}")).await.json()["slug"],
        "liuzhou"
    );
    assert_eq!(app.get("/v1/cities/liuzhou-2").await.status, 200);
    let counts = json!({"lines": 5, "created": 2, "updated": 2, "unchanged": 1, "skipped": 0, "failed": 0, "stored": true});
    assert_eq!(*summary(&answers), counts);
}

#[actix_web::test]
async fn faulty_lines_are_reported_by_number_and_pointer_and_the_others_are_stored() {
    let app = App::start().await;
    let stored = app
        .create("cities", &json!({"name": "Chengdu", "kind": "city"}))
        .await;
    let long = format!("{{\"name\": \"{}\"}}", "x".repeat(1024 * 1024));
    let lines = [
        "\u{feff}{\"name\": \"One\", \"kind\": \"city\"}".as_bytes(),
        b"",
        b"   \t",
        b"{\"name\": \"Two\"",
        b"[1]",
        b"\xff\xfe",
        b"{\"name\": \"\", \"kind\": \"town\", \"nam\": 1}",
        long.as_bytes(),
        b"{\"id\": 7, \"name\": \"Three\", \"kind\": \"city\"}\r",
        b"{\"name\": \"Four\", \"kind\": \"city\", \"slug\": \"chengdu\", \"id\": \"0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1c\"}",
        b"{\"name\": \"Five\", \"kind\": \"city\"}\r",
    ]
    .join(&b"\n"[..]);
    let answers = load(&app, "/v1/imports/cities", lines).await;
    let expected = [
        (1, "created"),
        (4, "failed"),
        (5, "failed"),
        (6, "failed"),
        (7, "failed"),
        (8, "failed"),
        (9, "failed"),
        (10, "failed"),
        (11, "created"),
    ];
    assert_eq!(statuses(&answers), expected, "{answers:?}");
    let errors = |line: i64| {
        answers
            .iter()
            .find(|answer| answer["line"] == line)
            .unwrap()["errors"]
            .as_array()
            .unwrap()
            .clone()
    };
    assert_eq!(errors(4)[0]["code"], "malformed");
    let pointers: Vec<_> = errors(7)
        .iter()
        .map(|error| error["pointer"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(pointers.len(), 3, "{pointers:?}");
    assert_eq!(
        (&errors(8)[0]["code"], &errors(9)[0]["pointer"]),
        (&json!("max_length"), &json!("/id"))
    );
    assert_eq!(
        (&errors(10)[0]["code"], &errors(10)[0]["pointer"]),
        (&json!("duplicate"), &json!("/slug"))
    );
    assert_eq!(app.get("/v1/cities/chengdu").await.json(), stored);
    assert_eq!(
        (
            summary(&answers)["failed"].as_i64(),
            summary(&answers)["stored"].as_bool()
        ),
        (Some(7), Some(true))
    );
}

#[actix_web::test]
async fn an_atomic_import_with_a_fault_stores_nothing_and_neither_does_a_dry_run() {
    let app = App::start().await;
    let good = joined(&[city(), city()]);
    let mixed = format!("{good}{{}}\n");
    for (path, body, stored) in [
        ("?mode=atomic", &mixed, false),
        ("?dry_run=true", &mixed, false),
        ("?mode=atomic&dry_run=true", &good, false),
        ("?mode=atomic", &good, true),
    ] {
        let answers = load(&app, &format!("/v1/imports/cities{path}"), body.as_bytes()).await;
        assert_eq!(
            (
                summary(&answers)["created"].as_i64(),
                summary(&answers)["stored"].as_bool()
            ),
            (Some(2), Some(stored)),
            "{path}"
        );
        assert_eq!(
            app.all("/v1/cities", 200).await.len(),
            if stored { 2 } else { 0 },
            "{path}"
        );
    }
}

#[actix_web::test]
async fn lines_may_refer_to_records_in_later_lines() {
    let app = App::start().await;
    let ids: Vec<String> = (0..3)
        .map(|number| format!("0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a0{number}"))
        .collect();
    let plan = |index: usize, related: &[&str]| {
        let relations: Vec<Value> = related
            .iter()
            .map(|id| json!({"plan_id": id, "kind": "mirrors"}))
            .collect();
        json!({"id": ids.get(index), "title": format!("Plan {index}"), "kind": "cluster", "status": "draft", "relations": relations})
    };
    let others: Vec<Value> = (0..600).map(|number| json!({"title": format!("Other {number}"), "kind": "cluster", "status": "draft"})).collect();
    let lost = plan(2, &["0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0aff"]);
    let body = joined(
        &[
            vec![plan(0, &[&ids[1]]), lost],
            others,
            vec![plan(1, &[&ids[0]])],
        ]
        .concat(),
    );
    let answers = load(&app, "/v1/imports/plans", body).await;
    assert_eq!(
        (
            summary(&answers)["created"].as_i64(),
            summary(&answers)["failed"].as_i64()
        ),
        (Some(602), Some(1)),
        "{:?}",
        answers.last()
    );
    let failed = answers
        .iter()
        .find(|answer| answer["status"] == "failed")
        .unwrap();
    assert_eq!(
        (
            failed["line"].as_i64(),
            failed["errors"][0]["pointer"].as_str()
        ),
        (Some(2), Some("/relations/0/plan_id"))
    );
    assert_eq!(
        app.get(&format!("/v1/plans/{}", ids[0])).await.json()["relations"][0]["slug"],
        "plan-1"
    );
}

#[actix_web::test]
async fn omitted_positions_and_slugs_are_assigned_in_the_order_of_the_lines() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let line = |number: usize| json!({"plan_id": plan["id"], "title": format!("Activity {number}"), "kind": "meeting", "status": "held"});
    load(
        &app,
        "/v1/imports/activities",
        joined(&(0..3).map(line).collect::<Vec<_>>()),
    )
    .await;
    load(
        &app,
        "/v1/imports/activities",
        joined(&(3..1200).map(line).collect::<Vec<_>>()),
    )
    .await;
    let stored = app
        .all(
            &format!("/v1/plans/{}/activities", plan["id"].as_str().unwrap()),
            200,
        )
        .await;
    assert!(
        stored
            .iter()
            .enumerate()
            .all(|(index, activity)| activity["position"] == index
                && activity["title"] == format!("Activity {index}"))
    );
    let same = joined(&vec![json!({"name": "Yangzhou", "kind": "city"}); 3]);
    load(&app, "/v1/imports/cities", same).await;
    for slug in ["yangzhou", "yangzhou-2", "yangzhou-3"] {
        assert_eq!(
            app.get(&format!("/v1/cities/{slug}")).await.status,
            200,
            "{slug}"
        );
    }
}

#[actix_web::test]
async fn an_import_requires_a_key_and_the_media_type_ndjson() {
    let app = App::start().await;
    for specimen in ALL {
        let path = format!("/v1/imports/{}", specimen.collection);
        app.request("POST", &path)
            .without("authorization")
            .bytes("application/x-ndjson", "{}")
            .send()
            .await
            .problem(401, "unauthorized");
        app.post(&path, &json!({}))
            .await
            .problem(415, "unsupported_media_type");
        app.request("POST", &format!("{path}?mode=some"))
            .bytes("application/x-ndjson", "")
            .send()
            .await
            .problem(400, "invalid_parameters");
        let answers = load(&app, &path, "").await;
        assert_eq!(
            *summary(&answers),
            json!({"lines": 0, "created": 0, "updated": 0, "unchanged": 0, "skipped": 0, "failed": 0, "stored": true})
        );
    }
}

#[actix_web::test]
async fn the_change_log_names_the_author_of_every_imported_line() {
    let app = App::start().await;
    load(&app, "/v1/imports/cities", joined(&[city(), city()])).await;
    assert_eq!(app.database.number("SELECT count(*) FROM changes WHERE resource = 'city' AND key_id IS NOT NULL AND operation = 'create'").await, 2);
}

#[actix_web::test]
async fn a_chunk_that_the_database_refuses_is_stored_record_by_record() {
    let app = App::start().await;
    let identified = |name: &str| json!({"name": name, "kind": "city", "identifiers": [{"scheme": "geonames", "value": "1"}]});
    let answers = load(
        &app,
        "/v1/imports/cities",
        joined(&[city(), identified("One"), identified("Two"), city()]),
    )
    .await;
    assert_eq!(
        statuses(&answers),
        [
            (1, "created"),
            (2, "created"),
            (3, "failed"),
            (4, "created")
        ]
    );
    let failed = answers
        .iter()
        .find(|answer| answer["status"] == "failed")
        .unwrap();
    assert_eq!(failed["errors"][0]["pointer"], "/identifiers/0");
}

#[actix_web::test]
async fn a_derived_slug_differs_from_the_slugs_of_other_lines() {
    for reversed in [false, true] {
        let app = App::start().await;
        let mut lines = [
            json!({"slug": "leipzig", "name": "Leipzig", "kind": "city", "country": "DE"}),
            json!({"name": "Leipzig", "kind": "city"}),
        ];
        if reversed {
            lines.reverse();
        }
        let answers = load(&app, "/v1/imports/cities", joined(&lines)).await;
        let stored = app.get("/v1/cities?sort=created_at").await.json()["data"]
            .as_array()
            .unwrap()
            .len();
        assert_eq!(summary(&answers)["failed"], 0, "{answers:?}");
        assert_eq!(
            summary(&answers)["updated"],
            if reversed { 1 } else { 0 },
            "{answers:?}"
        );
        assert_eq!(stored, if reversed { 1 } else { 2 });
    }
}

#[actix_web::test]
async fn lines_that_refer_to_later_lines_are_stored_even_if_others_are_refused() {
    let app = App::start().await;
    let taken = stored_plan(&app).await;
    let lead = json!({"city_id": taken["cities"][0]["city_id"], "role": "lead"});
    let ids = [1, 2, 3].map(|number| format!("0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a0{number}"));
    let line = |index: usize, relations: Value| json!({"id": ids[index], "title": format!("Plan {index} of them"), "kind": "pairing", "status": "draft", "cities": [lead], "relations": relations});
    let mut refused = line(2, json!([]));
    refused["slug"] = taken["slug"].clone();
    let lines = [
        line(0, json!([{"plan_id": ids[1], "kind": "continues"}])),
        line(1, json!([])),
        refused,
    ];
    let answers = load(&app, "/v1/imports/plans", joined(&lines)).await;
    assert_eq!(
        statuses(&answers),
        [(1, "created"), (2, "created"), (3, "failed")],
        "{answers:?}"
    );
}

#[actix_web::test]
async fn a_repeated_key_is_stored_after_the_lines_before_it() {
    let app = App::start().await;
    let stored = stored_plan(&app).await;
    let lead = json!({"city_id": stored["cities"][0]["city_id"], "role": "lead"});
    let id = |number: usize| format!("0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a0{number}");
    let line = |number: usize, title: &str, to: Option<usize>| {
        let relations: Vec<Value> = to
            .into_iter()
            .map(|to| json!({"plan_id": id(to), "kind": "continues"}))
            .collect();
        json!({"id": id(number), "title": title, "kind": "pairing", "status": "draft", "cities": [lead], "relations": relations})
    };
    let lines = [
        line(1, "A", Some(3)),
        line(2, "B", None),
        line(2, "B again", None),
        line(4, "D", Some(5)),
        line(3, "C", None),
        line(1, "A again", None),
        line(5, "E", None),
    ];
    let answers = load(&app, "/v1/imports/plans", joined(&lines)).await;
    assert_eq!(summary(&answers)["failed"], 0, "{answers:?}");
    assert_eq!(summary(&answers)["updated"], 2, "{answers:?}");
    assert_eq!(
        app.get(&format!("/v1/plans/{}", id(1))).await.json()["title"],
        "A again"
    );
    assert_eq!(
        app.get(&format!("/v1/plans/{}", id(4))).await.json()["relations"][0]["plan_id"],
        id(5)
    );
}

#[actix_web::test]
async fn two_concurrent_imports_of_the_same_records_in_any_order_store_each_once_without_failures()
{
    let app = App::start().await;
    for round in 0..4 {
        let line = |number: usize| json!({"slug": format!("round-{round}-{number}"), "name": format!("City {number}"), "kind": "city"});
        let forward: Vec<Value> = (0..600).map(line).collect();
        let backward: Vec<Value> = forward.iter().rev().cloned().collect();
        let loads = [forward, backward].map(|lines| joined(&lines));
        let [one, other] = loads.map(|body| load(&app, "/v1/imports/cities", body));
        let (one, other) = futures_util::future::join(one, other).await;
        for answers in [&one, &other] {
            assert_eq!(
                summary(answers)["failed"],
                0,
                "round {round}: {:?}",
                answers.iter().find(|answer| answer["status"] == "failed")
            );
        }
        let created = summary(&one)["created"].as_i64().unwrap()
            + summary(&other)["created"].as_i64().unwrap();
        assert_eq!(created, 600, "round {round}");
    }
}
