//! References by slug instead of by id, in bodies and in imported lines.

use super::exports::lines as exported;
use super::imports::{joined, load, statuses, summary};
use crate::documents::MANCHESTER;
use crate::harness::specimens::{city, stored_plan};
use crate::harness::{App, Options, statements};
use futures_util::future::join;
use serde_json::{Value, json};
use std::collections::HashMap;

const ORDER: [&str; 5] = ["cities", "themes", "plans", "activities", "outcomes"];

async fn with_sample() -> App {
    App::with(Options {
        sample: true,
        ..Default::default()
    })
    .await
}

/// The slugs of all records that have one, by their ids.
async fn slugs(app: &App) -> HashMap<String, Value> {
    let mut slugs = HashMap::new();
    for collection in &ORDER[..3] {
        for record in app.all(&format!("/v1/{collection}"), 200).await {
            let id = record["id"].as_str().unwrap().to_owned();
            slugs.insert(id, record["slug"].clone());
        }
    }
    slugs
}

/// Replaces every id of another record by its slug; returns how many there were.
fn by_slug(value: &mut Value, slugs: &HashMap<String, Value>) -> usize {
    let replace = |value: &mut Value| match value.as_str().and_then(|id| slugs.get(id)) {
        Some(slug) => {
            *value = slug.clone();
            1
        }
        None => 0,
    };
    match value {
        Value::Object(members) => {
            let references = members.iter_mut().map(|(name, member)| match member {
                Value::Array(items) if name.ends_with("_ids") => {
                    items.iter_mut().map(replace).sum()
                }
                Value::String(_) if name.ends_with("_id") => replace(member),
                other => by_slug(other, slugs),
            });
            references.sum()
        }
        Value::Array(items) => items.iter_mut().map(|item| by_slug(item, slugs)).sum(),
        _ => 0,
    }
}

#[actix_web::test]
async fn a_body_may_name_every_record_by_slug_and_answers_have_ids() {
    let app = with_sample().await;
    let slugs = slugs(&app).await;
    let mut replaced = HashMap::new();
    for collection in &ORDER[2..] {
        for record in app.all(&format!("/v1/{collection}"), 200).await {
            let mut body = record.clone();
            *replaced.entry(*collection).or_insert(0) += by_slug(&mut body, &slugs);
            let path = format!("/v1/{collection}/{}", record["id"].as_str().unwrap());
            for method in ["PUT", "PATCH"] {
                let answer = app.request(method, &path).json(&body).send().await;
                assert_eq!(answer.status, 200, "{}", answer.text());
                assert_eq!(answer.json(), record, "{method}");
            }
            if *collection != "plans" {
                let created = app.create(collection, &body).await;
                assert_eq!(created["plan_id"], record["plan_id"]);
                assert_eq!(created["cities"], record["cities"]);
                assert_eq!(created["organisations"], record["organisations"]);
                for member in ["theme_id", "theme_ids"] {
                    assert_eq!(created[member], record[member]);
                }
            }
        }
    }
    assert!(replaced.values().all(|count| *count > 8), "{replaced:?}");
}

#[actix_web::test]
async fn an_unknown_slug_is_the_same_fault_as_an_unknown_id() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let path = format!("/v1/plans/{}", plan["id"].as_str().unwrap());
    for (key, kind) in [
        (json!("atlantis"), "the slug \"atlantis\""),
        (
            json!("0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0aff"),
            "the id 0190a3b2",
        ),
    ] {
        let cities = json!([plan["cities"][0], {"city_id": key, "role": "partner"}]);
        let mut body = plan.clone();
        body["cities"] = cities.clone();
        body["slug"] = json!(null);
        let relations = json!({"relations": [{"plan_id": key, "kind": "mirrors"}]});
        let answers = [
            (app.post("/v1/plans", &body).await, "/cities/1/city_id"),
            (app.put(&path, &body).await, "/cities/1/city_id"),
            (
                app.patch(&path, &json!({"cities": cities})).await,
                "/cities/1/city_id",
            ),
            (app.patch(&path, &relations).await, "/relations/0/plan_id"),
            (
                app.post(
                    "/v1/activities",
                    &json!({"plan_id": key, "title": "A", "kind": "meeting", "status": "held"}),
                )
                .await,
                "/plan_id",
            ),
        ];
        for (answer, pointer) in answers {
            let problem = answer.problem(409, "unknown_reference").json();
            assert!(problem["detail"].as_str().unwrap().contains(kind));
            let errors = problem["errors"].as_array().unwrap();
            assert_eq!(errors.len(), 1, "{errors:?}");
            assert_eq!(errors[0]["pointer"], pointer);
            assert_eq!(errors[0]["code"], "unknown_reference");
            let detail = errors[0]["detail"].as_str().unwrap();
            assert!(detail.contains(kind), "{detail}");
        }
    }
    assert_eq!(app.get(&path).await.json(), plan);
}

