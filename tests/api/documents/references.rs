//! The stored cities and themes to which a document refers.

use super::{import, small};
use crate::harness::App;
use serde_json::{Value, json};

const SMALL: &str = "/v1/plans/small/summary";

/// A document about one city, with the slug `x`.
fn about(city: Value) -> Value {
    let mut document = small();
    document["plan"]["cities"][0]["city"] = city["slug"].clone();
    document["cities"] = json!([city]);
    document
}

/// The result for the city in the report: its status, how it was matched, and its slug.
fn city(report: &Value) -> (String, Option<String>, String) {
    let record = &report["records"][1];
    (
        record["status"].as_str().unwrap().into(),
        record["matched_by"].as_str().map(Into::into),
        record["label"].as_str().unwrap().into(),
    )
}

fn expected(status: &str, by: Option<&str>, slug: &str) -> (String, Option<String>, String) {
    (status.into(), by.map(Into::into), slug.into())
}

async fn with_chengdu() -> App {
    let app = App::start().await;
    let chengdu = json!({
        "name": "Chengdu", "alternative_names": ["成都"], "kind": "city", "country": "CN", "region": "Sichuan",
        "identifiers": [{"scheme": "geonames", "value": "1815286"}]
    });
    app.create("cities", &chengdu).await;
    app
}

#[actix_web::test]
async fn a_city_is_matched_by_slug_then_identifier_then_name() {
    let app = with_chengdu().await;
    let cases = [
        (
            json!({"slug": "chengdu", "name": "Cheng Du", "kind": "city"}),
            expected("unchanged", Some("slug"), "chengdu"),
        ),
        (
            json!({"slug": "cheng-du", "name": "Cheng Du", "kind": "city", "identifiers": [{"scheme": "geonames", "value": "1815286"}]}),
            expected("unchanged", Some("identifier"), "chengdu"),
        ),
        (
            json!({"slug": "cheng-du", "name": "CHENGDU", "kind": "city"}),
            expected("unchanged", Some("name"), "chengdu"),
        ),
        (
            json!({"slug": "cheng-du", "name": "成都", "kind": "city", "country": "CN"}),
            expected("unchanged", Some("name"), "chengdu"),
        ),
        (
            json!({"slug": "cheng-du", "name": "Chengdu", "kind": "city", "country": "TW"}),
            expected("created", None, "cheng-du"),
        ),
        (
            json!({"slug": "chengdu-2", "name": "Chengdu", "kind": "city"}),
            expected("created", None, "chengdu-2"),
        ),
        (
            json!({"slug": "cheng-du", "name": "Chengdu", "kind": "city", "identifiers": [{"scheme": "geonames", "value": "1"}]}),
            expected("created", None, "cheng-du"),
        ),
    ];
    for (given, expected) in cases {
        let answer = app
            .put(&format!("{SMALL}?dry_run=true"), &about(given.clone()))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(city(&answer.json()), expected, "{given}");
    }
    import(
        &app,
        SMALL,
        &about(json!({"slug": "cheng-du", "name": "成都", "kind": "city"})),
    )
    .await;
    assert_eq!(
        app.get(SMALL).await.json()["plan"]["cities"][0]["city"],
        "chengdu"
    );
}

#[actix_web::test]
async fn a_name_that_matches_two_cities_is_ambiguous() {
    let app = App::start().await;
    for region in ["Jiangsu", "Jiangxi"] {
        app.create(
            "cities",
            &json!({"name": "Yangzhou", "kind": "city", "country": "CN", "region": region}),
        )
        .await;
    }
    let unclear = json!({"slug": "yang-zhou", "name": "Yangzhou", "kind": "city"});
    let answer = app
        .put(SMALL, &about(unclear.clone()))
        .await
        .problem(409, "ambiguous_reference");
    assert_eq!(
        answer.faults(),
        [("/cities/0".to_owned(), "ambiguous".to_owned())]
    );
    let mut candidates: Vec<String> = answer.json()["related"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["label"].as_str().unwrap().into())
        .collect();
    candidates.sort_unstable();
    assert_eq!(candidates, ["yangzhou", "yangzhou-2"]);
    let mut clear = unclear;
    clear["region"] = json!("jiangxi");
    assert_eq!(
        city(&import(&app, SMALL, &about(clear)).await),
        expected("unchanged", Some("name"), "yangzhou-2")
    );
}

