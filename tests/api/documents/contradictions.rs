//! Different cities with the same slug, identifier or name.

use super::{changes, import, small};
use crate::harness::{Answer, App};
use serde_json::{Value, json};

const SMALL: &str = "/v1/plans/small/summary";

/// A document about a city with the given members.
fn about(city: &Value) -> Value {
    let mut document = small();
    document["plan"]["cities"][0]["city"] = city["slug"].clone();
    document["cities"] = json!([city]);
    document
}

/// A city with its slug, its name, and only the given members.
fn only(city: &Value, members: &[&str]) -> Value {
    let mut rest = json!({"kind": "city"});
    for member in ["slug", "name"].iter().chain(members) {
        rest[member] = city[member].clone();
    }
    rest
}

fn city(name: &str, country: &str, region: &str, geonames: &str, place: (f64, f64)) -> Value {
    json!({
        "slug": name.to_lowercase(), "name": name, "kind": "city", "country": country, "region": region,
        "latitude": place.0, "longitude": place.1, "identifiers": [{"scheme": "geonames", "value": geonames}]
    })
}

/// Pairs of cities that share a name, and so a slug.
fn namesakes() -> [(Value, Value); 4] {
    [
        (
            city(
                "Burlington",
                "US",
                "Vermont",
                "5234372",
                (44.47588, -73.21207),
            ),
            city(
                "Burlington",
                "CA",
                "Ontario",
                "5911592",
                (43.38621, -79.83713),
            ),
        ),
        (
            city(
                "Guadalajara",
                "ES",
                "Castilla-La Mancha",
                "3121070",
                (40.62862, -3.16185),
            ),
            city(
                "Guadalajara",
                "MX",
                "Jalisco",
                "4005539",
                (20.66682, -103.39182),
            ),
        ),
        (
            city(
                "Valencia",
                "ES",
                "Comunitat Valenciana",
                "2509954",
                (39.46975, -0.37739),
            ),
            city(
                "Valencia",
                "VE",
                "Carabobo",
                "3625549",
                (10.16202, -68.00765),
            ),
        ),
        (
            city("Cambridge", "GB", "England", "2653941", (52.2, 0.11667)),
            city(
                "Cambridge",
                "US",
                "Massachusetts",
                "4931972",
                (42.3751, -71.10561),
            ),
        ),
    ]
}

/// The members that can distinguish the cities of a pair, with the expected text in the detail.
const SIGNS: [(&[&str], &str); 4] = [
    (&["country"], "country"),
    (&["identifiers"], "geonames identifier"),
    (&["latitude", "longitude"], "coordinates"),
    (
        &["country", "region", "identifiers", "latitude", "longitude"],
        "country",
    ),
];

/// The values of a city that the detail must show.
fn shown(city: &Value, members: &[&str]) -> Vec<String> {
    let text = |member: &&str| match &city[member] {
        Value::String(text) => text.clone(),
        Value::Array(identifiers) => identifiers[0]["value"].as_str().unwrap().to_owned(),
        number => number.to_string(),
    };
    let compared = members.iter().filter(|member| **member != "region");
    compared.map(text).collect()
}

/// The detail of a response that refuses the city at the given index of a document because of the stored city.
fn refused(answer: Answer, place: usize, stored: &Value) -> String {
    let answer = answer.problem(409, "ambiguous_reference");
    let problem = answer.json();
    assert_eq!(
        problem["errors"][place]["pointer"],
        format!("/cities/{place}")
    );
    assert_eq!(problem["errors"][place]["code"], "ambiguous");
    assert_eq!(
        problem["related"][place],
        json!({"resource": "city", "id": stored["id"], "label": stored["slug"]})
    );
    problem["errors"][place]["detail"]
        .as_str()
        .unwrap()
        .to_owned()
}

const WAYS: [&str; 4] = [
    "",
    "?update_references=true",
    "?dry_run=true",
    "?dry_run=true&update_references=true",
];

