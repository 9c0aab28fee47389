//! Bodies: all faults are reported together, and texts are normalised.

use crate::harness::App;
use crate::harness::specimens::ALL;
use serde_json::{Value, json};

#[actix_web::test]
async fn every_fault_of_a_body_is_reported_at_once_with_its_pointer() {
    let app = App::start().await;
    for specimen in ALL {
        let mut document = specimen.document(&app).await;
        document[specimen.text] = json!(7);
        document[specimen.optional] = json!("  ");
        document["notte"] = json!(1);
        let answer = app
            .post(&format!("/v1/{}", specimen.collection), &document)
            .await
            .problem(422, "validation_failed");
        let mut faults = answer.faults();
        faults.sort();
        faults.dedup_by(|one, other| one.0 == other.0);
        let mut expected = vec![
            format!("/{}", specimen.text),
            format!("/{}", specimen.optional),
            "/notte".to_owned(),
        ];
        expected.sort();
        assert_eq!(
            faults
                .into_iter()
                .map(|(pointer, _)| pointer)
                .collect::<Vec<_>>(),
            expected
        );
    }
}

#[actix_web::test]
async fn faults_of_the_schema_and_of_the_rules_are_reported_together() {
    let app = App::start().await;
    let body = json!({"name": "A", "kind": "city", "region": "", "latitude": 1.0, "identifiers": [
        {"scheme": "geonames", "value": "1"}, {"scheme": "geonames", "value": "1"}
    ]});
    let faults = app
        .post("/v1/cities", &body)
        .await
        .problem(422, "validation_failed")
        .faults();
    let pointers: Vec<&str> = faults.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert!(
        pointers.contains(&"/region")
            && pointers.contains(&"/longitude")
            && pointers.contains(&"/identifiers/1"),
        "{pointers:?}"
    );
}

#[actix_web::test]
async fn rules_are_also_checked_if_another_required_value_is_invalid() {
    let app = App::start().await;
    let faults = async |collection: &str, body: Value| {
        let mut found = app
            .post(&format!("/v1/{collection}"), &body)
            .await
            .problem(422, "validation_failed")
            .faults();
        found.sort_unstable();
        found
            .into_iter()
            .map(|(pointer, _)| pointer)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        faults(
            "cities",
            json!({"kind": "town", "country": "DEE", "latitude": 5})
        )
        .await,
        ["/country", "/kind", "/longitude", "/name"]
    );
    assert_eq!(
        faults("themes", json!({"name": "", "sdgs": [3, 3]})).await,
        ["/name", "/sdgs/1"]
    );
    let period = json!({"start": "2020", "end": "2019"});
    let without_kind = json!({"title": "P", "status": "draft", "period": period});
    assert_eq!(
        faults("plans", without_kind).await,
        ["/kind", "/period/end"],
        "it is unknown whether a lead is missing"
    );
}

#[actix_web::test]
async fn a_misspelled_property_is_refused_with_the_correct_name_in_every_kind_of_write() {
    let app = App::start().await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        let mut document = specimen.document(&app).await;
        let misspelled = format!("{}x", specimen.optional);
        document[&misspelled] = json!("x");
        let hint = format!("did you mean \\\"{}\\\"?", specimen.optional);
        let answers = [
            app.post(&format!("/v1/{}", specimen.collection), &document)
                .await,
            app.put(&specimen.path(&record), &document).await,
            app.patch(&specimen.path(&record), &json!({misspelled.as_str(): "x"}))
                .await,
            app.patch(&specimen.path(&record), &json!({misspelled.as_str(): null}))
                .await,
        ];
        for answer in answers {
            let answer = answer.problem(422, "validation_failed");
            assert_eq!(
                answer.faults(),
                [(format!("/{misspelled}"), "unknown".to_owned())]
            );
            assert!(answer.text().contains(&hint), "{}", answer.text());
        }
    }
}

