//! Lists of plans that reach what belongs to the plans: words of activities and outcomes, and the days of activities.

use crate::harness::App;
use serde_json::{Value, json};

async fn create_plan(app: &App, slug: &str, period: Value) -> Value {
    let plan = json!({"slug": slug, "title": format!("Plan of {slug}"), "kind": "cluster", "period": period});
    app.create("plans", &plan).await
}

async fn create_activity(app: &App, plan: &Value, title: &str, date: Value) {
    let activity = json!({"plan_id": plan["id"], "title": title, "kind": "meeting", "status": "held", "date": date,
        "organisations": [{"name": "Institute of Glaciology"}]});
    app.create("activities", &activity).await;
}

/// The slugs of the plans of a list, and by which days each was found.
async fn found(app: &App, path: &str) -> Vec<(String, Value)> {
    let answer = app.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    let plans = answer.json()["data"].as_array().unwrap().clone();
    let entry = |plan: &Value| {
        (
            plan["slug"].as_str().unwrap().to_owned(),
            plan["active_by"].clone(),
        )
    };
    plans.iter().map(entry).collect()
}

async fn slugs(app: &App, path: &str) -> Vec<String> {
    found(app, path)
        .await
        .into_iter()
        .map(|(slug, _)| slug)
        .collect()
}

#[actix_web::test]
async fn words_of_activities_and_outcomes_find_their_plans_if_asked_for() {
    let app = App::start().await;
    let first = create_plan(&app, "alpha", json!({})).await;
    let second = create_plan(&app, "beta", json!({})).await;
    create_plan(&app, "gamma", json!({})).await;
    create_activity(&app, &first, "Kickoff", json!({})).await;
    let outcome = json!({"plan_id": second["id"], "heading": "Retrofitting", "description": "Houses of glaciology"});
    app.create("outcomes", &outcome).await;
    for (query, expected) in [
        ("q=glaciology", &[] as &[&str]),
        ("q=glaciology&q_scope=plan", &[]),
        ("q=glaciology&q_scope=all", &["alpha", "beta"]),
        (
            "q=glaciology&q_scope=all&sort=title&order=desc",
            &["beta", "alpha"],
        ),
        ("q=glaciology&q_scope=all&kind=pairing", &[]),
        ("q=retrofitting&q_scope=all", &["beta"]),
        ("q=%22institute+of+glaciology%22&q_scope=all", &["alpha"]),
        ("q=beta&q_scope=all", &["beta"]),
        ("q=gamma+or+kickoff&q_scope=all", &["alpha", "gamma"]),
        // One record must have all words.
        ("q=alpha+kickoff&q_scope=all", &[]),
    ] {
        assert_eq!(
            slugs(&app, &format!("/v1/plans?{query}")).await,
            expected,
            "{query}"
        );
        let filters = query.split("&sort").next().unwrap();
        let statistics = app.get(&format!("/v1/stats?{filters}")).await.json();
        assert_eq!(statistics["plans"], expected.len(), "{query}");
        let lines = app
            .get(&format!("/v1/exports/plans.ndjson?{filters}"))
            .await
            .text();
        assert_eq!(lines.lines().count(), expected.len(), "{query}");
        let counted = app
            .get(&format!("/v1/plans?{query}&count=true&limit=1"))
            .await
            .json();
        assert_eq!(counted["total"], expected.len(), "{query}");
    }
    // Most plans have the word, so that they are looked at one after the other.
    for number in 0..40 {
        let plan = create_plan(&app, &format!("more-{number}"), json!({})).await;
        create_activity(&app, &plan, "Kickoff", json!({})).await;
    }
    let all = app
        .all("/v1/plans?q=kickoff&q_scope=all&sort=title", 7)
        .await;
    assert_eq!(all.len(), 41);
}

#[actix_web::test]
async fn plans_without_a_period_are_active_by_their_activities_if_asked_for() {
    let app = App::start().await;
    create_plan(&app, "dated", json!({"start": "2019-03", "end": "2019-10"})).await;
    let undated = create_plan(&app, "undated", json!({"text": "some years"})).await;
    create_plan(&app, "silent", json!({})).await;
    create_activity(&app, &undated, "First", json!({"start": "2019-05"})).await;
    create_activity(&app, &undated, "Last", json!({"start": "2020-02-10"})).await;
    create_activity(&app, &undated, "Undated", json!({})).await;
    let both = [("dated", "period"), ("undated", "activities")];
    for (range, expected) in [
        ("active_from=2019-06&active_to=2019-09", &both[..]),
        ("active_from=2019-09&active_to=2019-12", &both[..]),
        ("active_from=2019-11", &both[1..]),
        ("active_to=2019-04", &both[..1]),
        ("active_from=2020-02-10&active_to=2020-02-10", &both[1..]),
        ("active_from=2020-03", &[]),
        (
            "active_from=2019-06&active_to=2019-09&sort=period_start&order=desc",
            &both[..],
        ),
        (
            "active_from=2019-06&active_to=2019-09&sort=title",
            &both[..],
        ),
    ] {
        let marked = found(&app, &format!("/v1/plans?{range}&active_by=activities")).await;
        let expected: Vec<_> = expected
            .iter()
            .map(|(slug, by)| ((*slug).to_owned(), json!(by)))
            .collect();
        assert_eq!(marked, expected, "{range}");
        let strict = found(&app, &format!("/v1/plans?{range}")).await;
        let only = expected.into_iter().filter(|(slug, _)| slug == "dated");
        let only: Vec<_> = only.map(|(slug, _)| (slug, Value::Null)).collect();
        assert_eq!(strict, only, "{range}");
        let range = range.split("&sort").next().unwrap();
        let path = format!("/v1/stats?{range}&active_by=activities");
        assert_eq!(
            app.get(&path).await.json()["plans"],
            marked.len(),
            "{range}"
        );
    }
    let by_period = found(&app, "/v1/plans?active_from=2019&active_by=period").await;
    assert_eq!(by_period, [("dated".to_owned(), json!("period"))]);
}

#[actix_web::test]
async fn parameters_that_would_have_no_effect_are_refused() {
    let app = App::start().await;
    for (query, parameter) in [
        ("q_scope=all", "q_scope"),
        ("active_by=activities&q=water", "active_by"),
    ] {
        let answer = app.get(&format!("/v1/plans?{query}")).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.text());
        let fault = &answer.json()["errors"][0];
        assert_eq!(
            (&fault["parameter"], &fault["code"]),
            (&json!(parameter), &json!("rule")),
            "{query}"
        );
    }
}
