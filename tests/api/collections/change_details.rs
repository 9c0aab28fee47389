//! What the feed says about each change, and the order of the changes of one record.

use super::changes::page;
use crate::harness::App;
use crate::harness::specimens::{activity, outcome, stored_plan};
use serde_json::{Value, json};

/// The changes of the record with the given id.
async fn of(app: &App, id: &Value, count: usize) -> Vec<Value> {
    let all = page(app, "/v1/changes?limit=200", 0).await;
    let total = all["data"].as_array().unwrap().len();
    let of = |page: &Value| -> Vec<Value> {
        let changes = page["data"].as_array().unwrap().iter();
        changes
            .filter(|change| change["id"] == *id)
            .cloned()
            .collect()
    };
    let mut found = of(&all);
    for more in 1..=count.saturating_sub(found.len()) {
        found = of(&page(app, "/v1/changes?limit=200", total + more).await);
    }
    assert_eq!(found.len(), count);
    found
}

#[actix_web::test]
async fn a_change_says_which_record_it_was_of_and_what_it_changed() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let created = app.create("activities", &activity(&plan)).await;
    let path = format!("/v1/activities/{}", created["id"].as_str().unwrap());
    let patch = json!({"title": "Another", "outputs": ["A list"], "kind": created["kind"]});
    app.patch(&path, &patch).await;
    assert_eq!(app.delete(&path).await.status, 204);
    let changes = of(&app, &created["id"], 3).await;
    let says = |change: &Value| {
        json!([
            change["slug"],
            change["plan_id"],
            change["title"],
            change["changed"]
        ])
    };
    assert_eq!(
        changes.iter().map(says).collect::<Vec<_>>(),
        [
            json!([null, plan["id"], created["title"], []]),
            json!([null, plan["id"], "Another", ["outputs", "title"]]),
            json!([null, plan["id"], "Another", []]),
        ]
    );
    let path = format!("/v1/plans/{}", plan["slug"].as_str().unwrap());
    let patch = json!({"note": "Seen", "period": {"start": "2020"}});
    app.patch(&path, &patch).await;
    let changes = of(&app, &plan["id"], 2).await;
    assert_eq!(
        says(&changes[1]),
        json!([plan["slug"], plan["id"], plan["title"], ["note", "period"]])
    );
    let city = app
        .create("cities", &json!({"name": "Łódź", "kind": "city"}))
        .await;
    assert_eq!(
        says(&of(&app, &city["id"], 1).await[0]),
        json!(["lodz", null, "Łódź", []])
    );
}

#[actix_web::test]
async fn an_outcome_without_a_heading_is_named_by_its_description() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let mut body = outcome(&plan);
    (body["heading"], body["description"]) = (json!(null), json!("é".repeat(1000)));
    let created = app.create("outcomes", &body).await;
    let changes = of(&app, &created["id"], 1).await;
    assert_eq!(changes[0]["title"], "é".repeat(300));
}

#[actix_web::test]
async fn changes_of_one_record_are_in_the_order_of_its_versions() {
    let app = App::start().await;
    let city = app
        .create("cities", &json!({"name": "Leipzig", "kind": "city"}))
        .await;
    // A transaction that begins first and writes last, as an import does that lasts long.
    let mut client = app.database.client().await;
    let transaction = client.transaction().await.unwrap();
    transaction
        .batch_execute("SELECT pg_current_xact_id()")
        .await
        .unwrap();
    app.patch("/v1/cities/leipzig", &json!({"population": 1}))
        .await;
    let last = "UPDATE cities SET population = 2, version = version + 1";
    transaction.batch_execute(last).await.unwrap();
    app.create("cities", &json!({"name": "Chengdu", "kind": "city"}))
        .await;
    assert!(
        of(&app, &city["id"], 1).await[0]["version"] == 1,
        "neither is final"
    );
    transaction.commit().await.unwrap();
    let changes = of(&app, &city["id"], 3).await;
    let versions: Vec<_> = changes.iter().map(|change| &change["version"]).collect();
    assert_eq!(versions, [1, 2, 3]);
    assert_eq!(changes[2]["changed"], json!(["population"]));
}

#[actix_web::test]
async fn a_property_that_an_older_version_did_not_have_is_named_once_it_has_a_value() {
    let app = App::start().await;
    let city = app
        .create("cities", &json!({"name": "Leipzig", "kind": "city"}))
        .await;
    let client = app.database.client().await;
    let older = "UPDATE changes SET body = body - 'region' - 'population'";
    client.batch_execute(older).await.unwrap();
    app.patch("/v1/cities/leipzig", &json!({"region": "Saxony"}))
        .await;
    let changes = of(&app, &city["id"], 2).await;
    assert_eq!(changes[1]["changed"], json!(["region"]));
}
