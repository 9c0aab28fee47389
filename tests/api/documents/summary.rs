//! Reading the document.

use super::{MANCHESTER, import, manchester, small};
use crate::harness::{App, statements};
use serde_json::{Value, json};

#[actix_web::test]
async fn a_summary_refers_to_records_by_slug_and_has_no_internal_ids() {
    let app = App::start().await;
    import(&app, MANCHESTER, &manchester()).await;
    let answer = app.get(MANCHESTER).await;
    assert_eq!(answer.status, 200);
    for id in [
        "\"id\"",
        "_id\"",
        "_ids\"",
        "\"version\"",
        "\"created_at\"",
        "\"position\"",
    ] {
        assert!(!answer.text().contains(id), "{id}");
    }
    let summary = answer.json();
    assert_eq!(summary["plan"]["cities"][1]["city"], "chengdu");
    assert_eq!(
        summary["plan"]["themes"][0]["focus"][0]["cities"],
        json!(["liuzhou", "chengdu"])
    );
    assert_eq!(
        summary["activities"][3]["themes"],
        json!(["circular-economy"])
    );
    assert_eq!(
        summary["activities"][7]["organisations"][0]["city"],
        "manchester"
    );
    assert_eq!(
        summary["outcomes"][0]["theme"],
        "e-mobility-and-renewable-energy"
    );
    let slugs: Vec<&str> = summary["cities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|city| city["slug"].as_str().unwrap())
        .collect();
    assert_eq!(
        slugs,
        [
            "manchester",
            "chengdu",
            "liuzhou",
            "yangzhou",
            "brussels",
            "guangzhou",
            "nanning",
            "nanjing",
            "haikou",
            "salford"
        ]
    );
}

#[actix_web::test]
async fn a_summary_contains_everything_that_was_imported() {
    fn includes(whole: &Value, part: &Value, at: &str) {
        match (whole, part) {
            (Value::Object(whole), Value::Object(part)) => part
                .iter()
                .for_each(|(name, part)| includes(&whole[name], part, &format!("{at}/{name}"))),
            (Value::Array(whole), Value::Array(part)) => {
                assert_eq!(whole.len(), part.len(), "{at}");
                whole
                    .iter()
                    .zip(part)
                    .enumerate()
                    .for_each(|(index, (whole, part))| {
                        includes(whole, part, &format!("{at}/{index}"))
                    });
            }
            (whole, part) => assert_eq!(whole, part, "{at}"),
        }
    }
    let app = App::start().await;
    import(&app, MANCHESTER, &manchester()).await;
    includes(&app.get(MANCHESTER).await.json(), &manchester(), "");
}

#[actix_web::test]
async fn the_entity_tag_changes_with_every_part_of_the_document() {
    let app = App::start().await;
    let path = "/v1/plans/small/summary";
    import(&app, path, &small()).await;
    let mut tags = vec![app.get(path).await.etag()];
    let activity = app.get("/v1/plans/small/activities").await.json()["data"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let outcome = app.get("/v1/plans/small/outcomes").await.json()["data"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for (record, patch) in [
        ("plans/small".to_owned(), json!({"note": "seen"})),
        ("cities/leipzig".to_owned(), json!({"country": "DE"})),
        ("themes/water".to_owned(), json!({"name": "Water and rain"})),
        (format!("activities/{activity}"), json!({"mode": "online"})),
        (format!("outcomes/{outcome}"), json!({"status": "agreed"})),
    ] {
        assert_eq!(
            app.patch(&format!("/v1/{record}"), &patch).await.status,
            200
        );
        let tag = app.get(path).await.etag();
        assert!(!tags.contains(&tag), "{record}");
        assert_eq!(
            app.request("GET", path)
                .header("if-none-match", &tag)
                .send()
                .await
                .status,
            304
        );
        tags.push(tag);
    }
}

#[actix_web::test]
async fn the_number_of_statements_of_a_summary_does_not_depend_on_its_size() {
    let app = App::start().await;
    let of = |count: usize| {
        let mut document = small();
        document["plan"]["title"] = json!(format!("Of {count}"));
        let city = |index: usize| json!({"slug": format!("city-of-{count}-{index}"), "name": format!("City {index}"), "kind": "city"});
        document["cities"]
            .as_array_mut()
            .unwrap()
            .extend((0..count).map(city));
        let part = |index: usize| {
            json!({
                "title": format!("Activity {index}"), "kind": "meeting", "status": "held", "themes": ["water"],
                "cities": [{"city": format!("city-of-{count}-{index}"), "role": "host"}]
            })
        };
        document["activities"] = (0..count).map(part).collect();
        let part = |index: usize| json!({"description": format!("Outcome {index}"), "kind": "result", "status": "planned", "theme": "water"});
        document["outcomes"] = (0..count).map(part).collect();
        document
    };
    import(&app, "/v1/plans/small/summary", &small()).await;
    let (mut reading, mut importing) = (Vec::new(), Vec::new());
    for count in [1, 20, 200] {
        let path = format!("/v1/plans/of-{count}/summary");
        let before = statements();
        import(&app, &path, &of(count)).await;
        let made = statements() - before;
        let mut changed = of(count);
        changed["activities"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .for_each(|activity| activity["mode"] = json!("online"));
        let before = statements();
        import(&app, &path, &changed).await;
        importing.push((made, statements() - before));
        let before = statements();
        let summary = app.get(&path).await.json();
        // No request waits for the end of a transaction.
        actix_web::rt::time::sleep(std::time::Duration::from_millis(50)).await;
        reading.push(statements() - before);
        assert_eq!(
            (
                summary["activities"].as_array().unwrap().len(),
                summary["outcomes"].as_array().unwrap().len()
            ),
            (count, count)
        );
    }
    // A plan, activities, outcomes, what other plans state of it, themes, cities, and no related plans; once more in a transaction after a
    // concurrent commit, even in the database of another test.
    assert!(
        reading.iter().all(|count| [6, 14].contains(count)),
        "{reading:?}"
    );
    assert!(
        importing.iter().all(|counts| *counts == importing[0]),
        "{importing:?}"
    );
    assert!(
        importing[0].0 <= 30 && importing[0].1 <= 30,
        "{importing:?}"
    );
}

#[actix_web::test]
async fn the_summary_of_a_missing_plan_is_404() {
    let app = App::start().await;
    app.get("/v1/plans/nowhere/summary")
        .await
        .problem(404, "not_found");
    app.get("/v1/plans/0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b/summary")
        .await
        .problem(404, "not_found");
    let put = app
        .put(
            "/v1/plans/0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b/summary",
            &small(),
        )
        .await;
    put.problem(404, "not_found");
}
