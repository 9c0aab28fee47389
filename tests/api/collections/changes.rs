//! The feed of changes: everything once, in an order that nothing is added to later.

use crate::harness::specimens::{ALL, activity, stored_plan};
use crate::harness::{App, Options};
use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use std::time::Duration;

/// The page, as soon as it has that many changes: they are given once nothing older runs, be it in the database of another test.
async fn page(app: &App, path: &str, changes: usize) -> Value {
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

fn told(page: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let told = |change: &Value| {
        format!(
            "{} {} {}",
            text(&change["operation"]),
            text(&change["kind"]),
            change["version"]
        )
    };
    page["data"].as_array().unwrap().iter().map(told).collect()
}

#[actix_web::test]
async fn everything_that_changed_is_one_call_deletions_included() {
    let app = App::start().await;
    assert_eq!(
        app.get("/v1/changes").await.json(),
        json!({"data": [], "next_cursor": null, "resume_cursor": null})
    );
    let plan = stored_plan(&app).await;
    let activity = app.create("activities", &activity(&plan)).await;
    let path = format!("/v1/activities/{}", activity["id"].as_str().unwrap());
    app.patch(&path, &json!({"title": "Another"})).await;
    app.patch(&path, &json!({"title": "Another"})).await;
    app.delete(&path).await;
    let all = page(&app, "/v1/changes?limit=200", 5).await;
    let told_all = told(&all);
    assert_eq!(
        told_all[told_all.len() - 3..],
        [
            "create activity 1",
            "update activity 2",
            "delete activity 3"
        ]
    );
    assert!(told_all.contains(&"create plan 1".to_owned()) && all["next_cursor"].is_null());
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
    assert_eq!(told(&of_activities).len(), 3);
    let last = all["data"].as_array().unwrap().last().unwrap()["at"]
        .as_str()
        .unwrap()
        .to_owned();
    let instant = last.replace('+', "%2B");
    assert_eq!(
        told(
            &app.get(&format!("/v1/changes?changed_after={instant}"))
                .await
                .json()
        )
        .len(),
        0,
        "after means after"
    );
    assert_eq!(
        told(
            &app.get("/v1/changes?changed_after=2020-01-01T00:00:00Z&limit=200")
                .await
                .json()
        ),
        told_all
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
async fn a_kept_cursor_gives_what_came_since_and_pages_lead_there() {
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
        (told(&nothing).len(), &nothing["resume_cursor"]),
        (0, &whole["resume_cursor"])
    );
    ALL[0].stored(&app).await;
    let came = page(&app, &since, 1).await;
    assert_eq!(came["data"][0]["operation"], "create");
}

#[actix_web::test]
async fn a_reader_who_resumes_misses_nothing_that_is_written_side_by_side() {
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