#[actix_web::test]
async fn required_texts_cannot_be_cleared_or_blank() {
    let app = App::start().await;
    for specimen in ALL {
        let path = specimen.path(&specimen.stored(&app).await);
        for value in [Value::Null, json!(""), json!(" \t\n "), json!("\u{2003}")] {
            let answer = app
                .patch(&path, &json!({specimen.text: value}))
                .await
                .problem(422, "validation_failed");
            assert!(
                answer
                    .faults()
                    .iter()
                    .all(|(pointer, _)| *pointer == format!("/{}", specimen.text))
            );
        }
    }
}

#[actix_web::test]
async fn normalised_text_is_stored_unchanged() {
    let app = App::start().await;
    for text in [
        "O'Brien; DROP TABLE cities; --",
        "100% _under_ \\ %s {} $1",
        "成都 🏙️ Ñandú",
        "a\tb\nc",
        "\"quoted\" 'single' `tick`",
        "<script>alert(1)</script>",
        "\u{202e}rtl",
        "x\u{fffd}y",
        "\u{10ffff}",
        "{\"json\": [1]}",
    ] {
        for specimen in ALL {
            let mut document = specimen.document(&app).await;
            document[specimen.text] = json!(text);
            let record = app.create(specimen.collection, &document).await;
            assert_eq!(
                app.get(&specimen.path(&record)).await.json()[specimen.text],
                text
            );
        }
    }
    let city = app
        .create(
            "cities",
            &json!({"name": "  Ko\u{304}riyama\r\n", "kind": "city"}),
        )
        .await;
    assert_eq!(city["name"], "K\u{14d}riyama");
}

#[actix_web::test]
async fn control_characters_are_refused_in_every_text() {
    let app = App::start().await;
    for specimen in ALL {
        for text in [
            "a\u{0}b",
            "\u{7}",
            "a\u{1b}[31m",
            "a\u{7f}",
            "\u{85}x\u{9f}",
        ] {
            let mut document = specimen.document(&app).await;
            document[specimen.text] = json!(text);
            app.post(&format!("/v1/{}", specimen.collection), &document)
                .await
                .problem(422, "validation_failed");
        }
    }
}

#[actix_web::test]
async fn a_whole_number_may_be_written_with_a_decimal_point() {
    let app = App::start().await;
    let raw = r#"{"name": "A", "kind": "city", "population": 1917.0, "area_km2": 12.50}"#;
    let answer = app
        .request("POST", "/v1/cities")
        .bytes("application/json", raw)
        .send()
        .await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(
        (
            answer.json()["population"].clone(),
            answer.json()["area_km2"].clone()
        ),
        (json!(1917), json!(12.5))
    );
}

#[actix_web::test]
async fn read_only_properties_are_accepted_and_ignored() {
    let app = App::start().await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        let mut document = specimen.document(&app).await;
        for name in ["id", "version", "created_at", "updated_at"] {
            document[name] = record[name].clone();
        }
        let other = app.create(specimen.collection, &document).await;
        assert_ne!(other["id"], record["id"]);
        let patched = app
            .patch(
                &specimen.path(&other),
                &json!({"id": record["id"], "version": 99}),
            )
            .await;
        assert_eq!((patched.status, patched.json()), (200, other));
    }
}

#[actix_web::test]
async fn the_number_of_reported_faults_is_limited() {
    let app = App::start().await;
    let many: Vec<Value> = (0..100_000).map(|_| json!(0)).collect();
    let unknown: serde_json::Map<String, Value> = (0..40_000)
        .map(|number| (format!("n{number}"), json!(0)))
        .collect();
    for body in [
        json!({"name": "A", "kind": "city", "alternative_names": many}),
        Value::Object(unknown),
    ] {
        let answer = app
            .post("/v1/cities", &body)
            .await
            .problem(422, "validation_failed");
        assert!(
            answer.faults().len() <= 101 && answer.body.len() < 100_000,
            "{}",
            answer.body.len()
        );
    }
    let query = format!("/v1/plans?status={}", vec!["x"; 20_000].join(","));
    let answer = app.get(&query).await.problem(400, "invalid_parameters");
    assert!(answer.body.len() < 100_000);
    let query = format!("/v1/plans?{}", vec!["x=1"; 10_000].join("&"));
    assert!(
        app.get(&query)
            .await
            .problem(400, "invalid_parameters")
            .body
            .len()
            < 100_000
    );
}
