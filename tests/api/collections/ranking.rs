//! Which hits of a search come first, and that its pages continue there.

use super::words::{encoded, titles};
use crate::harness::App;
use crate::harness::specimens::{activity, stored_plan};
use serde_json::json;

#[actix_web::test]
async fn names_come_before_texts_and_the_word_as_typed_before_its_inflections() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    for (title, description) in [
        (
            "Nothing of note",
            "A day of lemur watching in the forests of the far south",
        ),
        ("Lemurs", ""),
        ("Many words about trees and the lemur", ""),
        ("Lemur days", ""),
        ("Short", "Lemur lemur"),
    ] {
        let mut document = activity(&plan);
        document["title"] = json!(title);
        if !description.is_empty() {
            document["description"] = json!(description);
        }
        app.create("activities", &document).await;
    }
    let ranked = [
        "Lemur days",
        "Many words about trees and the lemur",
        "Lemurs",
        "Short",
        "Nothing of note",
    ];
    assert_eq!(titles(&app, "lemur").await, ranked);
    assert_eq!(titles(&app, "lemurs").await[0], "Lemurs");
    let several = titles(&app, "day lemur").await;
    assert_eq!(several, ["Lemur days", "Nothing of note"]);
}

#[actix_web::test]
async fn pages_of_any_search_have_the_hits_of_the_whole_list_in_its_order() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    for number in 0..30 {
        let padding = "padding ".repeat(number % 7);
        let mut document = activity(&plan);
        document["title"] = json!(format!("Gibbon {padding}{number}"));
        document["description"] = json!(format!("A {}", "gibbon tree ".repeat(number % 4)));
        app.create("activities", &document).await;
        let city = json!({"name": format!("Gibbonia {number}"), "kind": "city"});
        app.create("cities", &city).await;
    }
    for query in [
        "gibbon",
        "gibb",
        "gibbon tree",
        "\"gibbon tree\"",
        "gibbon -tree",
        "-tree",
        "tree or gibbon",
    ] {
        let path = format!("/v1/search?kind=city,activity&q={}", encoded(query));
        let whole = app.get(&format!("{path}&limit=200")).await.json();
        let whole = whole["data"].as_array().unwrap().clone();
        assert!(whole.len() > 5, "{query}: {}", whole.len());
        assert_eq!(app.all(&path, 4).await, whole, "{query}");
    }
}

#[actix_web::test]
async fn a_name_that_the_search_excludes_is_not_listed_even_if_it_is_exactly_the_text_of_the_search()
 {
    let app = App::start().await;
    for name in ["Berlin Mitte", "Berlin"] {
        app.create("cities", &json!({"name": name, "kind": "city"}))
            .await;
    }
    assert_eq!(titles(&app, "berlin -mitte").await, ["Berlin"]);
    assert_eq!(titles(&app, "-\"Berlin Mitte\"").await, ["Berlin"]);
    for excluding in ["-berlin", "-berlin -mitte"] {
        assert!(titles(&app, excluding).await.is_empty(), "{excluding}");
    }
}

#[actix_web::test]
async fn the_snippet_of_a_record_with_very_many_characters_is_made_of_its_beginning() {
    let app = App::start().await;
    let mut document = activity(&stored_plan(&app).await);
    document["title"] = json!("Gargantua");
    document["outputs"] = (0..80)
        .map(|_| json!("Many words. ".repeat(800).trim_end()))
        .collect();
    app.create("activities", &document).await;
    let hits = app.get("/v1/search?q=gargantua").await.json();
    let snippet = hits["data"][0]["snippet"].as_str().unwrap();
    assert_eq!(snippet, "<mark>Gargantua</mark>");
    let hits = app.get("/v1/search?q=many").await.json();
    assert!(
        hits["data"][0]["snippet"]
            .as_str()
            .unwrap()
            .contains("<mark>Many</mark>")
    );
}
