//! Concurrent requests.

use crate::harness::App;
use crate::harness::specimens::ALL;
use futures_util::future::join_all;
use serde_json::{Value, json};

#[actix_web::test]
async fn only_one_of_sixteen_concurrent_patches_with_the_same_tag_succeeds() {
    let app = App::start().await;
    for specimen in ALL {
        let path = specimen.path(&specimen.stored(&app).await);
        let tag = app.get(&path).await.etag();
        let patches = (0..16).map(|number| {
            let body = json!({specimen.text: format!("by writer {number}")});
            app.request("PATCH", &path)
                .merge_patch(&body)
                .header("if-match", &tag)
                .send()
        });
        let mut statuses: Vec<u16> = join_all(patches)
            .await
            .iter()
            .map(|answer| answer.status)
            .collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [vec![200], vec![412; 15]].concat());
        assert_eq!(app.get(&path).await.json()["version"], 2);
    }
}

#[actix_web::test]
async fn concurrent_patches_without_a_condition_all_take_effect() {
    let app = App::start().await;
    let plan = ALL[0].stored(&app).await;
    let path = ALL[0].path(&plan);
    let fields = ["programme", "note"];
    let patches = (0..12).map(|number| {
        let body = json!({fields[number % 2]: format!("{number}")});
        app.request("PATCH", &path).merge_patch(&body).send()
    });
    assert!(
        join_all(patches)
            .await
            .iter()
            .all(|answer| answer.status == 200)
    );
    let plan = app.get(&path).await.json();
    assert_eq!(plan["version"], 13);
    assert!(!plan["programme"].is_null() && !plan["note"].is_null());
}

#[actix_web::test]
async fn concurrent_records_with_equal_names_get_different_slugs() {
    let app = App::start().await;
    let body = json!({"name": "Yangzhou", "kind": "city"});
    let answers = join_all((0..10).map(|_| app.post("/v1/cities", &body))).await;
    let mut slugs: Vec<String> = answers
        .iter()
        .map(|answer| answer.json()["slug"].as_str().unwrap().to_owned())
        .collect();
    slugs.sort_unstable();
    slugs.dedup();
    assert_eq!(slugs.len(), 10);
}

#[actix_web::test]
async fn only_one_of_several_concurrent_records_with_the_same_slug_is_created() {
    let app = App::start().await;
    let body = json!({"name": "Yangzhou", "kind": "city", "slug": "yangzhou", "identifiers": [{"scheme": "geonames", "value": "1787227"}]});
    let mut statuses: Vec<u16> = join_all((0..10).map(|_| app.post("/v1/cities", &body)))
        .await
        .iter()
        .map(|answer| answer.status)
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![201], vec![409; 9]].concat());
}

#[actix_web::test]
async fn a_theme_cannot_be_removed_from_a_plan_while_an_activity_starts_to_use_it() {
    let app = App::start().await;
    for _ in 0..8 {
        let theme = app
            .create("themes", &crate::harness::specimens::theme())
            .await;
        let plan = ALL[0].stored(&app).await;
        let path = ALL[0].path(&plan);
        app.patch(&path, &json!({"themes": [{"theme_id": theme["id"]}]}))
            .await;
        let mut activity = crate::harness::specimens::activity(&plan);
        activity["theme_ids"] = json!([theme["id"]]);
        let body = json!({"themes": []});
        let (removed, used) = futures_util::future::join(
            app.patch(&path, &body),
            app.post("/v1/activities", &activity),
        )
        .await;
        assert!(
            matches!((removed.status, used.status), (200, 409) | (409, 201)),
            "{} {}",
            removed.text(),
            used.text()
        );
    }
}

#[actix_web::test]
async fn two_plans_can_concurrently_be_set_to_mirror_each_other() {
    let app = App::start().await;
    for _ in 0..6 {
        let (one, other) = (ALL[0].stored(&app).await, ALL[0].stored(&app).await);
        let mirrors = |plan: &serde_json::Value| json!({"relations": [{"plan_id": plan["id"], "kind": "mirrors"}]});
        let (to_other, to_one, one_path, other_path) = (
            mirrors(&other),
            mirrors(&one),
            ALL[0].path(&one),
            ALL[0].path(&other),
        );
        let (first, second) = futures_util::future::join(
            app.patch(&one_path, &to_other),
            app.patch(&other_path, &to_one),
        )
        .await;
        assert_eq!(
            (first.status, second.status),
            (200, 200),
            "{} {}",
            first.text(),
            second.text()
        );
    }
}

