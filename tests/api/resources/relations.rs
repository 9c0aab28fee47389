//! Relations between plans, to plans that the registry does not hold, and read from both ends.

use crate::collections::exports::lines as exported;
use crate::collections::imports::{joined, load, summary};
use crate::harness::App;
use crate::harness::specimens::stored_plan;
use serde_json::{Value, json};

fn path(plan: &Value) -> String {
    format!("/v1/plans/{}", plan["id"].as_str().unwrap())
}

/// A stored plan with that title and these relations.
async fn related(app: &App, title: &str, relations: Value) -> Value {
    let plan = stored_plan(app).await;
    let patch = json!({"title": title, "relations": relations});
    app.patch(&path(&plan), &patch).await.json()
}

fn to(plan: &Value, kind: &str) -> Value {
    json!({"plan_id": plan["id"], "kind": kind})
}

async fn titles(app: &App, query: &str) -> String {
    let answer = app.get(&format!("/v1/plans?sort=title&{query}")).await;
    let answer = answer.json();
    let titles = answer["data"].as_array().unwrap().iter();
    let titles = titles.map(|plan| plan["title"].as_str().unwrap().to_owned());
    titles.collect::<Vec<_>>().join(",")
}

#[actix_web::test]
async fn a_relation_has_a_plan_or_the_text_of_one_that_the_registry_does_not_hold() {
    let app = App::start().await;
    let other = stored_plan(&app).await;
    let given = json!([
        to(&other, "continues"),
        {"kind": "continues", "text": "Plan of Wuhan", "url": "https://example.org/wuhan"},
        {"kind": "member_of", "text": "Plan of Wuhan"}
    ]);
    let plan = related(&app, "Plan", given).await;
    let relations = &plan["relations"];
    assert_eq!(relations[0]["slug"], other["slug"]);
    assert_eq!(relations[0]["text"], Value::Null);
    let unheld = json!({"plan_id": null, "slug": null, "title": null, "kind": "continues",
        "text": "Plan of Wuhan", "url": "https://example.org/wuhan"});
    assert_eq!(relations[1], unheld);
    let again = app.put(&path(&plan), &plan).await.json();
    assert_eq!(again["version"], plan["version"]);
    for (relation, pointer) in [
        (json!({"kind": "continues"}), "/relations/0"),
        (
            json!({"kind": "continues", "plan_id": other["id"], "text": "Other"}),
            "/relations/0/text",
        ),
        (
            json!({"kind": "continues", "plan_id": other["id"], "url": "https://example.org/"}),
            "/relations/0/url",
        ),
        (
            json!({"kind": "continues", "url": "https://example.org/"}),
            "/relations/0",
        ),
    ] {
        let answer = app
            .patch(&path(&plan), &json!({"relations": [relation]}))
            .await;
        let answer = answer.problem(422, "validation_failed");
        assert_eq!(answer.faults()[0].0, pointer);
    }
    let twice = json!({"kind": "continues", "text": "Twice"});
    let answer = app
        .patch(&path(&plan), &json!({"relations": [twice, twice]}))
        .await;
    answer.problem(422, "validation_failed");
    assert_eq!(titles(&app, "q=wuhan").await, "Plan");
}

#[actix_web::test]
async fn documents_sheets_tables_and_lines_have_relations_with_a_text() {
    let (app, copy) = (App::start().await, App::start().await);
    let mut document = crate::documents::small();
    document["plan"]["relations"] = json!([
        {"kind": "continues", "text": "Plan of Wuhan", "url": "https://example.org/wuhan"}
    ]);
    let address = "/v1/plans/small/summary";
    assert_eq!(app.put(address, &document).await.status, 201);
    let stored = app.get(address).await.json();
    let relation = json!({"plan": null, "kind": "continues", "text": "Plan of Wuhan", "url": "https://example.org/wuhan"});
    assert_eq!(stored["plan"]["relations"], json!([relation]));
    let again = app.put(address, &stored).await.json();
    assert_eq!(again["updated"], 0);
    for form in ["html", "md"] {
        let sheet = app.get(&format!("{address}.{form}")).await.text();
        assert!(sheet.contains("Plan of Wuhan") && sheet.contains("https://example.org/wuhan"));
    }
    let table = app.get("/v1/exports/plans.csv").await.text();
    assert!(table.contains("relation_texts,relation_urls,"));
    assert!(table.contains("Plan of Wuhan,https://example.org/wuhan"));
    for collection in ["cities", "themes", "plans"] {
        let lines = exported(&app, &format!("/v1/exports/{collection}.ndjson")).await;
        let answers = load(&copy, &format!("/v1/imports/{collection}"), joined(&lines)).await;
        assert_eq!(summary(&answers)["created"], lines.len(), "{answers:?}");
    }
    assert_eq!(
        copy.get("/v1/plans/small").await.json()["relations"],
        app.get("/v1/plans/small").await.json()["relations"]
    );
}

