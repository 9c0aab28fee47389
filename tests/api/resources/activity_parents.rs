//! Activities that belong to other activities of their plan.

use crate::collections::exports::lines as exported;
use crate::collections::imports::{joined, load, statuses, summary};
use crate::harness::specimens::{self, stored_plan};
use crate::harness::{Answer, App};
use serde_json::{Value, json};

fn path(activity: &Value) -> String {
    format!("/v1/activities/{}", activity["id"].as_str().unwrap())
}

/// Stores an activity with that title under a plan, and below another activity if there is one.
async fn stored(app: &App, plan: &Value, title: &str, parent: Option<&Value>) -> Value {
    let mut activity = specimens::activity(plan);
    activity["title"] = json!(title);
    if let Some(parent) = parent {
        activity["parent_id"] = parent["id"].clone();
    }
    app.create("activities", &activity).await
}

async fn titles(app: &App, query: &str) -> Vec<String> {
    let answer = app
        .get(&format!("/v1/activities?sort=title&{query}"))
        .await
        .json();
    let data = answer["data"].as_array().unwrap().iter();
    data.map(|one| one["title"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn an_activity_shows_the_one_that_it_belongs_to_and_is_found_by_it() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let mission = stored(&app, &plan, "A mission", None).await;
    assert_eq!(mission["parent_id"], Value::Null);
    assert_eq!(mission["parent_title"], Value::Null);
    let workshop = stored(&app, &plan, "B workshop", Some(&mission)).await;
    assert_eq!(workshop["parent_id"], mission["id"]);
    assert_eq!(workshop["parent_title"], "A mission");
    stored(&app, &plan, "C meeting", None).await;
    let id = mission["id"].as_str().unwrap();
    for (query, found) in [
        (format!("parent={id}"), "B"),
        ("parent=none".to_owned(), "A,C"),
        (format!("parent=none,{id}"), "A,B,C"),
        ("parent=0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f3fff".to_owned(), ""),
    ] {
        let titles = titles(&app, &query).await;
        let letters: Vec<_> = titles.iter().map(|title| &title[..1]).collect();
        assert_eq!(letters.join(","), found, "{query}");
    }
    app.get("/v1/activities?parent=mission")
        .await
        .problem(400, "invalid_parameters");
    // Its own entity tag changes with the title that it shows.
    let before = app.get(&path(&workshop)).await.etag();
    app.patch(&path(&mission), &json!({"title": "The mission"}))
        .await;
    let after = app.get(&path(&workshop)).await;
    assert_eq!(after.json()["parent_title"], "The mission");
    assert_ne!(after.etag(), before);
    // What was read can be written back.
    let again = app.put(&path(&workshop), &after.json()).await;
    assert_eq!(again.json()["version"], 1);
}

#[actix_web::test]
async fn there_are_two_levels_within_one_plan_and_no_circles() {
    let app = App::start().await;
    let (plan, other) = (stored_plan(&app).await, stored_plan(&app).await);
    let mission = stored(&app, &plan, "Mission", None).await;
    let workshop = stored(&app, &plan, "Workshop", Some(&mission)).await;
    let foreign = stored(&app, &other, "Foreign", None).await;
    let refused = |answer: Answer, code: &'static str, pointer: &'static str| {
        let status = if code == "validation_failed" {
            422
        } else {
            409
        };
        let answer = answer.problem(status, code);
        assert_eq!(answer.faults()[0].0, pointer, "{}", answer.text());
        answer
    };
    let below = |parent: &Value| json!({"parent_id": parent["id"]});
    let answer = app.patch(&path(&mission), &below(&mission)).await;
    refused(answer, "validation_failed", "/parent_id");
    let answer = app.patch(&path(&foreign), &below(&mission)).await;
    refused(answer, "unknown_reference", "/parent_id");
    let talk = stored(&app, &plan, "Talk", None).await;
    let answer = app.patch(&path(&talk), &below(&workshop)).await;
    refused(answer, "unknown_reference", "/parent_id");
    let answer = app.patch(&path(&mission), &below(&talk)).await;
    let answer = refused(answer, "in_use", "/parent_id").json();
    assert_eq!(answer["related"][0]["id"], workshop["id"]);
    let move_away = json!({"plan_id": other["id"]});
    let answer = app.patch(&path(&mission), &move_away).await;
    refused(answer, "in_use", "/plan_id");
    let answer = app.patch(&path(&workshop), &move_away).await;
    refused(answer, "unknown_reference", "/parent_id");
    let mut created = specimens::activity(&other);
    created["parent_id"] = mission["id"].clone();
    let answer = app.post("/v1/activities", &created).await;
    refused(answer, "unknown_reference", "/parent_id");
    // On its own, each can be changed.
    let alone = json!({"parent_id": null, "plan_id": other["id"]});
    assert_eq!(app.patch(&path(&workshop), &alone).await.status, 200);
    assert_eq!(app.patch(&path(&mission), &below(&talk)).await.status, 200);
}

#[actix_web::test]
async fn an_activity_to_which_others_belong_is_not_deleted_but_its_plan_is() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let mission = stored(&app, &plan, "Mission", None).await;
    let workshop = stored(&app, &plan, "Workshop", Some(&mission)).await;
    let refused = app.delete(&path(&mission)).await.problem(409, "in_use");
    let related = &refused.json()["related"];
    assert_eq!(related[0]["label"], "Workshop");
    assert_eq!(app.delete(&path(&workshop)).await.status, 204);
    assert_eq!(app.delete(&path(&mission)).await.status, 204);
    let mission = stored(&app, &plan, "Mission", None).await;
    stored(&app, &plan, "Workshop", Some(&mission)).await;
    let plan = format!("/v1/plans/{}", plan["id"].as_str().unwrap());
    assert_eq!(app.delete(&plan).await.status, 204);
}

#[actix_web::test]
async fn of_two_requests_at_the_same_time_that_would_close_a_circle_one_is_refused() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    for round in 0..8 {
        let one = stored(&app, &plan, "One", None).await;
        let other = stored(&app, &plan, "Other", None).await;
        let (ours, theirs) = (
            json!({"parent_id": other["id"]}),
            json!({"parent_id": one["id"]}),
        );
        let (one, other) = (path(&one), path(&other));
        let both =
            futures_util::future::join(app.patch(&one, &ours), app.patch(&other, &theirs)).await;
        let mut statuses = [both.0.status, both.1.status];
        statuses.sort_unstable();
        assert_eq!(statuses[0], 200, "round {round}");
        assert!([409, 503].contains(&statuses[1]), "{statuses:?}");
        let circles = "SELECT count(*) FROM activities child JOIN activities parent ON parent.id = child.parent_id \
                       WHERE parent.parent_id IS NOT NULL OR parent.plan_id <> child.plan_id";
        assert_eq!(app.database.number(circles).await, 0);
    }
}