#[actix_web::test]
async fn concurrent_records_with_names_that_end_in_numbers_get_slugs() {
    let app = App::start().await;
    app.create("cities", &json!({"name": "Race", "kind": "city"}))
        .await;
    for _ in 0..5 {
        let names = ["Race", "Race 2"].map(|name| json!({"name": name, "kind": "city"}));
        let answers = join_all(names.iter().map(|body| app.post("/v1/cities", body))).await;
        assert!(
            answers.iter().all(|answer| answer.status == 201),
            "{}",
            answers
                .iter()
                .map(|answer| answer.text())
                .collect::<String>()
        );
    }
}

#[actix_web::test]
async fn concurrently_created_parts_of_a_plan_get_different_positions() {
    let app = App::start().await;
    let plan = ALL[0].stored(&app).await;
    for (collection, document) in [
        ("activities", crate::harness::specimens::activity(&plan)),
        ("outcomes", crate::harness::specimens::outcome(&plan)),
    ] {
        let path = format!("/v1/{collection}");
        let answers = join_all((0..8).map(|_| app.post(&path, &document))).await;
        let mut positions: Vec<i64> = answers
            .iter()
            .map(|answer| answer.json()["position"].as_i64().unwrap())
            .collect();
        positions.sort_unstable();
        assert_eq!(positions, (0..8).collect::<Vec<_>>());
    }
}

#[actix_web::test]
async fn countries_of_plans_remain_correct_during_concurrent_changes_of_cities_and_plans() {
    let app = App::start().await;
    let mut places = Vec::new();
    for name in ["One", "Two", "Three"] {
        places.push(
            app.create(
                "cities",
                &json!({"name": name, "kind": "city", "country": "CN"}),
            )
            .await,
        );
    }
    let mut document = crate::harness::specimens::plan(&places[0]);
    let part = |place: &Value| json!({"city_id": place["id"], "role": "partner"});
    document["cities"]
        .as_array_mut()
        .unwrap()
        .extend([part(&places[1]), part(&places[2])]);
    let (kept, removed) = (
        app.create("plans", &document).await,
        app.create("plans", &document).await,
    );
    let path = |collection: &str, record: &Value| {
        format!("/v1/{collection}/{}", record["id"].as_str().unwrap())
    };
    for round in 0..6 {
        let countries = if round % 2 == 0 {
            ["DE", "DE", "FR"]
        } else {
            ["CN", "FR", "FR"]
        };
        let cities = places.iter().zip(countries).map(|(place, country)| {
            let (app, path) = (&app, path("cities", place));
            async move { app.patch(&path, &json!({"country": country})).await }
        });
        let mut changed = document["cities"].clone();
        changed.as_array_mut().unwrap().truncate(2 + round % 2);
        let (kept_path, changed) = (path("plans", &kept), json!({"cities": changed}));
        let plan = app.patch(&kept_path, &changed);
        let (cities, plan) =
            futures_util::future::join(futures_util::future::join_all(cities), plan).await;
        assert!(
            cities
                .iter()
                .chain([&plan])
                .all(|answer| [200, 503].contains(&answer.status)),
            "round {round}"
        );
        if round == 3 {
            app.delete(&path("plans", &removed)).await;
        }
        let stored = "SELECT count(*) FROM plan_countries";
        let true_ones = "SELECT count(*) FROM (SELECT DISTINCT plan_id, country FROM plan_cities JOIN cities ON id = city_id WHERE country IS NOT NULL \
            INTERSECT SELECT plan_id, country FROM plan_countries) AS right_ones";
        let all = "SELECT count(*) FROM (SELECT DISTINCT plan_id, country FROM plan_cities JOIN cities ON id = city_id WHERE country IS NOT NULL) AS all_of_them";
        let counts = [
            app.database.number(stored).await,
            app.database.number(true_ones).await,
            app.database.number(all).await,
        ];
        assert!(
            counts.iter().all(|count| *count == counts[0]),
            "round {round}: {counts:?}"
        );
    }
}