#[actix_web::test]
async fn a_contradicting_city_with_the_same_slug_is_refused() {
    for (stored, given) in namesakes() {
        for (signs, word) in SIGNS {
            let app = App::start().await;
            let (stored, given) = (only(&stored, signs), only(&given, signs));
            let record = app.create("cities", &stored).await;
            let before = changes(&app).await;
            for way in WAYS {
                let answer = app.put(&format!("{SMALL}{way}"), &about(&given)).await;
                let detail = refused(answer, 0, &record);
                let slug = stored["slug"].as_str().unwrap();
                let way_out = format!("PATCH /v1/cities/{slug}");
                assert!(
                    detail.contains(word)
                        && detail.contains("another slug")
                        && detail.contains(&way_out),
                    "{detail}"
                );
                for value in [shown(&stored, signs), shown(&given, signs)].concat() {
                    assert!(detail.contains(&value), "{value}: {detail}");
                }
            }
            assert_eq!(changes(&app).await, before, "nothing was stored");
            app.get(SMALL).await.problem(404, "not_found");
        }
    }
}

#[actix_web::test]
async fn a_contradicting_city_with_the_same_identifier_is_refused() {
    for (stored, mut given) in namesakes() {
        given["slug"] = json!("somewhere");
        given["name"] = json!("Somewhere");
        given["identifiers"] = stored["identifiers"].clone();
        for signs in [&["country"][..], &["latitude", "longitude"]] {
            let app = App::start().await;
            let signs = [signs, &["identifiers"]].concat();
            let (stored, given) = (only(&stored, &signs), only(&given, &signs));
            let record = app.create("cities", &stored).await;
            let before = changes(&app).await;
            for way in WAYS {
                let answer = app.put(&format!("{SMALL}{way}"), &about(&given)).await;
                let detail = refused(answer, 0, &record);
                assert!(detail.contains("give it other identifiers"), "{detail}");
            }
            assert_eq!(changes(&app).await, before);
        }
    }
}

#[actix_web::test]
async fn a_contradicting_city_with_the_same_name_is_created() {
    for (stored, given) in namesakes() {
        let signs = SIGNS.map(|(signs, _)| signs);
        for signs in signs.into_iter().chain([&["region"][..]]) {
            let app = App::start().await;
            app.create("cities", &only(&stored, signs)).await;
            let mut given = only(&given, signs);
            given["slug"] = json!("the-other-one");
            for way in ["?dry_run=true", "?update_references=true"] {
                let report = import(&app, &format!("{SMALL}{way}"), &about(&given)).await;
                let city = &report["records"][1];
                assert_eq!(
                    (&city["status"], &city["label"], &city["matched_by"]),
                    (&json!("created"), &json!("the-other-one"), &Value::Null)
                );
            }
            let kept = app
                .get(&format!("/v1/cities/{}", stored["slug"].as_str().unwrap()))
                .await
                .json();
            assert_eq!(kept["version"], 1);
        }
    }
}

#[actix_web::test]
async fn all_contradicting_cities_are_reported_together() {
    let app = App::start().await;
    let (mut records, mut document) = (Vec::new(), small());
    document["cities"] = json!([]);
    document["plan"]["cities"] = json!([]);
    for (index, (stored, given)) in namesakes().iter().enumerate() {
        records.push(app.create("cities", stored).await);
        document["cities"]
            .as_array_mut()
            .unwrap()
            .push(given.clone());
        let role = if index == 0 { "lead" } else { "partner" };
        let member = json!({"city": given["slug"], "role": role});
        document["plan"]["cities"]
            .as_array_mut()
            .unwrap()
            .push(member);
    }
    for (place, record) in records.iter().enumerate() {
        refused(app.put(SMALL, &document).await, place, record);
    }
}

