//! The change feed: every change once, in an order into which nothing is inserted later.

use crate::harness::specimens::{ALL, activity, city, plan, stored_plan, theme};
use crate::harness::{App, Options};
use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use std::time::Duration;

/// The page, as soon as it contains the given number of changes. A change is listed once no older transaction is running, not even
/// in the database of another test.
pub async fn page(app: &App, path: &str, changes: usize) -> Value {
    for _ in 0..200 {
        let page = app.get(path).await.json();
        if page["data"].as_array().unwrap().len() >= changes {
            return page;
        }
        actix_web::rt::time::sleep(Duration::from_millis(50)).await;
    }
    panic!(
        "{path} does not come to {changes} changes: {}",
        app.get(path).await.text()
    );
}

fn summaries(page: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let summary = |change: &Value| {
        format!(
            "{} {} {}",
            text(&change["operation"]),
            text(&change["kind"]),
            change["version"]
        )
    };
    page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(summary)
        .collect()
}

#[actix_web::test]
async fn the_feed_lists_all_changes_including_deletions() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let activity = app.create("activities", &activity(&plan)).await;
    let path = format!("/v1/activities/{}", activity["id"].as_str().unwrap());
    app.patch(&path, &json!({"title": "Another"})).await;
    app.patch(&path, &json!({"title": "Another"})).await;
    app.delete(&path).await;
    let all = page(&app, "/v1/changes?limit=200", 5).await;
    let all_changes = summaries(&all);
    assert_eq!(
        all_changes[all_changes.len() - 3..],
        [
            "create activity 1",
            "update activity 2",
            "delete activity 3"
        ]
    );
    assert!(all_changes.contains(&"create plan 1".to_owned()) && all["next_cursor"].is_null());
    assert!(
        all["data"]
            .as_array()
            .unwrap()
            .iter()
            .rev()
            .take(3)
            .all(|change| change["id"] == activity["id"])
    );
    let of_activities = app.get("/v1/changes?kind=activity").await.json();
    assert_eq!(summaries(&of_activities).len(), 3);
    let last = all["data"].as_array().unwrap().last().unwrap()["at"]
        .as_str()
        .unwrap()
        .to_owned();
    let instant = last.replace('+', "%2B");
    assert_eq!(
        summaries(
            &app.get(&format!("/v1/changes?changed_after={instant}"))
                .await
                .json()
        )
        .len(),
        0,
        "after means after"
    );
    assert_eq!(
        summaries(
            &app.get("/v1/changes?changed_after=2020-01-01T00:00:00Z&limit=200")
                .await
                .json()
        ),
        all_changes
    );
    for refused in [
        "changed_after=yesterday",
        "kind=country",
        "cursor=x",
        "order=desc",
    ] {
        app.get(&format!("/v1/changes?{refused}"))
            .await
            .problem(400, "invalid_parameters");
    }
    let foreign = app.get("/v1/changes?kind=activity&limit=1").await.json()["next_cursor"]
        .as_str()
        .unwrap()
        .to_owned();
    app.get(&format!("/v1/changes?cursor={foreign}"))
        .await
        .problem(400, "invalid_parameters");
}

#[actix_web::test]
async fn a_stored_cursor_returns_only_later_changes() {
    let app = App::with(Options {
        sample: true,
        ..Default::default()
    })
    .await;
    let whole = page(&app, "/v1/changes?limit=200", 20).await;
    let (mut paged, mut cursor) = (Vec::new(), None);
    loop {
        let behind = cursor
            .map(|cursor: String| format!("&cursor={cursor}"))
            .unwrap_or_default();
        let page = app
            .get(&format!("/v1/changes?limit=7{behind}"))
            .await
            .json();
        paged.extend(page["data"].as_array().unwrap().clone());
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            assert_eq!(page["resume_cursor"], whole["resume_cursor"]);
            break;
        }
    }
    assert_eq!(json!(paged), whole["data"]);
    let since = format!(
        "/v1/changes?cursor={}",
        whole["resume_cursor"].as_str().unwrap()
    );
    let nothing = app.get(&since).await.json();
    assert_eq!(
        (summaries(&nothing).len(), &nothing["resume_cursor"]),
        (0, &whole["resume_cursor"])
    );
    ALL[0].stored(&app).await;
    let later = page(&app, &since, 1).await;
    assert_eq!(later["data"][0]["operation"], "create");
}