#[actix_web::test]
async fn a_city_that_is_named_by_slug_and_by_id_is_named_twice() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let path = format!("/v1/plans/{}", plan["id"].as_str().unwrap());
    let city = &plan["cities"][0];
    for pair in [
        [&city["slug"], &city["city_id"]],
        [&city["slug"], &city["slug"]],
        [&json!("unknown"), &json!("unknown")],
    ] {
        let cities =
            json!([{"city_id": pair[0], "role": "lead"}, {"city_id": pair[1], "role": "partner"}]);
        let answer = app.patch(&path, &json!({"cities": cities})).await;
        let problem = answer.problem(422, "validation_failed").json();
        assert_eq!(problem["errors"][0]["pointer"], "/cities/1");
    }
}

#[actix_web::test]
async fn what_is_neither_an_id_nor_a_slug_is_refused_with_its_pointer() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let path = format!("/v1/plans/{}", plan["id"].as_str().unwrap());
    for text in [
        "Leipzig",
        "a_b",
        "",
        "none",
        "0190a3b27c1d7e4f8a5b6c7d8e9f0aff",
    ] {
        let cities = json!([{"city_id": text, "role": "lead"}]);
        let answer = app.patch(&path, &json!({"cities": cities})).await;
        let problem = answer.problem(422, "validation_failed").json();
        let error = &problem["errors"][0];
        assert_eq!(error["pointer"], "/cities/0/city_id", "{text:?}");
        assert_eq!(error["code"], "format", "{text:?}");
    }
}

#[actix_web::test]
async fn a_registry_is_imported_from_lines_with_slugs_instead_of_ids() {
    let (here, there) = (with_sample().await, App::start().await);
    let slugs = slugs(&here).await;
    for round in ["created", "unchanged"] {
        for (index, collection) in ORDER.iter().enumerate() {
            let mut lines = exported(&here, &format!("/v1/exports/{collection}.ndjson")).await;
            for line in &mut lines {
                by_slug(line, &slugs);
                if index < 3 {
                    line.as_object_mut().unwrap().remove("id");
                }
            }
            let answers = load(&there, &format!("/v1/imports/{collection}"), joined(&lines)).await;
            let counts = summary(&answers);
            assert_eq!(
                counts[round],
                json!(lines.len()),
                "{collection}: {answers:?}"
            );
        }
    }
    let documents = [here.get(MANCHESTER).await, there.get(MANCHESTER).await];
    let [one, other] = documents.map(|answer| answer.json());
    assert_eq!(one, other);
}

/// Lines of plans that refer to each other, and of one that nothing refers to.
fn related(with_ids: bool) -> Vec<Value> {
    let line = |number: usize, others: &[&str]| {
        let relations: Vec<Value> = others
            .iter()
            .map(|slug| json!({"plan_id": slug, "kind": "mirrors"}))
            .collect();
        let mut line = json!({"slug": format!("plan-{number}"), "title": "A plan", "kind": "cluster", "relations": relations});
        if with_ids {
            line["id"] = json!(format!("0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a0{number}"));
        }
        line
    };
    vec![
        line(1, &["plan-2", "plan-3"]),
        line(2, &["plan-1"]),
        line(3, &["plan-4"]),
        line(4, &[]),
    ]
}