/// A document of a plan with the given activities.
fn document(activities: Value) -> Value {
    let mut document = crate::documents::small();
    document["activities"] = activities;
    document
}

fn activity(title: &str) -> Value {
    json!({"title": title, "kind": "meeting", "status": "held"})
}

fn keyed(title: &str, key: &str) -> Value {
    json!({"title": title, "kind": "mission", "status": "held", "key": key})
}

fn below(title: &str, parent: &str) -> Value {
    json!({"title": title, "kind": "workshop", "status": "held", "parent": parent})
}

const SUMMARY: &str = "/v1/plans/small/summary";

async fn put(app: &App, activities: Value) -> Answer {
    app.put(SUMMARY, &document(activities)).await
}

/// The titles of the activities of the document, each behind the key of the one that it belongs to.
async fn listed(app: &App) -> Vec<String> {
    let shown = app.get(SUMMARY).await.json();
    let activities = shown["activities"].as_array().unwrap().iter();
    let listed = activities.map(|one| match one["parent"].as_str() {
        Some(parent) => format!("{parent}/{}", one["title"].as_str().unwrap()),
        None => one["title"].as_str().unwrap().to_owned(),
    });
    listed.collect()
}

#[actix_web::test]
async fn activities_of_a_document_refer_to_each_other_by_keys() {
    let app = App::start().await;
    let given = json!([
        below("Early", "m2"),
        keyed("Mission", "m1"),
        below("Workshop", "m1"),
        activity("Webinar"),
        keyed("Mission", "m2"),
        below("Workshop", "m2"),
        keyed("Nothing", "unused"),
    ]);
    assert_eq!(put(&app, given.clone()).await.status, 201);
    let expected = [
        "mission-2/Early",
        "Mission",
        "mission/Workshop",
        "Webinar",
        "Mission",
        "mission-2/Workshop",
        "Nothing",
    ];
    assert_eq!(listed(&app).await, expected);
    let shown = app.get(SUMMARY).await.json();
    assert_eq!(shown["activities"][4]["key"], "mission-2");
    assert_eq!(shown["activities"][6]["key"], Value::Null);
    for same in [given, shown["activities"].clone()] {
        let report = put(&app, same).await.json();
        assert_eq!(
            (&report["created"], &report["updated"], &report["removed"]),
            (&json!(0), &json!(0), &json!(0)),
            "{report}"
        );
    }
    // Parent and child change places, one moves below a new activity, and the former parent of another is removed.
    let changed = json!([
        keyed("Early", "early"),
        below("Mission", "early"),
        below("Workshop", "new"),
        activity("Webinar"),
        keyed("New mission", "new"),
        below("Workshop", "new"),
    ]);
    assert_eq!(put(&app, changed).await.status, 200);
    let expected = [
        "Early",
        "early/Mission",
        "new-mission/Workshop",
        "Webinar",
        "New mission",
        "new-mission/Workshop",
    ];
    assert_eq!(listed(&app).await, expected);
}

