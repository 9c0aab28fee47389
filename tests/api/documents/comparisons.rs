//! Findings that compare a plan with other plans: they follow when either of them changes.

use super::findings::{clean, found};
use super::import;
use crate::harness::App;
use serde_json::{Value, json};

/// The clean document under another title, with other activities.
fn other() -> Value {
    let mut document = clean();
    document["plan"]["title"] = json!("Other");
    document["activities"] = json!([
        {"title": "Kick-off", "kind": "meeting", "status": "held", "date": {"start": "2019-05"}}]);
    document
}

/// The slugs of the plans that have the finding.
async fn listed(app: &App, code: &str) -> Vec<String> {
    let path = format!("/v1/plans?has_finding={code}&sort=title&fields=slug");
    let plans = app.get(&path).await.json();
    let plans = plans["data"].as_array().unwrap().iter();
    plans
        .map(|plan| plan["slug"].as_str().unwrap().to_owned())
        .collect()
}

/// The message of the finding in a plan.
async fn message(app: &App, plan: &str, code: &str) -> Option<String> {
    let findings = app.get(&format!("/v1/plans/{plan}/findings")).await.json();
    let mut findings = findings["data"].as_array().unwrap().iter();
    let finding = findings.find(|finding| finding["code"] == code)?;
    Some(finding["message"].as_str().unwrap().to_owned())
}

/// Asserts that what is stored of findings is what the view finds.
async fn check(app: &App) {
    listed(app, "city_not_partner").await;
    let wrong = "SELECT count(*) FROM (SELECT DISTINCT plan_id, code FROM plan_findings) AS live FULL JOIN plan_finding_codes AS kept \
        USING (plan_id, code) WHERE live IS NULL OR kept IS NULL";
    assert_eq!(app.database.number(wrong).await, 0);
    let wrong = "SELECT (SELECT count(*) FROM (TABLE stated_figures EXCEPT TABLE compared_figures) AS missing) \
        + (SELECT count(*) FROM (TABLE compared_figures EXCEPT TABLE stated_figures) AS left_over)";
    assert_eq!(app.database.number(wrong).await, 0);
}

#[actix_web::test]
async fn an_activity_that_is_also_in_another_plan_is_found_in_both() {
    const CODE: &str = "activity_in_other_plan";
    let app = App::start().await;
    import(&app, "/v1/plans/small/summary", &clean()).await;
    import(&app, "/v1/plans/other/summary", &other()).await;
    assert!(listed(&app, CODE).await.is_empty(), "not on the same day");
    let mut same = other();
    same["activities"][0]["date"] = json!({"start": "2019-04"});
    same["activities"][0]["title"] = json!("KICK-OFF");
    import(&app, "/v1/plans/other/summary", &same).await;
    assert_eq!(listed(&app, CODE).await, ["other", "small"]);
    assert_eq!(
        message(&app, "small", CODE).await.unwrap(),
        "The activity is also in another plan: Kick-off, in other"
    );
    check(&app).await;
    let mirrors = json!({"relations": [{"kind": "mirrors", "plan_id": app.get("/v1/plans/small").await.json()["id"]}]});
    app.patch("/v1/plans/other", &mirrors).await;
    assert!(listed(&app, CODE).await.is_empty(), "both describe it");
    check(&app).await;
    app.patch("/v1/plans/other", &json!({"relations": []}))
        .await;
    assert_eq!(listed(&app, CODE).await, ["other", "small"]);
    same["activities"][0]["date"] = json!({"start": "2019-06"});
    import(&app, "/v1/plans/other/summary", &same).await;
    assert!(listed(&app, CODE).await.is_empty());
    // A year alone is not enough.
    for plan in ["small", "other"] {
        let mut document = if plan == "small" { clean() } else { other() };
        document["activities"][0]["date"] = json!({"start": "2019"});
        import(&app, &format!("/v1/plans/{plan}/summary"), &document).await;
    }
    assert!(listed(&app, CODE).await.is_empty());
    import(&app, "/v1/plans/small/summary", &clean()).await;
    same["activities"][0]["date"] = json!({"start": "2019-04"});
    import(&app, "/v1/plans/other/summary", &same).await;
    assert_eq!(listed(&app, CODE).await, ["other", "small"]);
    assert_eq!(app.delete("/v1/plans/other").await.status, 204);
    assert!(listed(&app, CODE).await.is_empty());
    check(&app).await;
}