#[actix_web::test]
async fn missing_or_differently_worded_values_are_not_contradictions() {
    let app = App::start().await;
    let stored = city(
        "Manchester",
        "GB",
        "North West England",
        "2643123",
        (53.48095, -2.23743),
    );
    app.create("cities", &stored).await;
    let wikidata = json!([{"scheme": "wikidata", "value": "Q18125"}]);
    let both = json!([{"scheme": "geonames", "value": "2643123"}, {"scheme": "wikidata", "value": "Q18125"}]);
    for difference in [
        json!({}),
        json!({"region": "England"}),
        json!({"region": "Nordwestengland", "country": null}),
        json!({"country": "UK"}),
        json!({"latitude": 53.8, "longitude": -2.3}),
        json!({"latitude": null, "longitude": null}),
        json!({"identifiers": []}),
        json!({"identifiers": wikidata}),
        json!({"identifiers": both}),
        json!({"name": "Greater Manchester", "kind": "metropolitan_area", "population": 2_900_000, "area_km2": 1276}),
    ] {
        let mut given = stored.clone();
        for (member, value) in difference.as_object().unwrap() {
            given[member] = value.clone();
        }
        let path = format!("{SMALL}?dry_run=true&update_references=true");
        let report = import(&app, &path, &about(&given)).await;
        assert_eq!(report["records"][1]["matched_by"], "slug", "{difference}");
        assert_ne!(report["records"][1]["status"], "created", "{difference}");
    }
}

#[actix_web::test]
async fn after_a_country_is_corrected_in_the_city_the_document_is_accepted() {
    let app = App::start().await;
    let (burlington, _) = &namesakes()[0];
    import(&app, SMALL, &about(burlington)).await;
    import(&app, "/v1/plans/second/summary", &about(burlington)).await;
    let other_plan = app.get("/v1/plans/second/summary").await.etag();
    let mut document = app.get(SMALL).await.json();
    document["cities"][0]["country"] = json!("CA");
    let stored = app.get("/v1/cities/burlington").await.json();
    for way in WAYS {
        let answer = app.put(&format!("{SMALL}{way}"), &document).await;
        let detail = refused(answer, 0, &stored);
        assert!(detail.contains("PATCH /v1/cities/burlington"), "{detail}");
    }
    assert_eq!(
        app.get("/v1/plans/second/summary").await.etag(),
        other_plan,
        "the city of the other plan is what it was"
    );
    let patched = app
        .patch("/v1/cities/burlington", &json!({"country": "CA"}))
        .await;
    assert_eq!(patched.status, 200);
    let report = import(&app, SMALL, &document).await;
    assert_eq!(report["records"][1]["status"], "unchanged");
    assert_eq!(report["records"][1]["differences"], json!([]));
}

#[actix_web::test]
async fn a_different_city_can_be_stored_under_another_slug() {
    let app = App::start().await;
    let (vermont, mut ontario) = namesakes()[0].clone();
    import(&app, SMALL, &about(&vermont)).await;
    let path = "/v1/plans/second/summary";
    let record = app.get("/v1/cities/burlington").await.json();
    refused(app.put(path, &about(&ontario)).await, 0, &record);
    ontario["slug"] = json!("burlington-ontario");
    let report = import(&app, path, &about(&ontario)).await;
    assert_eq!(report["records"][1]["status"], "created");
    assert_eq!(
        app.get(path).await.json()["plan"]["cities"][0]["city"],
        "burlington-ontario"
    );
    assert_eq!(app.get("/v1/cities/burlington").await.json(), record);
}

#[actix_web::test]
async fn a_theme_is_matched_by_its_slug_whatever_its_wording() {
    let app = App::start().await;
    let theme = json!({"slug": "energy", "name": "Energy", "sdgs": [7]});
    app.create("themes", &theme).await;
    let mut document = small();
    document["plan"]["themes"] = json!([{"theme": "energy"}]);
    document["themes"] = json!([{"slug": "energy", "name": "Énergie", "sdgs": [13]}]);
    document["activities"] = json!([]);
    document["outcomes"] = json!([]);
    let report = import(&app, SMALL, &document).await;
    let record = &report["records"][2];
    assert_eq!(
        (&record["status"], &record["matched_by"]),
        (&json!("unchanged"), &json!("slug"))
    );
    assert_eq!(record["differences"].as_array().unwrap().len(), 2);
}
