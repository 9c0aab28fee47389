//! Facts that forms state only sometimes, or leave open.

use crate::harness::{Answer, App};
use serde_json::{Value, json};

/// The answer to a request whose body is a document of a plan.
async fn put(app: &App, slug: &str, document: &Value) -> Answer {
    app.put(&format!("/v1/plans/{slug}/summary"), document)
        .await
}

fn document() -> Value {
    json!({
        "plan": {
            "slug": "bologna-austin", "title": "Bologna with Austin", "kind": "pairing", "language": "it",
            "cities": [
                {"city": "bologna", "role": "lead", "as_stated": {"mayor": "The mayor of Bologna"}},
                {"city": "austin", "role": "partner"}
            ],
            "themes": [{"theme": "mobility", "focus": [{"cities": ["austin"]}]}],
            "sdgs": [{"goal": 11}, {"goal": 13, "basis": "assigned"}],
            "urban_agenda": [{"partnership": "urban-mobility", "basis": "assigned"}],
            "topics": [{"topic": "urban-mobility", "label": "La mobilità"}, {"topic": "air-quality", "basis": "assigned"}],
            "sources": [{"title": "Full plan", "url": "https://example.org/plan.pdf", "kind": "full_plan"}]
        },
        "cities": [
            {"slug": "bologna", "name": "Bologna", "kind": "municipality", "country": "IT"},
            {"slug": "austin", "name": "Austin", "kind": "city", "country": "US"}
        ],
        "themes": [{"slug": "mobility", "name": "Mobility"}],
        "activities": [
            {"title": "Bologna looks at trams", "kind": "visit", "status": "held",
             "organisations": [{"name": "Port authority", "country": "NL"}]},
            {"title": "A note on cycling", "kind": "document", "status": "planned"}
        ],
        "outcomes": [{"description": "Something about trams"}]
    })
}

#[actix_web::test]
async fn a_document_with_every_fact_returns_as_it_was_put() {
    let app = App::start().await;
    let first = put(&app, "bologna-austin", &document()).await;
    assert_eq!(first.status, 201, "{}", first.text());
    let stored = app.get("/v1/plans/bologna-austin/summary").await.json();
    let plan = &stored["plan"];
    assert_eq!(plan["status"], Value::Null);
    assert_eq!(plan["language"], "it");
    assert_eq!(plan["sdgs"][0]["basis"], "stated");
    assert_eq!(plan["sdgs"][1]["basis"], "assigned");
    assert_eq!(plan["urban_agenda"][0]["basis"], "assigned");
    assert_eq!(plan["topics"][0]["label"], "La mobilità");
    assert_eq!(plan["topics"][1]["basis"], "assigned");
    assert_eq!(plan["sources"][0]["kind"], "full_plan");
    assert_eq!(
        plan["cities"][0]["as_stated"]["mayor"],
        "The mayor of Bologna"
    );
    assert_eq!(plan["themes"][0]["focus"][0]["text"], Value::Null);
    assert_eq!(plan["themes"][0]["focus"][0]["cities"], json!(["austin"]));
    assert_eq!(stored["cities"][0]["kind"], "municipality");
    assert_eq!(stored["activities"][0]["kind"], "visit");
    assert_eq!(stored["activities"][0]["organisations"][0]["country"], "NL");
    assert_eq!(stored["activities"][1]["kind"], "document");
    assert_eq!(stored["outcomes"][0]["kind"], Value::Null);
    assert_eq!(stored["outcomes"][0]["status"], Value::Null);
    let again = put(&app, "bologna-austin", &stored).await.json();
    let records = again["records"].as_array().unwrap();
    assert!(
        records.iter().all(|record| record["status"] == "unchanged"),
        "{again}"
    );
}