#[actix_web::test]
async fn a_relation_is_read_from_both_ends() {
    let app = App::start().await;
    let first = related(&app, "First", json!([])).await;
    let before = app.get(&path(&first)).await;
    assert_eq!(before.json()["inverse_relations"], json!([]));
    let second = related(&app, "Second", json!([to(&first, "continues")])).await;
    let mirror = related(
        &app,
        "Mirror",
        json!([to(&first, "mirrors"), to(&second, "member_of")]),
    )
    .await;
    let after = app.get(&path(&first)).await;
    assert_ne!(after.etag(), before.etag());
    let of_first = after.json();
    let entry = |plan: &Value, kind: &str| json!({"plan_id": plan["id"], "slug": plan["slug"], "title": plan["title"], "kind": kind});
    assert_eq!(
        of_first["inverse_relations"],
        json!([
            entry(&second, "continued_by"),
            entry(&mirror, "mirrored_by")
        ])
    );
    assert_eq!(of_first["version"], first["version"]);
    // What is read can be written back: what others state is left out.
    let again = app.put(&path(&first), &of_first).await;
    assert_eq!(again.json(), of_first);
    let listed = app.get("/v1/plans?sort=title").await.json();
    assert_eq!(
        listed["data"][2]["inverse_relations"],
        json!([entry(&mirror, "has_member")])
    );
    let sheet = app.get(&format!("{}/summary.md", path(&first))).await;
    let text = format!("Continued by: {}", second["slug"].as_str().unwrap());
    assert!(sheet.text().contains(&text), "{}", sheet.text());
    let table = app.get("/v1/exports/plans.csv").await.text();
    assert!(table.contains("continued_by|mirrored_by"));
}

#[actix_web::test]
async fn plans_are_found_by_their_relations_from_both_ends() {
    let app = App::start().await;
    let first = related(&app, "First", json!([])).await;
    let second = related(&app, "Second", json!([to(&first, "continues")])).await;
    let unheld = json!([{"kind": "continues", "text": "Unknown"}, to(&second, "mirrors")]);
    let third = related(&app, "Third", unheld).await;
    let slug = |plan: &Value| plan["slug"].as_str().unwrap().to_owned();
    let (one, two, three) = (slug(&first), slug(&second), slug(&third));
    for (query, found) in [
        ("relation=continues".to_owned(), "Second,Third"),
        ("relation=continued_by".to_owned(), "First"),
        ("relation=mirrors".to_owned(), "Third"),
        (
            "relation=mirrored_by,continued_by".to_owned(),
            "First,Second",
        ),
        ("relation=has_member".to_owned(), ""),
        (format!("related_to={one}"), "Second"),
        (format!("related_to={two}"), "First,Third"),
        (format!("related_to={two}&relation=mirrors"), "Third"),
        (format!("related_to={two}&relation=continued_by"), "First"),
        (format!("related_to={three}&relation=continued_by"), ""),
        (format!("related_to={one},{three}"), "Second"),
    ] {
        assert_eq!(titles(&app, &query).await, found, "{query}");
    }
    app.get("/v1/plans?related_to=nowhere")
        .await
        .problem(400, "invalid_parameters");
    app.get("/v1/plans?relation=continued")
        .await
        .problem(400, "invalid_parameters");
}

#[actix_web::test]
async fn stored_relations_are_there_after_the_migration_and_texts_are_not_lost_silently() {
    let app = App::start().await;
    let first = related(&app, "First", json!([])).await;
    let second = related(&app, "Second", json!([to(&first, "continues")])).await;
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/migrations/2026-12-05-000021_plan_relations"
    );
    let [down, up] =
        ["down", "up"].map(|file| std::fs::read_to_string(format!("{folder}/{file}.sql")).unwrap());
    let client = app.database.client().await;
    let run = async |sql: &str| client.batch_execute(&format!("BEGIN; {sql} COMMIT")).await;
    run(&down).await.unwrap();
    // A relation as the version before stores it.
    let old = "UPDATE plans SET relations = (SELECT jsonb_agg(item - 'text' - 'url') FROM jsonb_array_elements(relations) AS item), \
               version = version + 1 WHERE relations <> '[]';";
    run(old).await.unwrap();
    run(&up).await.unwrap();
    let migrated = app.get(&path(&second)).await.json();
    assert_eq!(migrated["relations"], second["relations"]);
    assert_eq!(titles(&app, "relation=continued_by").await, "First");
    related(
        &app,
        "Third",
        json!([{"kind": "continues", "text": "Unknown"}]),
    )
    .await;
    let error = run(&down).await.unwrap_err();
    assert!(
        format!("{error:?}").contains("plan_relations_held"),
        "{error:?}"
    );
}
