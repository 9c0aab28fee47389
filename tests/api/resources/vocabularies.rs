//! The vocabularies.

use crate::harness::App;
use ucap::domain::vocabularies::PARTNERSHIPS;

#[actix_web::test]
async fn the_vocabularies_are_returned_completely() {
    let app = App::start().await;
    for (path, count, pointer, value) in [
        (
            "/v1/sdgs",
            17,
            "/data/10/title",
            "Sustainable Cities and Communities",
        ),
        (
            "/v1/urban-agenda-partnerships",
            20,
            "/data/7/slug",
            "urban-mobility",
        ),
    ] {
        let list = app.get(path).await.json();
        assert_eq!(
            (
                list["data"].as_array().unwrap().len(),
                list.pointer(pointer).unwrap().as_str()
            ),
            (count, Some(value))
        );
    }
    let countries = app.get("/v1/countries").await.json();
    assert!(
        countries["data"]
            .as_array()
            .unwrap()
            .iter()
            .any(|country| country["code"] == "GR")
    );
}

#[actix_web::test]
async fn the_database_contains_the_shipped_partnerships() {
    let app = App::start().await;
    let rows = app
        .database
        .client()
        .await
        .query(
            "SELECT slug, title, since FROM urban_agenda_partnerships ORDER BY slug",
            &[],
        )
        .await
        .unwrap();
    let stored: Vec<(String, String, i32)> = rows
        .iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect();
    let mut shipped: Vec<_> = PARTNERSHIPS
        .iter()
        .map(|entry| (entry.slug.clone(), entry.title.clone(), entry.since))
        .collect();
    shipped.sort();
    assert_eq!(stored, shipped);
}
