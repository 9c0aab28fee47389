//! Lists of plans filtered by findings.

use super::findings::clean;
use super::{MANCHESTER, import, manchester};
use crate::harness::App;
use serde_json::{Value, json};

#[actix_web::test]
async fn plans_can_be_filtered_by_findings() {
    let app = App::start().await;
    import(&app, MANCHESTER, &manchester()).await;
    import(&app, "/v1/plans/small/summary", &clean()).await;
    let slugs = |answer: Value| {
        answer["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|plan| plan["slug"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let listed = slugs(
        app.get("/v1/plans?has_finding=source_breaks_off,duplicate_activity")
            .await
            .json(),
    );
    assert_eq!(listed, ["manchester-chengdu-liuzhou-yangzhou"]);
    assert!(
        slugs(
            app.get("/v1/plans?has_finding=duplicate_activity")
                .await
                .json()
        )
        .is_empty()
    );
    let answer = app
        .get("/v1/plans?has_finding=source_breaks_of")
        .await
        .problem(400, "invalid_parameters");
    assert!(answer.text().contains("did you mean"), "{}", answer.text());
}

#[actix_web::test]
async fn lists_by_finding_are_correct_after_every_write() {
    let app = App::start().await;
    import(&app, "/v1/plans/small/summary", &clean()).await;
    let listed = async |code: &str| {
        app.get(&format!("/v1/plans?has_finding={code}"))
            .await
            .json()["data"]
            .as_array()
            .unwrap()
            .len()
    };
    let plan = app.get("/v1/plans/small").await.json();
    assert_eq!(listed("date_text_only").await, 0);
    let activity = json!({"plan_id": plan["id"], "title": "Some day", "kind": "meeting", "status": "planned", "date": {"text": "some day in 2020"}});
    let activity = app.create("activities", &activity).await;
    assert_eq!(listed("date_text_only").await, 1);
    let path = format!("/v1/activities/{}", activity["id"].as_str().unwrap());
    app.patch(&path, &json!({"date": {"start": "2020"}})).await;
    assert_eq!(listed("date_text_only").await, 0);
    app.patch(&path, &json!({"date": {"start": null}})).await;
    assert_eq!(listed("date_text_only").await, 1);
    assert_eq!(app.delete(&path).await.status, 204);
    assert_eq!(listed("date_text_only").await, 0);
    let outcome = json!({"plan_id": plan["id"], "heading": "Air", "description": "Clean air", "kind": "result", "status": "planned"});
    let outcome = app.create("outcomes", &outcome).await;
    assert_eq!(listed("heading_without_theme").await, 1);
    assert_eq!(
        app.delete(&format!("/v1/outcomes/{}", outcome["id"].as_str().unwrap()))
            .await
            .status,
        204
    );
    assert_eq!(listed("heading_without_theme").await, 0);
    let other = app.create("plans", &json!({"title": "Other", "kind": "cluster", "status": "draft", "contacts": [{"name": "The desk"}]})).await;
    let document = json!({"plan_id": other["id"], "title": "Some day", "kind": "meeting", "status": "planned", "date": {"text": "some day in 2020"}});
    let moved = app.create("activities", &document).await;
    let of = async |code: &str| {
        app.get(&format!("/v1/plans?has_finding={code}&fields=slug"))
            .await
            .json()["data"]
            .clone()
    };
    assert_eq!(of("date_text_only").await, json!([{"slug": "other"}]));
    let path = format!("/v1/activities/{}", moved["id"].as_str().unwrap());
    app.patch(&path, &json!({"plan_id": plan["id"]})).await;
    assert_eq!(
        of("date_text_only").await,
        json!([{"slug": "small"}]),
        "both plans of what moved"
    );
    assert_eq!(
        (
            app.delete(&path).await.status,
            app.delete("/v1/plans/other").await.status
        ),
        (204, 204)
    );
    app.patch(
        "/v1/cities/leipzig",
        &json!({"country": null, "population": 60}),
    )
    .await;
    assert_eq!(
        (
            listed("partner_without_country").await,
            listed("implausible_density").await
        ),
        (1, 1)
    );
    app.patch(
        "/v1/cities/leipzig",
        &json!({"country": "DE", "population": 600_000}),
    )
    .await;
    assert_eq!(
        (
            listed("partner_without_country").await,
            listed("implausible_density").await
        ),
        (0, 0)
    );
    app.patch("/v1/plans/small", &json!({"contacts": []})).await;
    assert_eq!(listed("plan_without_contact").await, 1);
    assert_eq!(
        app.get("/v1/stats?has_finding=plan_without_contact")
            .await
            .json()["plans"],
        1
    );
    app.patch(
        "/v1/plans/small",
        &json!({"contacts": [{"name": "The desk"}]}),
    )
    .await;
    assert!(
        app.get("/v1/exports/plans.ndjson?has_finding=plan_without_contact")
            .await
            .text()
            .is_empty()
    );
    assert_eq!(app.delete("/v1/plans/small").await.status, 204);
    assert_eq!(
        app.get("/v1/stats?has_finding=theme_without_focus")
            .await
            .json()["plans"],
        0
    );
    assert_eq!(
        app.database
            .number("SELECT count(*) FROM plan_finding_codes")
            .await,
        0,
        "nothing is left of a plan that is gone"
    );
}

#[actix_web::test]
async fn lists_by_finding_are_correct_during_concurrent_writes_and_reads() {
    let app = App::start().await;
    import(&app, "/v1/plans/small/summary", &clean()).await;
    let path = app.get("/v1/activities?sort=title").await.json()["data"][0]["id"]
        .as_str()
        .map(|id| format!("/v1/activities/{id}"))
        .unwrap();
    for round in 0..12 {
        let patch = json!({"date": {"start": if round % 2 == 0 { json!(null) } else { json!("2020") }, "text": "some day in 2020"}});
        let writing = app.patch(&path, &patch);
        let asking = (0..6).map(|_| app.get("/v1/plans?has_finding=date_text_only"));
        let (written, asked) =
            futures_util::future::join(writing, futures_util::future::join_all(asking)).await;
        assert!(
            written.status == 200 && asked.iter().all(|answer| answer.status == 200),
            "round {round}"
        );
        let listed = app.get("/v1/plans?has_finding=date_text_only").await.json()["data"]
            .as_array()
            .unwrap()
            .len();
        assert_eq!(
            listed,
            1 - round % 2,
            "round {round}: what was acknowledged is seen"
        );
    }
    let wrong = "SELECT count(*) FROM (SELECT DISTINCT plan_id, code FROM plan_findings) AS live FULL JOIN plan_finding_codes AS kept \
        USING (plan_id, code) WHERE live IS NULL OR kept IS NULL";
    assert_eq!(app.database.number(wrong).await, 0);
}
