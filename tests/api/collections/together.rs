//! Imports of records of several kinds together.

use super::imports::{joined, load, statuses, summary};
use crate::documents::{import, small};
use crate::harness::App;
use serde_json::{Value, json};

const TOGETHER: &str = "/v1/imports";

/// All orders of some items.
fn permutations<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    let Some((first, rest)) = items.split_first() else {
        return vec![Vec::new()];
    };
    let mut all = Vec::new();
    for order in permutations(rest) {
        for index in 0..=order.len() {
            let mut order = order.clone();
            order.insert(index, first.clone());
            all.push(order);
        }
    }
    all
}

/// A registry with one plan about water, which an activity and an outcome serve, and with the theme rain; and the lines that change
/// the theme.
async fn with_water() -> (App, [Value; 3]) {
    let app = App::start().await;
    import(&app, "/v1/plans/small/summary", &small()).await;
    app.create("themes", &json!({"name": "Rain"})).await;
    let records = |collection: &str| format!("/v1/plans/small/{collection}");
    let activity = app.all(&records("activities"), 10).await.remove(0);
    let outcome = app.all(&records("outcomes"), 10).await.remove(0);
    let lines = [
        json!({"plan": {"slug": "small", "themes": [{"theme_id": "rain"}]}}),
        json!({"activity": {"id": activity["id"], "theme_ids": ["rain"]}}),
        json!({"outcome": {"id": outcome["id"], "theme_id": "rain"}}),
    ];
    (app, lines)
}

/// The slugs of the themes of the plan, of the activity and of the outcome.
async fn themes(app: &App) -> [Value; 3] {
    let document = app.get("/v1/plans/small/summary").await.json();
    [
        document["plan"]["themes"][0]["theme"].clone(),
        document["activities"][0]["themes"][0].clone(),
        document["outcomes"][0]["theme"].clone(),
    ]
}

#[actix_web::test]
async fn a_theme_is_changed_together_with_what_serves_it_in_any_order() {
    for order in permutations(&[0, 1, 2]) {
        let (app, lines) = with_water().await;
        let lines: Vec<Value> = order.iter().map(|index| lines[*index].clone()).collect();
        for (query, stored) in [("&dry_run=true", "water"), ("", "rain")] {
            let path = format!("{TOGETHER}?on_existing=merge{query}");
            let answers = load(&app, &path, joined(&lines)).await;
            let updated = [(1, "updated"), (2, "updated"), (3, "updated")];
            assert_eq!(statuses(&answers), updated, "{order:?}: {answers:?}");
            assert_eq!(summary(&answers)["stored"], query.is_empty());
            assert_eq!(themes(&app).await, [stored, stored, stored]);
        }
        let again = load(
            &app,
            &format!("{TOGETHER}?on_existing=merge"),
            joined(&lines),
        )
        .await;
        assert_eq!(summary(&again)["unchanged"], 3, "{again:?}");
    }
}

#[actix_web::test]
async fn what_still_serves_a_theme_that_the_plan_does_not_have_is_refused_with_the_pointer_of_the_line()
 {
    let (app, [plan, activity, outcome]) = with_water().await;
    let cases = [
        (vec![&plan], vec![(1, "/plan/themes", "in_use")]),
        (
            vec![&activity],
            vec![(1, "/activity/theme_ids/0", "unknown_reference")],
        ),
        (
            vec![&outcome],
            vec![(1, "/outcome/theme_id", "unknown_reference")],
        ),
        (
            vec![&activity, &outcome],
            vec![
                (1, "/activity/theme_ids/0", "unknown_reference"),
                (2, "/outcome/theme_id", "unknown_reference"),
            ],
        ),
        (vec![&outcome, &plan], vec![(2, "/plan/themes", "in_use")]),
    ];
    for (lines, expected) in cases {
        let lines: Vec<Value> = lines.into_iter().cloned().collect();
        let path = format!("{TOGETHER}?on_existing=merge");
        let answers = load(&app, &path, joined(&lines)).await;
        let failed = answers.iter().filter(|answer| answer["status"] == "failed");
        let failed: Vec<_> = failed
            .map(|answer| {
                let error = &answer["errors"][0];
                (
                    answer["line"].as_i64().unwrap(),
                    error["pointer"].as_str().unwrap(),
                    error["code"].as_str().unwrap(),
                )
            })
            .collect();
        assert_eq!(failed, expected, "{answers:?}");
        let counts = summary(&answers);
        assert_eq!(counts["lines"], lines.len());
        assert_eq!(counts["failed"], expected.len());
        assert_eq!(counts["stored"], false);
        assert_eq!(themes(&app).await, ["water", "water", "water"]);
    }
}

