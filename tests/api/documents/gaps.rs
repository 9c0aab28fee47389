//! Findings about what a plan leaves open, each with data that barely does not have it.

use super::findings::expect;
use super::import;
use crate::harness::App;
use chrono::{Days, Utc};
use serde_json::{Value, json};

#[actix_web::test]
async fn a_pairing_whose_source_names_no_lead_is_found() {
    let change = |document: &mut Value| {
        document["plan"]["cities"][0]["role"] = json!("partner");
    };
    expect(change, &[("lead_not_named", "/plan/cities")]).await;
    let alone = |document: &mut Value| {
        document["plan"]["cities"] = json!([{"city": "leipzig", "role": "partner"}]);
    };
    let found = [
        ("pairing_without_partner", "/plan/cities"),
        ("city_not_partner", "/activities/0/cities/0"),
    ];
    expect(alone, &found).await;
    let app = App::start().await;
    let city = app
        .create(
            "cities",
            &json!({"name": "A", "kind": "city", "latitude": 1.0, "longitude": 2.0}),
        )
        .await;
    let other = app
        .create(
            "cities",
            &json!({"name": "B", "kind": "city", "latitude": 3.0, "longitude": 4.0}),
        )
        .await;
    let cities = |roles: [&str; 2]| json!([{"city_id": city["id"], "role": roles[0]}, {"city_id": other["id"], "role": roles[1]}]);
    let plan = json!({"title": "P", "kind": "pairing", "status": "draft", "cities": cities(["partner", "partner"])});
    app.create("plans", &plan).await;
    let map = app.get("/v1/exports/plans.geojson").await.json();
    assert_eq!(
        map["features"][0]["geometry"],
        json!({"type": "MultiLineString", "coordinates": [[[2.0, 1.0], [4.0, 3.0]]]})
    );
    let sheet = app.get("/v1/plans/p/summary.html").await.text();
    assert!(sheet.contains("A") && !sheet.contains("Lead city"));
    let answer = app
        .patch("/v1/plans/p", &json!({"cities": cities(["lead", "lead"])}))
        .await;
    let problem = answer.problem(422, "validation_failed");
    assert!(problem.text().contains("at most one lead city"));
}

#[actix_web::test]
async fn a_plan_that_says_nothing_is_found() {
    let empty = |document: &mut Value| document["outcomes"] = json!([]);
    expect(empty, &[("plan_without_content", "/plan/objectives")]).await;
    for property in ["objectives", "challenges"] {
        let change = |document: &mut Value| {
            document["outcomes"] = json!([]);
            document["plan"][property] = json!(["Cleaner air"]);
        };
        expect(change, &[]).await;
    }
}

#[actix_web::test]
async fn a_theme_that_nothing_serves_is_found_if_other_themes_are_served() {
    let other = |document: &mut Value| {
        let theme = json!({"theme": "air", "focus": [{"text": "Clean air"}]});
        document["plan"]["themes"]
            .as_array_mut()
            .unwrap()
            .push(theme);
        let record = json!({"slug": "air", "name": "Air"});
        document["themes"].as_array_mut().unwrap().push(record);
    };
    expect(other, &[("theme_without_use", "/plan/themes/1")]).await;
    let served = |document: &mut Value| {
        other(document);
        document["activities"][0]["themes"] = json!(["air"]);
    };
    expect(served, &[]).await;
    let unrelated = |document: &mut Value| {
        other(document);
        (
            document["outcomes"][0]["theme"],
            document["outcomes"][0]["heading"],
        ) = (Value::Null, Value::Null);
    };
    expect(unrelated, &[]).await;
}

#[actix_web::test]
async fn a_link_to_a_source_without_a_title_is_found() {
    let with =
        |source: Value| move |document: &mut Value| document["plan"]["sources"] = json!([source]);
    let found = [("source_without_title", "/plan/sources/0/title")];
    expect(with(json!({"url": "https://example.org/plan"})), &found).await;
    let address = json!({"title": "https://example.org/plan", "url": "https://example.org/plan"});
    expect(with(address), &found).await;
    expect(
        with(json!({"title": "Plan", "url": "https://example.org/plan"})),
        &[],
    )
    .await;
    expect(with(json!({"title": "Plan"})), &[]).await;
    let app = App::start().await;
    let plan = json!({"title": "P", "kind": "cluster", "sources": [{"note": "Seen"}]});
    let problem = app
        .post("/v1/plans", &plan)
        .await
        .problem(422, "validation_failed");
    assert!(problem.text().contains("a source needs a title or a url"));
    let plan =
        json!({"title": "P", "kind": "cluster", "sources": [{"url": "https://example.org/plan"}]});
    app.create("plans", &plan).await;
    for form in ["html", "md"] {
        let sheet = app.get(&format!("/v1/plans/p/summary.{form}")).await.text();
        assert!(
            sheet.contains("example.org/plan")
                && !sheet.contains(", <a href=\"https://example.org"),
            "{sheet}"
        );
    }
}

/// The day that is so many days away from the current one.
fn in_days(days: i64) -> String {
    let today = Utc::now().date_naive();
    let day = if days < 0 {
        today - Days::new(days.unsigned_abs())
    } else {
        today + Days::new(days.unsigned_abs())
    };
    day.to_string()
}

#[actix_web::test]
async fn an_activity_that_was_held_in_the_future_is_found_until_its_day() {
    let at = |days: i64, status: &'static str| {
        move |document: &mut Value| {
            document["plan"]["period"] = json!({"start": "2019-04"});
            document["activities"][1]["date"] = json!({"start": in_days(days)});
            document["activities"][1]["status"] = json!(status);
        }
    };
    expect(at(3, "held"), &[("held_in_future", "/activities/1/status")]).await;
    expect(at(3, "planned"), &[]).await;
    expect(at(-1, "held"), &[]).await;
    expect(at(0, "held"), &[]).await;

    let app = App::start().await;
    let mut document = super::findings::clean();
    at(3, "held")(&mut document);
    import(&app, "/v1/plans/small/summary", &document).await;
    let listed = async || {
        let plans = app.get("/v1/plans?has_finding=held_in_future").await.json();
        plans["data"].as_array().unwrap().len()
    };
    assert_eq!(listed().await, 1);
    // Time passes: the day comes, and nobody writes.
    let later = "ALTER TABLE activities DISABLE TRIGGER USER; UPDATE activities SET first_day = first_day - 10, last_day = last_day - 10; \
        UPDATE stale_findings SET due = due - interval '10 days'";
    app.database
        .client()
        .await
        .batch_execute(later)
        .await
        .unwrap();
    assert_eq!(listed().await, 0);
    let waiting = "SELECT count(*) FROM stale_findings";
    assert_eq!(app.database.number(waiting).await, 0);
}