#[actix_web::test]
async fn two_cities_of_a_document_that_match_one_stored_city_are_a_conflict() {
    let app = with_chengdu().await;
    let mut document = about(json!({"slug": "chengdu", "name": "Chengdu", "kind": "city"}));
    let again = json!({
        "slug": "cheng-du", "name": "Cheng Du", "kind": "city",
        "identifiers": [{"scheme": "geonames", "value": "1815286"}]
    });
    document["cities"].as_array_mut().unwrap().push(again);
    document["plan"]["cities"]
        .as_array_mut()
        .unwrap()
        .push(json!({"city": "cheng-du", "role": "partner"}));
    let answer = app.put(SMALL, &document).await;
    let answer = answer.problem(409, "ambiguous_reference");
    assert!(
        answer.text().contains(
            r#"another city of the document already matches the stored city \"chengdu\""#
        ),
        "{}",
        answer.text()
    );
}

#[actix_web::test]
async fn a_slug_and_an_identifier_of_different_cities_are_a_conflict() {
    let app = with_chengdu().await;
    app.create("cities", &json!({"name": "Leipzig", "kind": "city"}))
        .await;
    let torn = json!({"slug": "leipzig", "name": "Leipzig", "kind": "city", "identifiers": [{"scheme": "geonames", "value": "1815286"}]});
    app.put(SMALL, &about(torn))
        .await
        .problem(409, "ambiguous_reference");
}

#[actix_web::test]
async fn two_cities_with_the_same_name_in_a_document_remain_two_cities() {
    let app = App::start().await;
    let mut document = small();
    document["cities"] = json!([
        {"slug": "leipzig", "name": "Leipzig", "kind": "city"},
        {"slug": "leipzig-2", "name": "Leipzig", "kind": "city"},
        {"slug": "yangzhou-jx", "name": "Yangzhou", "kind": "city"},
        {"slug": "yangzhou", "name": "Yangzhou", "kind": "city"}
    ]);
    let partners = ["leipzig-2", "yangzhou-jx", "yangzhou"]
        .map(|slug| json!({"city": slug, "role": "partner"}));
    document["plan"]["cities"]
        .as_array_mut()
        .unwrap()
        .extend(partners);
    import(&app, SMALL, &document).await;
    assert_eq!(app.get("/v1/cities?count=true").await.json()["total"], 4);
    assert_eq!(import(&app, SMALL, &document).await["unchanged"], 8);
}

#[actix_web::test]
async fn a_theme_is_matched_by_slug_then_by_name_or_alias() {
    let app = App::start().await;
    app.create(
        "themes",
        &json!({"slug": "e-mobility", "name": "E-Mobility", "aliases": ["Electric mobility"]}),
    )
    .await;
    let mut document = small();
    document["plan"]["themes"] = json!([{"theme": "electric"}]);
    document["themes"] = json!([{"slug": "electric", "name": "Electric mobility"}]);
    document["activities"][0]["themes"] = json!(["electric"]);
    document["outcomes"] = json!([]);
    let report = import(&app, SMALL, &document).await;
    assert_eq!(
        (
            &report["records"][2]["matched_by"],
            &report["records"][2]["label"]
        ),
        (&json!("name"), &json!("e-mobility"))
    );
    assert_eq!(
        app.get(SMALL).await.json()["activities"][0]["themes"],
        json!(["e-mobility"])
    );
}