#[actix_web::test]
async fn contradicting_figures_of_a_city_are_found_in_both_plans() {
    const CODE: &str = "contradicting_figures";
    let app = App::start().await;
    import(&app, "/v1/plans/small/summary", &clean()).await;
    import(&app, "/v1/plans/other/summary", &other()).await;
    let state = async |plan: &str, stated: Value| {
        let path = format!("/v1/plans/{plan}");
        let mut cities = app.get(&path).await.json()["cities"].clone();
        cities[0]["as_stated"] = stated;
        let answer = app.patch(&path, &json!({"cities": cities})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    };
    state(
        "small",
        json!({"population": "600.000", "area": "297,6 km²"}),
    )
    .await;
    for (stated, contradicts) in [
        (
            json!({"population": "0.62 million", "area": "298 km2"}),
            false,
        ),
        (json!({"population": "750 000"}), false),
        (json!({"population": "750 001"}), true),
        (json!({"population": "479 999 inhabitants"}), true),
        (json!({"population": "1 to 2 million"}), false),
        (json!({"population": "N/A", "area": "2.976 ha"}), false),
        (json!({"area": "2,976 km ²"}), true),
        (json!({}), false),
        (json!({"population": "6 Mio."}), true),
    ] {
        state("other", stated.clone()).await;
        let expected: &[&str] = if contradicts {
            &["other", "small"]
        } else {
            &[]
        };
        assert_eq!(listed(&app, CODE).await, expected, "{stated}");
        check(&app).await;
    }
    assert_eq!(
        message(&app, "small", CODE).await.unwrap(),
        "Another plan states a different figure for the city: Leipzig, 600.000; 6 Mio. in other"
    );
    let mut third = other();
    third["plan"]["title"] = json!("Third");
    third["activities"] = json!([]);
    third["plan"]["cities"][0]["as_stated"] = json!({"population": "600000"});
    import(&app, "/v1/plans/third/summary", &third).await;
    assert_eq!(listed(&app, CODE).await, ["other", "small", "third"]);
    assert_eq!(app.delete("/v1/plans/other").await.status, 204);
    assert!(listed(&app, CODE).await.is_empty());
    check(&app).await;
}

#[actix_web::test]
async fn one_plan_alone_contradicts_nothing() {
    let mut document = clean();
    document["plan"]["cities"][0]["as_stated"] = json!({"population": "6 million"});
    assert_eq!(found(&document).await, []);
}

#[actix_web::test]
async fn what_is_stored_of_findings_is_right_after_concurrent_writes_of_several_plans() {
    let app = App::start().await;
    for plan in ["small", "other"] {
        let mut document = clean();
        document["plan"]["title"] = json!(plan);
        import(&app, &format!("/v1/plans/{plan}/summary"), &document).await;
    }
    for round in 0..8 {
        let writes = ["small", "other"].map(|plan| {
            let app = &app;
            async move {
                let mut document = clean();
                document["plan"]["title"] = json!(plan);
                let differs = plan == "small" && round % 2 == 0;
                document["activities"][0]["date"] =
                    json!({"start": if differs { "2019-05" } else { "2019-04" }});
                document["plan"]["cities"][0]["as_stated"] =
                    json!({"population": if differs { "1 million" } else { "600 000" }});
                import(app, &format!("/v1/plans/{plan}/summary"), &document).await;
                listed(app, "contradicting_figures").await;
            }
        });
        futures_util::future::join_all(writes).await;
        check(&app).await;
        let expected: &[&str] = if round % 2 == 0 {
            &[]
        } else {
            &["other", "small"]
        };
        assert_eq!(listed(&app, "activity_in_other_plan").await, expected);
        let figures = listed(&app, "contradicting_figures").await;
        assert_eq!(figures.is_empty(), round % 2 == 1);
    }
}

#[actix_web::test]
async fn findings_of_stored_plans_are_right_after_the_migration() {
    let app = App::start().await;
    for (plan, population) in [("small", "600 000"), ("other", "1 million")] {
        let mut document = clean();
        document["plan"]["title"] = json!(plan);
        document["plan"]["cities"][0]["as_stated"] = json!({"population": population});
        import(&app, &format!("/v1/plans/{plan}/summary"), &document).await;
    }
    let codes = ["activity_in_other_plan", "contradicting_figures"];
    let client = app.database.client().await;
    for file in ["down", "up"] {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/migrations/2026-12-04-000015_more_findings"
        );
        let migration = std::fs::read_to_string(format!("{folder}/{file}.sql")).unwrap();
        client.batch_execute(&migration).await.unwrap();
    }
    for code in codes {
        assert_eq!(listed(&app, code).await, ["other", "small"]);
    }
    check(&app).await;
}