/// The log of a backup has the transaction ids of its own server; the server on which it is restored may be far behind them.
#[actix_web::test]
async fn changes_after_a_restored_backup_come_after_the_restored_ones() {
    let app = App::start().await;
    for number in 0..3 {
        let name = format!("Theme {number}");
        app.create("themes", &json!({"name": name})).await;
    }
    let before = page(&app, "/v1/changes", 3).await;
    let client = app.database.client().await;
    client
        .batch_execute("UPDATE changes SET transaction_id = transaction_id + 1000000000000")
        .await
        .unwrap();
    for _ in 0..2 {
        let settings = app.database.settings();
        actix_web::web::block(move || ucap::database::migrate(&settings))
            .await
            .unwrap()
            .unwrap();
        let restored = page(&app, "/v1/changes", 3).await;
        assert_eq!(restored["data"], before["data"]);
        let since = format!(
            "/v1/changes?cursor={}",
            restored["resume_cursor"].as_str().unwrap()
        );
        let record = app.create("cities", &city()).await;
        let later = page(&app, &since, 1).await;
        assert_eq!(later["data"][0]["id"], record["id"]);
        app.delete(&format!("/v1/cities/{}", record["id"].as_str().unwrap()))
            .await;
        page(&app, &since, 2).await;
        client
            .batch_execute("DELETE FROM changes WHERE resource = 'city'")
            .await
            .unwrap();
    }
}

/// A restored backup lacks the newest changes, and later ones get their numbers.
#[actix_web::test]
async fn a_cursor_of_a_change_that_a_restored_backup_lacks_is_refused() {
    let app = App::start().await;
    app.create("themes", &json!({"name": "Water"})).await;
    let all = page(&app, "/v1/changes", 1).await;
    let cursor = all["resume_cursor"].as_str().unwrap().to_owned();
    let client = app.database.client().await;
    client
        .batch_execute(
            "DELETE FROM changes; DELETE FROM themes; DELETE FROM changes; \
             ALTER TABLE changes ALTER COLUMN seq RESTART",
        )
        .await
        .unwrap();
    app.create("themes", &json!({"name": "Energy"})).await;
    page(&app, "/v1/changes", 1).await;
    app.get(&format!("/v1/changes?cursor={cursor}"))
        .await
        .problem(400, "invalid_parameters");
}