#[actix_web::test]
async fn the_sheet_shows_what_the_source_states_and_what_an_editor_assigned() {
    let app = App::start().await;
    assert_eq!(put(&app, "bologna-austin", &document()).await.status, 201);
    let page = app
        .get("/v1/plans/bologna-austin/summary.html")
        .await
        .text();
    let markdown = app.get("/v1/plans/bologna-austin/summary.md").await.text();
    for text in [&page, &markdown] {
        for part in [
            "The mayor of Bologna",
            "La mobilità",
            "Air quality",
            "assigned by an editor",
            "full plan",
            "Netherlands",
            "visit",
            "municipality",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        // Once each for the goal, the partnership and the topic.
        assert_eq!(text.matches("assigned by an editor").count(), 3);
    }
    assert!(page.contains("<div lang=\"it\">"));
    assert!(!markdown.contains("()"));
}

#[actix_web::test]
async fn statistics_count_topics_and_plans_without_a_status() {
    let app = App::start().await;
    assert_eq!(put(&app, "bologna-austin", &document()).await.status, 201);
    let statistics = app.get("/v1/stats").await.json();
    assert_eq!(
        statistics["by_status"],
        json!([{"status": null, "plans": 1, "list": "/v1/plans?group=status:none"}])
    );
    let topics = statistics["by_topic"].as_array().unwrap();
    assert_eq!(topics.len(), 2);
    assert!(topics.contains(
        &json!({"topic": "air-quality", "plans": 1, "list": "/v1/plans?group=topic:air-quality"})
    ));
    assert_eq!(
        app.get("/v1/topics").await.json()["data"]
            .as_array()
            .unwrap()
            .len(),
        12
    );
}

#[actix_web::test]
async fn tables_have_columns_for_topics_bases_languages_kinds_of_sources_and_mayors() {
    let app = App::start().await;
    assert_eq!(put(&app, "bologna-austin", &document()).await.status, 201);
    let table = app.get("/v1/exports/plans.csv").await.text();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let heads = reader.headers().unwrap().clone();
    let row = reader.records().next().unwrap().unwrap();
    let cell = |name: &str| {
        row.get(heads.iter().position(|head| head == name).unwrap())
            .unwrap()
    };
    assert_eq!(cell("language"), "it");
    assert_eq!(cell("status"), "");
    for (name, part) in [
        ("topics", "air-quality"),
        ("topic_labels", "La mobilità"),
        ("topic_bases", "assigned"),
        ("sdg_bases", "assigned"),
        ("urban_agenda_bases", "assigned"),
        ("source_kinds", "full_plan"),
        ("as_stated_mayors", "The mayor of Bologna"),
    ] {
        assert!(cell(name).contains(part), "{name}: {}", cell(name));
    }
}

#[actix_web::test]
async fn values_that_do_not_exist_are_refused_with_their_pointers() {
    let app = App::start().await;
    let body = json!({
        "title": "A", "kind": "cluster", "language": "not a tag", "sdgs": [{"goal": 1, "basis": "guessed"}],
        "topics": [{"topic": "urban-mobilty"}, {"topic": "air-quality"}], "sources": [{"title": "S", "kind": "book"}],
    });
    let problem = app
        .post("/v1/plans", &body)
        .await
        .problem(422, "validation_failed");
    for pointer in [
        "/language",
        "/sdgs/0/basis",
        "/topics/0/topic",
        "/sources/0/kind",
    ] {
        assert!(
            problem.faults().iter().any(|(place, _)| place == pointer),
            "{pointer} in {}",
            problem.text()
        );
    }
    let theme = app.create("themes", &json!({"name": "Water"})).await;
    let rules = json!({
        "title": "A", "kind": "cluster", "topics": [{"topic": "air-quality"}, {"topic": "air-quality"}],
        "themes": [{"theme_id": theme["id"], "focus": [{"text": null, "city_ids": []}]}],
    });
    let problem = app
        .post("/v1/plans", &rules)
        .await
        .problem(422, "validation_failed");
    for pointer in ["/topics/1", "/themes/0/focus/0"] {
        assert!(
            problem.faults().iter().any(|(place, _)| place == pointer),
            "{pointer} in {}",
            problem.text()
        );
    }
}

#[actix_web::test]
async fn records_of_the_model_before_are_read_and_written_after_the_migration() {
    let app = App::start().await;
    let plan = json!({
        "title": "Old", "kind": "cluster", "status": "active", "sdgs": [{"goal": 11}],
        "urban_agenda": [{"partnership": "housing"}], "sources": [{"title": "Sheet"}],
    });
    let plan = app.create("plans", &plan).await;
    let path = format!("/v1/plans/{}", plan["id"].as_str().unwrap());
    let client = app.database.client().await;
    // As the model before stored it: without what is new.
    client
        .batch_execute(
            "SET session_replication_role = replica; UPDATE plans SET \
             sdgs = '[{\"goal\": 11, \"target\": null, \"label\": null}]', \
             urban_agenda = '[{\"label\": null, \"partnership\": \"housing\"}]', \
             sources = '[{\"url\": null, \"note\": null, \"title\": \"Sheet\", \"language\": null, \"retrieved_on\": null}]'",
        )
        .await
        .unwrap();
    for file in ["down", "up"] {
        let path = format!(
            "{}/migrations/2026-12-03-000012_facts_of_plans/{file}.sql",
            env!("CARGO_MANIFEST_DIR")
        );
        client
            .batch_execute(&std::fs::read_to_string(path).unwrap())
            .await
            .unwrap();
    }
    client
        .batch_execute("INSERT INTO topics (slug, title) VALUES ('air-quality', 'Air quality')")
        .await
        .unwrap();
    assert_eq!(app.get(&path).await.json(), plan);
    let changed = app
        .patch(&path, &json!({"topics": [{"topic": "air-quality"}]}))
        .await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_eq!(app.all("/v1/plans?topic=air-quality", 10).await.len(), 1);
    assert_eq!(app.delete(&path).await.status, 204);
    let left: i64 = client
        .query_one("SELECT count(*) FROM plan_topics", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(left, 0);
}