#[actix_web::test]
async fn lines_name_each_other_by_slug_in_any_order() {
    for (with_ids, on_existing) in [
        (false, "replace"),
        (true, "replace"),
        (false, "merge"),
        (true, "skip"),
    ] {
        for far in [false, true] {
            let app = App::start().await;
            let mut lines = related(with_ids);
            if far {
                let other = |number| json!({"title": format!("Other {number}"), "kind": "cluster"});
                lines.splice(1..1, (0..600).map(other));
            }
            let path = format!("/v1/imports/plans?on_existing={on_existing}");
            let answers = load(&app, &path, joined(&lines)).await;
            assert_eq!(summary(&answers)["failed"], 0, "{answers:?}");
            let first = app.get("/v1/plans/plan-1").await.json();
            assert_eq!(first["relations"][0]["slug"], "plan-2");
            assert_eq!(first["relations"][1]["slug"], "plan-3");
            let again = load(&app, "/v1/imports/plans", joined(&related(with_ids))).await;
            assert_eq!(summary(&again)["unchanged"], 4, "{again:?}");
        }
    }
}

#[actix_web::test]
async fn a_line_with_an_unknown_slug_fails_alone() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let line = |cities: &[&str]| {
        let cities: Vec<Value> = cities
            .iter()
            .map(|slug| json!({"city_id": slug, "role": "host"}))
            .collect();
        json!({"plan_id": plan["slug"], "title": "An activity", "kind": "meeting", "status": "held", "cities": cities})
    };
    let known = plan["cities"][0]["slug"].as_str().unwrap();
    let lines = [line(&[known]), line(&[known, "atlantis"]), line(&[])];
    for (mode, stored) in [("atomic", 0), ("partial", 2)] {
        let answers = load(
            &app,
            &format!("/v1/imports/activities?mode={mode}"),
            joined(&lines),
        )
        .await;
        assert_eq!(
            statuses(&answers),
            [(1, "created"), (2, "failed"), (3, "created")]
        );
        let failed = answers.iter().find(|answer| answer["line"] == 2).unwrap();
        let error = &failed["errors"][0];
        assert_eq!(error["pointer"], "/cities/1/city_id");
        assert_eq!(error["code"], "unknown_reference");
        assert_eq!(
            error["detail"],
            "there is no city with the slug \"atlantis\""
        );
        assert_eq!(
            app.database.number("SELECT count(*) FROM activities").await,
            stored,
            "{mode}"
        );
    }
}

#[actix_web::test]
async fn concurrent_imports_that_name_new_plans_by_slug_agree_on_them() {
    let app = App::start().await;
    for round in 0..3 {
        let line = |number: usize| {
            let other = (number + 1) % 300;
            json!({"slug": format!("round-{round}-{number}"), "title": "A plan", "kind": "cluster", "relations": [{"plan_id": format!("round-{round}-{other}"), "kind": "mirrors"}]})
        };
        let forward: Vec<Value> = (0..300).map(line).collect();
        let backward: Vec<Value> = forward.iter().rev().cloned().collect();
        let [one, other] = [forward, backward].map(|lines| joined(&lines));
        let path = "/v1/imports/plans";
        let (one, other) = join(load(&app, path, one), load(&app, path, other)).await;
        for answers in [&one, &other] {
            let failed = answers.iter().find(|answer| answer["status"] == "failed");
            assert_eq!(summary(answers)["failed"], 0, "round {round}: {failed:?}");
        }
        let count = format!("SELECT count(*) FROM plans WHERE slug LIKE 'round-{round}-%'");
        assert_eq!(app.database.number(&count).await, 300);
    }
}

#[actix_web::test]
async fn slugs_cost_one_statement_for_each_kind_whatever_the_number_of_lines() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let mut cities = Vec::new();
    for _ in 0..5 {
        cities.push(app.create("cities", &city()).await["slug"].clone());
    }
    let lines = |count: usize| {
        let line = |number: usize| json!({"plan_id": plan["slug"], "title": format!("Activity {number}"), "kind": "meeting", "status": "held", "cities": [{"city_id": cities[number % 5], "role": "host"}]});
        joined(&(0..count).map(line).collect::<Vec<_>>())
    };
    let mut counts = Vec::new();
    for count in [5, 400] {
        let before = statements();
        let answers = load(&app, "/v1/imports/activities", lines(count)).await;
        counts.push(statements() - before);
        assert_eq!(summary(&answers)["created"], count);
    }
    assert_eq!(counts[0], counts[1]);
}