#[actix_web::test]
async fn stored_cities_are_never_overwritten_silently() {
    let app = with_chengdu().await;
    let given = json!({"slug": "chengdu", "name": "Chengdu", "kind": "metropolitan_area", "country": "CN", "population": 20_937_757, "region": null});
    let report = import(&app, SMALL, &about(given.clone())).await;
    let difference = |member: &str, stored: &str, given: &str, written: bool| json!({"pointer": format!("/cities/0/{member}"), "stored": stored, "given": given, "written": written});
    let differences = |written: bool| {
        json!([
            difference("kind", "\"city\"", "\"metropolitan_area\"", written),
            difference("population", "null", "20937757", written),
            difference("region", "\"Sichuan\"", "null", written)
        ])
    };
    assert_eq!(
        (
            &report["records"][1]["status"],
            &report["records"][1]["differences"]
        ),
        (&json!("unchanged"), &differences(false))
    );
    assert_eq!(app.get("/v1/cities/chengdu").await.json()["version"], 1);
    let report = import(
        &app,
        &format!("{SMALL}?update_references=true"),
        &about(given),
    )
    .await;
    assert_eq!(
        (
            &report["records"][1]["status"],
            &report["records"][1]["differences"]
        ),
        (&json!("updated"), &differences(true))
    );
    let stored = app.get("/v1/cities/chengdu").await.json();
    assert_eq!(
        (&stored["version"], &stored["population"], &stored["region"]),
        (&json!(2), &json!(20_937_757), &Value::Null)
    );
    assert_eq!(
        stored["alternative_names"],
        json!(["成都"]),
        "what the document does not mention stays"
    );
}

#[actix_web::test]
async fn a_document_may_refer_to_stored_records_that_it_does_not_list() {
    let app = with_chengdu().await;
    let mut document = small();
    document["activities"][0]["cities"] = json!([{"city": "chengdu", "role": "host"}]);
    import(&app, SMALL, &document).await;
    document["activities"][0]["cities"] = json!([{"city": "atlantis", "role": "host"}]);
    document["plan"]["relations"] = json!([{"plan": "nowhere", "kind": "mirrors"}]);
    document["outcomes"][0]["organisations"] = json!([{"name": "A", "city": "rungholt"}]);
    let answer = app
        .put(SMALL, &document)
        .await
        .problem(409, "unknown_reference");
    let places: Vec<String> = answer
        .faults()
        .into_iter()
        .map(|(place, _)| place)
        .collect();
    assert_eq!(
        places,
        [
            "/plan/relations/0/plan",
            "/activities/0/cities/0/city",
            "/outcomes/0/organisations/0/city"
        ]
    );
}

#[actix_web::test]
async fn a_plan_relates_to_others_by_slug_and_never_to_itself() {
    let app = App::start().await;
    import(&app, "/v1/plans/first/summary", &small()).await;
    let mut document = small();
    document["plan"]["relations"] = json!([{"plan": "first", "kind": "mirrors"}]);
    import(&app, SMALL, &document).await;
    assert_eq!(
        app.get(SMALL).await.json()["plan"]["relations"],
        json!([{"plan": "first", "kind": "mirrors", "text": null, "url": null}])
    );
    document["plan"]["relations"] = json!([{"plan": "small", "kind": "mirrors"}]);
    let answer = app
        .put(SMALL, &document)
        .await
        .problem(422, "validation_failed");
    assert_eq!(
        answer.faults(),
        [("/plan/relations/0/plan".to_owned(), "rule".to_owned())]
    );
}

#[actix_web::test]
async fn a_city_a_theme_and_a_plan_may_have_the_same_slug() {
    let app = App::start().await;
    let mut document = small();
    document["plan"]["slug"] = json!("water");
    document["plan"]["cities"][0]["city"] = json!("water");
    document["cities"][0]["slug"] = json!("water");
    document["activities"][0]["cities"] = json!([{"city": "water", "role": "host"}]);
    import(&app, "/v1/plans/water/summary", &document).await;
    let stored = app.get("/v1/plans/water/summary").await.json();
    assert_eq!(stored["plan"]["cities"][0]["city"], "water");
    assert_eq!(stored["plan"]["themes"][0]["theme"], "water");
    assert_eq!(stored["activities"][0]["themes"], json!(["water"]));
    let report = import(&app, "/v1/plans/water/summary", &stored).await;
    assert_eq!(
        (&report["created"], &report["updated"]),
        (&json!(0), &json!(0))
    );
    let mut other = small();
    other["plan"]["slug"] = json!("other");
    other["plan"]["relations"] = json!([{"plan": "water", "kind": "continues"}]);
    import(&app, "/v1/plans/other/summary", &other).await;
    let stored = app.get("/v1/plans/other").await.json();
    assert_eq!(stored["relations"][0]["slug"], "water");
}
