//! Themes.

use crate::harness::App;
use crate::harness::specimens::{self, ALL};
use serde_json::json;

#[actix_web::test]
async fn every_field_is_returned_as_it_was_sent() {
    let app = App::start().await;
    let document = json!({
        "slug": "water", "name": "Water", "description": "Rivers and pipes", "aliases": ["Water management", "Blue city"], "sdgs": [6, 14], "urban_agenda": ["water-sensitive-city"]
    });
    let theme = app.create("themes", &document).await;
    for (name, value) in document.as_object().unwrap() {
        assert_eq!(&theme[name], value, "{name}");
    }
}

#[actix_web::test]
async fn goals_and_partnerships_must_be_known_and_distinct() {
    let app = App::start().await;
    let body = json!({"name": "A", "sdgs": [0, 18, 3, 3], "urban_agenda": ["urban-mobilty", "housing", "housing"]});
    let answer = app
        .post("/v1/themes", &body)
        .await
        .problem(422, "validation_failed");
    let pointers: Vec<String> = answer
        .faults()
        .into_iter()
        .map(|(pointer, _)| pointer)
        .collect();
    for pointer in ["/sdgs/0", "/sdgs/1", "/urban_agenda/0"] {
        assert!(
            pointers.contains(&pointer.to_owned()),
            "{pointer} in {pointers:?}"
        );
    }
    assert!(
        answer
            .text()
            .contains("did you mean \\\"urban-mobility\\\"?")
    );
    let repeated = json!({"name": "A", "sdgs": [3, 3], "urban_agenda": ["housing", "housing"]});
    assert_eq!(app.post("/v1/themes", &repeated).await.faults().len(), 2);
}

#[actix_web::test]
async fn filters_select_the_matching_records() {
    let app = App::start().await;
    for (name, sdgs, agenda) in [
        ("A", vec![6, 11], vec!["housing"]),
        ("B", vec![11], vec![]),
        ("C", vec![], vec!["food", "housing"]),
    ] {
        app.create(
            "themes",
            &json!({"name": name, "sdgs": sdgs, "urban_agenda": agenda}),
        )
        .await;
    }
    for (query, expected) in [
        ("sdg=11", "AB"),
        ("sdg=6", "A"),
        ("sdg=6,1", "A"),
        ("urban_agenda=housing", "AC"),
        ("urban_agenda=food&sdg=11", ""),
        ("sdg=17", ""),
    ] {
        let found = app.all(&format!("/v1/themes?sort=name&{query}"), 1).await;
        let names: String = found
            .iter()
            .map(|theme| theme["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, expected, "{query}");
    }
    for query in ["sdg=0", "sdg=18", "sdg=x", "urban_agenda=nothing"] {
        app.get(&format!("/v1/themes?{query}"))
            .await
            .problem(400, "invalid_parameters");
    }
}

#[actix_web::test]
async fn a_theme_in_use_cannot_be_deleted() {
    let app = App::start().await;
    let theme = app.create("themes", &specimens::theme()).await;
    let plan = specimens::stored_plan(&app).await;
    app.patch(
        &ALL[0].path(&plan),
        &json!({"themes": [{"theme_id": theme["id"]}]}),
    )
    .await;
    let answer = app
        .delete(&ALL[2].path(&theme))
        .await
        .problem(409, "in_use");
    assert_eq!(answer.json()["related"][0]["id"], plan["id"]);
    app.patch(&ALL[0].path(&plan), &json!({"themes": []})).await;
    assert_eq!(app.delete(&ALL[2].path(&theme)).await.status, 204);
}