#[actix_web::test]
async fn records_of_all_kinds_are_created_together_in_any_order() {
    let lines = [
        json!({"outcome": {"plan_id": "small", "theme_id": "water", "description": "Less flooding", "kind": "benefit"}}),
        json!({"activity": {"plan_id": "small", "theme_ids": ["water"], "title": "Kick-off", "kind": "meeting", "status": "planned", "cities": [{"city_id": "leipzig", "role": "host"}]}}),
        json!({"plan": {"slug": "small", "title": "Small", "kind": "pairing", "cities": [{"city_id": "leipzig", "role": "lead"}], "themes": [{"theme_id": "water"}]}}),
        json!({"theme": {"slug": "water", "name": "Water"}}),
        json!({"city": {"slug": "leipzig", "name": "Leipzig", "kind": "city"}}),
    ];
    for reversed in [false, true] {
        let app = App::start().await;
        let mut lines = lines.to_vec();
        if reversed {
            lines.reverse();
        }
        let others = (0..600)
            .map(|number| json!({"city": {"name": format!("Other {number}"), "kind": "city"}}));
        lines.splice(2..2, others);
        let answers = load(&app, TOGETHER, joined(&lines)).await;
        assert_eq!(summary(&answers)["created"], 605, "{:?}", summary(&answers));
        assert_eq!(themes(&app).await, ["water", "water", "water"]);
        let plan = app.get("/v1/plans/small").await.json();
        assert_eq!(plan["cities"][0]["slug"], "leipzig");
    }
}

#[actix_web::test]
async fn a_faulty_line_keeps_all_others_from_being_stored() {
    let app = App::start().await;
    let city = "{\"city\": {\"name\": \"Leipzig\", \"kind\": \"city\"}}";
    for (line, pointer, code) in [
        ("{}", "", "rule"),
        ("[]", "", "type"),
        ("{\"city\": {}, \"theme\": {}}", "", "rule"),
        ("{\"town\": {}}", "", "rule"),
        ("{\"cities\": {}}", "", "rule"),
        ("{\"city\": 7}", "/city", "type"),
        (
            "{\"city\": {\"name\": \"Nanjing\", \"kind\": \"town\"}}",
            "/city/kind",
            "enum",
        ),
        ("{\"city\": {\"id\": 7}}", "/city/id", "format"),
        (
            "{\"plan\": {\"title\": \"A\", \"kind\": \"cluster\", \"themes\": [{\"theme_id\": \"none-such\"}]}}",
            "/plan/themes/0/theme_id",
            "unknown_reference",
        ),
        ("{\"city\"", "", "malformed"),
    ] {
        let body = format!("{city}\n{line}\n");
        let answers = load(&app, TOGETHER, body).await;
        assert_eq!(
            statuses(&answers),
            [(1, "created"), (2, "failed")],
            "{line}"
        );
        let failed = answers.iter().find(|answer| answer["line"] == 2).unwrap();
        let error = &failed["errors"][0];
        assert_eq!(
            [&error["pointer"], &error["code"]],
            [pointer, code],
            "{line}"
        );
        assert_eq!(summary(&answers)["stored"], false);
        assert_eq!(app.database.number("SELECT count(*) FROM changes").await, 0);
    }
    app.request("POST", TOGETHER)
        .without("authorization")
        .bytes("application/x-ndjson", city)
        .send()
        .await
        .problem(401, "unauthorized");
}

#[actix_web::test]
async fn conflicts_in_one_chunk_do_not_bring_back_the_rules_between_records() {
    let (app, [plan, activity, outcome]) = with_water().await;
    // The database refuses the second plan, so the plans are stored one by one.
    let taken = json!({"plan": {"title": "Taken", "kind": "cluster", "slug": "small", "id": "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b"}});
    let path = format!("{TOGETHER}?on_existing=merge");
    let lines = [plan, taken, activity, outcome];
    let answers = load(&app, &path, joined(&lines)).await;
    let expected = [
        (1, "updated"),
        (2, "failed"),
        (3, "updated"),
        (4, "updated"),
    ];
    assert_eq!(statuses(&answers), expected, "{answers:?}");
    let failed = answers.iter().find(|answer| answer["line"] == 2).unwrap();
    assert_eq!(failed["errors"][0]["pointer"], "/plan/slug");
    assert_eq!(failed["errors"][0]["code"], "duplicate");
    assert_eq!(themes(&app).await, ["water", "water", "water"]);
}