#[actix_web::test]
async fn wrong_keys_of_a_document_are_faults_at_their_places() {
    let app = App::start().await;
    let given = json!([
        keyed("Mission", "m"),
        keyed("Another", "m"),
        below("Lost", "nobody"),
        {"title": "Itself", "kind": "meeting", "status": "held", "key": "i", "parent": "i"},
        {"title": "Second", "kind": "meeting", "status": "held", "key": "s", "parent": "m"},
        below("Third", "s"),
    ]);
    let answer = put(&app, given).await.problem(422, "validation_failed");
    let pointers: Vec<_> = answer.faults().into_iter().map(|fault| fault.0).collect();
    assert_eq!(
        pointers,
        [
            "/activities/1/key",
            "/activities/2/parent",
            "/activities/3/parent",
            "/activities/5/parent"
        ]
    );
    let misspelled =
        json!([{"title": "T", "kind": "meeting", "status": "held", "parent": "Not a key"}]);
    let answer = put(&app, misspelled).await;
    let answer = answer.problem(422, "validation_failed");
    assert_eq!(answer.faults()[0].0, "/activities/0/parent");
}

#[actix_web::test]
async fn the_sheet_shows_an_activity_below_the_one_that_it_belongs_to() {
    let app = App::start().await;
    let given = json!([
        below("Workshop on reuse", "m"),
        activity("Webinar"),
        keyed("Mission to Chengdu", "m")
    ]);
    assert_eq!(put(&app, given).await.status, 201);
    let markdown = app.get("/v1/plans/small/summary.md").await.text();
    let place = |text: &str| markdown.find(text).unwrap_or_else(|| panic!("{markdown}"));
    assert!(place("### 2. Undated: Webinar") < place("### 3. Undated: Mission to Chengdu"));
    assert!(place("### 3. Undated: Mission") < place("\n#### 1. Undated: Workshop on reuse\n"));
    let page = app.get("/v1/plans/small/summary.html").await.text();
    let mission = &page[page.find("id=\"activity-3\"").unwrap()..];
    let nested = &mission[mission.find("<ol").unwrap()..mission.find("</ol>").unwrap()];
    assert!(nested.contains("id=\"activity-1\"") && nested.contains("<h4"));
    assert_eq!(page.matches("id=\"activity-1\"").count(), 1);
}

