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