#[actix_web::test]
async fn a_client_that_resumes_misses_no_concurrent_change() {
    let app = App::start().await;
    let city = |number: usize| json!({"name": format!("City {number}"), "kind": "city"});
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    for round in 0..10 {
        let bodies: Vec<Value> = (0..8).map(|number| city(8 * round + number)).collect();
        let writing = join_all(bodies.iter().map(|body| app.post("/v1/cities", body)));
        let reading = async {
            let (mut seen, mut cursor) = (Vec::new(), cursor.clone());
            for _ in 0..4 {
                let behind = if cursor.is_empty() {
                    String::new()
                } else {
                    format!("&cursor={cursor}")
                };
                let page = app
                    .get(&format!("/v1/changes?limit=5{behind}"))
                    .await
                    .json();
                seen.extend(
                    page["data"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|change| change["number"].as_i64().unwrap()),
                );
                cursor = page["resume_cursor"]
                    .as_str()
                    .map(str::to_owned)
                    .unwrap_or(cursor);
            }
            (seen, cursor)
        };
        let (written, (more, further)) = join(writing, reading).await;
        assert!(written.iter().all(|answer| answer.status == 201));
        seen.extend(more);
        cursor = further;
    }
    while seen.len() < 80 {
        let behind = if cursor.is_empty() {
            String::new()
        } else {
            format!("&cursor={cursor}")
        };
        let rest = page(&app, &format!("/v1/changes?limit=200{behind}"), 1).await;
        seen.extend(
            rest["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|change| change["number"].as_i64().unwrap()),
        );
        cursor = rest["resume_cursor"].as_str().unwrap().to_owned();
    }
    seen.sort_unstable();
    seen.dedup();
    let stored = app.database.number("SELECT count(*) FROM changes").await;
    assert_eq!((seen.len(), stored), (80, 80), "each once");
}

/// The URL of the changes after a page.
fn resumed(path: &str, page: &Value) -> String {
    let separator = if path.contains('?') { '&' } else { '?' };
    let cursor = page["resume_cursor"].as_str().expect("a cursor");
    format!("{path}{separator}cursor={cursor}")
}

#[actix_web::test]
async fn a_client_that_starts_with_an_empty_registry_gets_all_later_changes() {
    let app = App::start().await;
    let paths = [
        "/v1/changes",
        "/v1/changes?kind=city",
        "/v1/changes?changed_after=2026-03-01T00:00:00Z",
    ];
    let mut behind = Vec::new();
    for path in paths {
        let empty = app.get(path).await.json();
        assert_eq!(
            (summaries(&empty).len(), &empty["next_cursor"]),
            (0, &Value::Null)
        );
        let again = app.get(&resumed(path, &empty)).await.json();
        assert_eq!(again, empty);
        behind.push(resumed(path, &empty));
    }
    app.create("cities", &city()).await;
    for path in behind {
        let later = page(&app, &path, 1).await;
        assert_eq!(summaries(&later), ["create city 1"], "{path}");
    }
}

#[actix_web::test]
async fn a_client_whose_filters_match_nothing_resumes_at_the_end_of_the_log() {
    let app = App::start().await;
    app.create("cities", &city()).await;
    page(&app, "/v1/changes", 1).await;
    let path = "/v1/changes?kind=theme";
    let first = app.get(path).await.json();
    app.create("cities", &city()).await;
    page(&app, "/v1/changes", 2).await;
    let second = app.get(&resumed(path, &first)).await.json();
    for empty in [&first, &second] {
        assert_eq!(summaries(empty).len(), 0);
    }
    assert_ne!(
        first["resume_cursor"], second["resume_cursor"],
        "what was looked through is not looked through again"
    );
    app.create("themes", &theme()).await;
    for empty in [first, second] {
        let later = page(&app, &resumed(path, &empty), 1).await;
        assert_eq!(summaries(&later), ["create theme 1"]);
    }
}

#[actix_web::test]
async fn a_cursor_misses_no_write_that_was_running_when_it_was_issued() {
    let app = App::start().await;
    let client = app.database.client().await;
    let begun = "BEGIN; INSERT INTO themes (id, slug, name, aliases, sdgs, urban_agenda, folded_name, search) \
         VALUES ('0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b', 'slow', 'Slow', '{}', '{}', '{}', 'slow', '')";
    for path in ["/v1/changes", "/v1/changes?kind=theme"] {
        client.batch_execute(begun).await.unwrap();
        app.create("cities", &city()).await;
        let empty = app.get(path).await.json();
        assert_eq!(summaries(&empty).len(), 0, "all later changes wait");
        client.batch_execute("COMMIT").await.unwrap();
        let expected = if path.contains("kind") { 1 } else { 2 };
        let later = page(&app, &resumed(path, &empty), expected).await;
        assert!(
            summaries(&later)
                .iter()
                .any(|change| change.ends_with("theme 1"))
        );
        client
            .batch_execute("DELETE FROM themes; DELETE FROM cities; TRUNCATE changes")
            .await
            .unwrap();
    }
}

#[actix_web::test]
async fn a_cursor_after_a_change_that_is_missing_in_the_log_is_refused() {
    let app = App::start().await;
    for _ in 0..2 {
        app.create("cities", &city()).await;
    }
    let whole = page(&app, "/v1/changes", 2).await;
    let client = app.database.client().await;
    for lost in [
        "DELETE FROM changes WHERE seq = (SELECT max(seq) FROM changes)",
        "DELETE FROM changes",
    ] {
        client.batch_execute(lost).await.unwrap();
        let answer = app.get(&resumed("/v1/changes", &whole)).await;
        let answer = answer.problem(400, "invalid_parameters");
        assert_eq!(answer.faults(), [("cursor".into(), "cursor".into())]);
    }
}

#[actix_web::test]
async fn changes_of_unknown_kinds_are_skipped() {
    let app = App::start().await;
    app.create("cities", &city()).await;
    let unknown = "ALTER TABLE changes DROP CONSTRAINT changes_operation_known; \
         INSERT INTO changes (key_name, operation, resource, record_id, version, body) \
         SELECT 'newer', operation, resource, gen_random_uuid(), 1, '{}' \
         FROM (VALUES ('create', 'source'), ('update', 'source'), ('restore', 'city'), ('', '')) AS written (operation, resource)";
    app.database
        .client()
        .await
        .batch_execute(unknown)
        .await
        .unwrap();
    app.create("themes", &theme()).await;
    let whole = page(&app, "/v1/changes", 2).await;
    assert_eq!(summaries(&whole), ["create city 1", "create theme 1"]);
    assert_eq!(whole["next_cursor"], Value::Null);
    for limit in 1..=6 {
        let known = app.all("/v1/changes", limit).await;
        assert_eq!(json!(known), whole["data"], "{limit} at a time");
    }
    let cities = app.get("/v1/changes?kind=city").await.json();
    assert_eq!(summaries(&cities), ["create city 1"]);
    let end = app.get(&resumed("/v1/changes", &whole)).await.json();
    assert_eq!(
        (summaries(&end).len(), &end["resume_cursor"]),
        (0, &whole["resume_cursor"])
    );
}

#[actix_web::test]
async fn a_new_name_of_a_city_is_a_change_of_the_city_and_both_places_say_so() {
    let app = App::start().await;
    let lead = app.create("cities", &city()).await;
    let stored = app.create("plans", &plan(&lead)).await;
    let everything = page(&app, "/v1/changes?limit=200", 2).await;
    let resume = everything["resume_cursor"].as_str().unwrap();
    let city_path = format!("/v1/cities/{}", lead["id"].as_str().unwrap());
    let renamed = app.patch(&city_path, &json!({"name": "Renamed"})).await;
    let instant = stored["updated_at"].as_str().unwrap();
    let list = app.get(&format!("/v1/plans?updated_after={instant}")).await;
    assert_eq!(list.json()["data"], json!([]), "the plan did not change");
    let plan_path = format!("/v1/plans/{}", stored["id"].as_str().unwrap());
    let shown = app.get(&plan_path).await.json();
    assert_eq!(
        (&shown["cities"][0]["name"], &shown["version"]),
        (&json!("Renamed"), &json!(1))
    );
    let news = page(&app, &format!("/v1/changes?cursor={resume}&limit=200"), 1).await;
    assert_eq!(summaries(&news), ["update city 2"]);
    assert_eq!(news["data"][0]["id"], renamed.json()["id"]);
    let document = app.get("/openapi.json").await.json();
    let parameters = &document["paths"]["/v1/plans"]["get"]["parameters"];
    let parameters = parameters.as_array().unwrap().iter();
    let described = parameters
        .filter(|parameter| parameter["name"] == "updated_after")
        .any(|parameter| parameter["description"].to_string().contains("/v1/changes"));
    assert!(described, "who filters by instant is led to the feed");
    let feed = &document["paths"]["/v1/changes"]["get"]["description"];
    assert!(feed.to_string().contains("Renaming a city"), "{feed}");
}