#[actix_web::test]
async fn tables_lines_and_calendars_state_the_parent() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let mission = stored(&app, &plan, "Mission", None).await;
    let mut workshop = specimens::activity(&plan);
    workshop["parent_id"] = mission["id"].clone();
    workshop["date"] = json!({"start": "2019-10-20"});
    app.create("activities", &workshop).await;
    let table = app.get("/v1/exports/activities.csv").await;
    let table = table.text();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let heads = reader.headers().unwrap().clone();
    let place = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    let cells = |name: &str| rows.iter().map(|row| &row[place(name)]).collect::<Vec<_>>();
    let id = mission["id"].as_str().unwrap();
    assert_eq!(cells("parent_id"), ["", id]);
    assert_eq!(cells("parent_title"), ["", "Mission"]);
    let calendar = app.get("/v1/exports/activities.ics").await.text();
    let unfolded = calendar.replace("\r\n ", "");
    assert!(unfolded.contains(&format!("RELATED-TO:{id}@ucap\r\n")));
    assert_eq!(unfolded.matches("RELATED-TO").count(), 1);
}

#[actix_web::test]
async fn lines_of_activities_are_imported_in_any_order() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let mission = stored(&app, &plan, "Mission", None).await;
    for _ in 0..3 {
        stored(&app, &plan, "Workshop", Some(&mission)).await;
    }
    let mut lines = exported(&app, "/v1/exports/activities.ndjson").await;
    lines.reverse();
    assert_eq!(lines[0]["parent_id"], mission["id"]);
    for line in &mut lines {
        line["note"] = json!("loaded");
    }
    let client = app.database.client().await;
    for mode in ["atomic", "partial"] {
        client
            .batch_execute("DELETE FROM activities")
            .await
            .unwrap();
        let path = format!("/v1/imports/activities?mode={mode}");
        let answers = load(&app, &path, joined(&lines)).await;
        assert_eq!(summary(&answers)["created"], 4, "{answers:?}");
    }
    // The mission below a workshop, and the workshops alone, in one import.
    let workshop = lines[0]["id"].clone();
    for line in &mut lines {
        let is_mission = line["id"] == mission["id"];
        line["parent_id"] = if is_mission {
            workshop.clone()
        } else {
            Value::Null
        };
    }
    let answers = load(&app, "/v1/imports/activities?mode=atomic", joined(&lines)).await;
    assert_eq!(summary(&answers)["updated"], 4, "{answers:?}");
    // A parent that does not exist, and one that belongs to another itself.
    let mut wrong = [specimens::activity(&plan), specimens::activity(&plan)];
    wrong[0]["parent_id"] = plan["id"].clone();
    wrong[1]["parent_id"] = mission["id"].clone();
    let answers = load(&app, "/v1/imports/activities?mode=partial", joined(&wrong)).await;
    assert_eq!(statuses(&answers), [(1, "failed"), (2, "failed")]);
    for answer in &answers[..2] {
        assert_eq!(answer["errors"][0]["pointer"], "/parent_id", "{answer}");
    }
}

#[actix_web::test]
async fn stored_activities_belong_to_none_after_the_migration_and_parents_are_not_lost_silently() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let mission = stored(&app, &plan, "Mission", None).await;
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/migrations/2026-12-05-000020_activity_parents"
    );
    let [down, up] =
        ["down", "up"].map(|file| std::fs::read_to_string(format!("{folder}/{file}.sql")).unwrap());
    let client = app.database.client().await;
    client
        .batch_execute(&format!("BEGIN; {down} COMMIT"))
        .await
        .unwrap();
    client
        .batch_execute(&format!("BEGIN; {up} COMMIT"))
        .await
        .unwrap();
    assert_eq!(app.get(&path(&mission)).await.json(), mission);
    let workshop = stored(&app, &plan, "Workshop", Some(&mission)).await;
    let logged = app
        .database
        .number("SELECT count(*) FROM changes WHERE body ? 'is_child' OR body ? 'parent_is_child'")
        .await;
    assert_eq!(logged, 0);
    let error = client.batch_execute(&format!("BEGIN; {down} COMMIT")).await;
    assert!(format!("{:?}", error.unwrap_err()).contains("activities_without_parents"));
    client.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(app.get(&path(&workshop)).await.json(), workshop);
}
