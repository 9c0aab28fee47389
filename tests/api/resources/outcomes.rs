//! Outcomes.

use crate::harness::App;
use crate::harness::specimens::{self, ALL};
use serde_json::{Value, json};

#[actix_web::test]
async fn every_field_is_returned_as_it_was_sent_with_the_names_of_referenced_records() {
    let app = App::start().await;
    let city = app
        .create(
            "cities",
            &json!({"name": "Haikou", "kind": "city", "country": "CN"}),
        )
        .await;
    let theme = app
        .create("themes", &json!({"name": "Circular economy"}))
        .await;
    let plan = specimens::stored_plan(&app).await;
    app.patch(
        &ALL[0].path(&plan),
        &json!({"themes": [{"theme_id": theme["id"]}]}),
    )
    .await;
    let document = json!({
        "plan_id": plan["id"], "theme_id": theme["id"], "heading": "Circular Economy", "description": "A campaign", "kind": "output", "status": "in_progress",
        "due": {"start": null, "end": "2021", "text": "by 2021"}, "cities": [{"city_id": city["id"], "role": "beneficiary"}],
        "organisations": [{"name": "Academy", "acronym": null, "kind": "research", "role": "support", "country": "CN", "city_id": null}],
        "indicators": [{"name": "buses", "unit": null, "baseline": 0, "target": 20, "actual": 4.25}], "position": 2, "note": null
    });
    let mut outcome = app.create("outcomes", &document).await;
    assert_eq!(
        (
            &outcome["plan_slug"],
            &outcome["theme_slug"],
            &outcome["theme_name"]
        ),
        (
            &plan["slug"],
            &json!("circular-economy"),
            &json!("Circular economy")
        )
    );
    for (list, names) in [
        ("cities", vec!["slug", "name", "country"]),
        ("organisations", vec!["city_slug", "city_name"]),
    ] {
        for item in outcome[list].as_array_mut().unwrap() {
            names
                .iter()
                .for_each(|name| assert!(item.as_object_mut().unwrap().remove(*name).is_some()));
        }
    }
    outcome["indicators"][0]["baseline"] = json!(0);
    outcome["indicators"][0]["target"] = json!(20);
    for (name, value) in document.as_object().unwrap() {
        assert_eq!(&outcome[name], value, "{name}");
    }
}

#[actix_web::test]
async fn the_theme_of_an_outcome_must_be_a_theme_of_its_plan() {
    let app = App::start().await;
    let theme = app.create("themes", &specimens::theme()).await;
    let outcome = ALL[4].stored(&app).await;
    let answer = app
        .patch(&ALL[4].path(&outcome), &json!({"theme_id": theme["id"]}))
        .await
        .problem(409, "unknown_reference");
    assert_eq!(
        answer.faults(),
        [("/theme_id".to_owned(), "unknown_reference".to_owned())]
    );
}

#[actix_web::test]
async fn filters_select_the_matching_records() {
    let app = App::with(crate::harness::Options {
        sample: true,
        ..Default::default()
    })
    .await;
    let found = async |query: &str| app.all(&format!("/v1/outcomes?{query}"), 3).await;
    let all = found("").await;
    assert_eq!(all.len(), 8);
    assert_eq!(found("theme=none").await.len(), 3);
    assert_eq!(found("theme=none&status=possible").await.len(), 2);
    assert_eq!(found("status=interest").await.len(), 1);
    let headed = all
        .iter()
        .filter(|outcome| outcome["theme_slug"] == "circular-economy")
        .count();
    assert_eq!(found("theme=circular-economy").await.len(), headed);
    assert_eq!(found("theme=none,circular-economy").await.len(), headed + 3);
    assert_eq!(found("city=haikou").await.len(), 1);
    assert_eq!(found("city=yangzhou&city_role=funder").await.len(), 1);
    assert_eq!(
        found("organisation=chinese%20academy%20of%20social%20sciences")
            .await
            .len(),
        1
    );
    assert_eq!(found("due_from=2021&due_to=2021").await.len(), 1);
    assert_eq!(found("due_to=2020").await.len(), 0);
    for order in ["sort=due", "sort=due&order=desc", "sort=created_at"] {
        for (days, expected) in [
            ("due_from=2021&due_to=2021", 1),
            ("due_to=2020", 0),
            ("due_from=2021-12-31", 1),
            ("due_from=2022", 0),
            ("due_to=9999", 1),
        ] {
            assert_eq!(
                found(&format!("{days}&{order}")).await.len(),
                expected,
                "{days} {order}"
            );
        }
    }
    assert_eq!(
        found("plan=manchester-chengdu-liuzhou-yangzhou&kind=result,benefit,output")
            .await
            .len(),
        8
    );
    app.get("/v1/outcomes?theme=non")
        .await
        .problem(400, "invalid_parameters");
}

#[actix_web::test]
async fn the_parts_of_a_plan_are_listed_below_it_in_their_order() {
    let app = App::with(crate::harness::Options {
        sample: true,
        ..Default::default()
    })
    .await;
    let listed: Vec<Value> = app
        .all("/v1/plans/manchester-chengdu-liuzhou-yangzhou/outcomes", 3)
        .await;
    let positions: Vec<i64> = listed
        .iter()
        .map(|item| item["position"].as_i64().unwrap())
        .collect();
    assert_eq!(positions, [0, 1, 2, 3, 4, 5, 6, 7]);
}
