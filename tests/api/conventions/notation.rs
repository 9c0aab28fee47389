//! How bodies may be written: null for what may be left out, a byte order mark, one member of each name, and names that differ
//! in nothing that is stored.

use crate::collections::imports::{joined, load, statuses};
use crate::documents::{MANCHESTER, import, manchester, outcome_of, small};
use crate::harness::specimens::{ALL, Specimen, city, plan};
use crate::harness::{App, CONTRACT, Options};
use serde_json::{Map, Value, json};

/// The names of the properties of a record that a request may leave out.
fn optional(specimen: &Specimen) -> Vec<String> {
    let name = format!("{}Input", specimen.schema());
    let schema = &CONTRACT.document()["components"]["schemas"][&name];
    let required = schema["required"].as_array().expect("required properties");
    let properties = schema["properties"].as_object().expect("properties");
    let writable = properties
        .iter()
        .filter(|(_, schema)| schema.get("readOnly").is_none());
    let names = writable.map(|(name, _)| name.clone());
    names
        .filter(|name| !required.contains(&json!(name)))
        .collect()
}

/// The same value with null for every member that states nothing: an empty list, or an object of such members.
fn with_nulls(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(with_nulls).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, member)| {
                let member = with_nulls(member);
                let states_nothing = match &member {
                    Value::Array(items) => items.is_empty(),
                    Value::Object(members) => members.values().all(Value::is_null),
                    _ => false,
                };
                let member = if states_nothing { Value::Null } else { member };
                (name.clone(), member)
            });
            Value::Object(members.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

async fn sample() -> App {
    App::with(Options {
        sample: true,
        ..Default::default()
    })
    .await
}

#[actix_web::test]
async fn null_means_in_post_what_leaving_out_means() {
    let app = App::start().await;
    for specimen in ALL {
        let document = specimen.document(&app).await;
        let without = app.create(specimen.collection, &document).await;
        let mut with = document.clone();
        for name in optional(specimen) {
            if with.get(&name).is_none() {
                with[&name] = Value::Null;
            }
        }
        let with = app.create(specimen.collection, &with).await;
        for (name, value) in without.as_object().unwrap() {
            let differs = ["id", "slug", "position", "created_at", "updated_at"];
            if !differs.contains(&name.as_str()) {
                assert_eq!(with[name], *value, "{} {name}", specimen.collection);
            }
        }
    }
}

#[actix_web::test]
async fn null_means_in_put_and_patch_what_leaving_out_means() {
    let app = sample().await;
    let mut nulls = 0;
    for specimen in ALL {
        for record in app.all(&format!("/v1/{}", specimen.collection), 200).await {
            let with_nulls = with_nulls(&record);
            nulls += usize::from(with_nulls != record);
            let path = specimen.path(&record);
            let put = app.put(&path, &with_nulls).await;
            assert_eq!((put.status, put.json()), (200, record.clone()));
            let patched = app.patch(&path, &with_nulls).await;
            assert_eq!((patched.status, patched.json()), (200, record));
        }
    }
    assert!(nulls > 10, "{nulls}");
}

#[actix_web::test]
async fn a_patch_with_null_clears_every_property_that_may_be_left_out() {
    let app = App::start().await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        let path = specimen.path(&record);
        for name in optional(specimen) {
            // A pairing cannot be without its lead.
            if (specimen.collection, name.as_str()) == ("plans", "cities") {
                continue;
            }
            let answer = app.patch(&path, &json!({&name: null})).await;
            assert_eq!(answer.status, 200, "{name}: {}", answer.text());
            let cleared = &answer.json()[&name];
            assert!(
                cleared.is_null() || *cleared == record[&name],
                "{name}: {cleared}"
            );
        }
    }
    let lead = app.create("cities", &city()).await;
    let stored = app.create("plans", &plan(&lead)).await;
    let path = format!("/v1/plans/{}", stored["id"].as_str().unwrap());
    let period = json!({"start": "2019", "end": null, "text": "a year"});
    let patched = app.patch(&path, &json!({"period": period})).await.json();
    assert_eq!(patched["period"], period);
    let cleared = app.patch(&path, &json!({"period": null})).await.json();
    assert_eq!(cleared["period"], stored["period"]);
}

#[actix_web::test]
async fn null_for_what_is_required_or_inside_a_list_is_refused() {
    let app = App::start().await;
    let lead = app.create("cities", &city()).await;
    for (member, value, pointer) in [
        ("title", json!(null), "/title"),
        ("kind", json!(null), "/kind"),
        ("objectives", json!([null]), "/objectives/0"),
        ("cities", json!([null]), "/cities/0"),
        (
            "cities",
            json!([{"city_id": null, "role": "lead"}]),
            "/cities/0/city_id",
        ),
    ] {
        let mut document = plan(&lead);
        document[member] = value;
        let refused = app.post("/v1/plans", &document).await;
        let refused = refused.problem(422, "validation_failed");
        assert_eq!(refused.faults()[0].0, pointer);
    }
}

#[actix_web::test]
async fn null_means_in_lines_and_documents_what_leaving_out_means() {
    let app = sample().await;
    for specimen in ALL {
        let records = app.all(&format!("/v1/{}", specimen.collection), 200).await;
        let lines: Vec<Value> = records.iter().map(with_nulls).collect();
        let path = format!("/v1/imports/{}", specimen.collection);
        let answers = load(&app, &path, joined(&lines)).await;
        let statuses = statuses(&answers);
        let unchanged = statuses.iter().all(|(_, status)| *status == "unchanged");
        assert!(unchanged && statuses.len() == records.len(), "{answers:?}");
    }
    let document = app.get(MANCHESTER).await.json();
    assert_ne!(with_nulls(&document), document);
    let report = import(&app, MANCHESTER, &with_nulls(&document)).await;
    for (kind, status, pointer) in outcome_of(&report) {
        assert_eq!(status, "unchanged", "{kind} {pointer}");
    }
    let differs = |record: &Value| record["differences"] != json!([]);
    assert!(!report["records"].as_array().unwrap().iter().any(differs));
    assert_eq!(app.get(MANCHESTER).await.json(), document);
}

#[actix_web::test]
async fn null_for_a_list_of_a_stored_city_states_nothing_and_changes_nothing() {
    let app = sample().await;
    let before = app.get("/v1/cities/chengdu").await.json();
    assert_ne!(before["alternative_names"], json!([]));
    let mut document = manchester();
    for city in document["cities"].as_array_mut().unwrap() {
        city["alternative_names"] = Value::Null;
        city["identifiers"] = Value::Null;
    }
    document["plan"]["slug"] = Value::Null;
    let path = format!("{MANCHESTER}?update_references=true");
    import(&app, &path, &document).await;
    assert_eq!(app.get("/v1/cities/chengdu").await.json(), before);
    let mut fresh = small();
    for list in ["cities", "themes", "activities", "outcomes"] {
        fresh[list] = Value::Null;
    }
    fresh["plan"] = json!({"title": "Alone", "kind": "cluster", "status": "draft", "cities": null});
    let report = import(&app, "/v1/plans/alone/summary", &fresh).await;
    assert_eq!(report["plan_slug"], "alone");
}

#[actix_web::test]
async fn a_byte_order_mark_before_a_body_is_skipped() {
    let app = App::start().await;
    let marked = |value: &Value| format!("\u{feff}{value}");
    for specimen in ALL {
        let document = specimen.document(&app).await;
        let created = app
            .request("POST", &format!("/v1/{}", specimen.collection))
            .bytes("application/json", marked(&document))
            .send()
            .await;
        assert_eq!(created.status, 201, "{}", created.text());
        let path = specimen.path(&created.json());
        for (method, media_type) in [
            ("PUT", "application/json"),
            ("PATCH", "application/merge-patch+json"),
        ] {
            let answer = app
                .request(method, &path)
                .bytes(media_type, marked(&document))
                .send()
                .await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
    }
    let put = app
        .request("PUT", "/v1/plans/small/summary")
        .bytes("application/json", marked(&small()))
        .send()
        .await;
    assert_eq!(put.status, 201, "{}", put.text());
    // Files that were joined have a mark before each of their parts.
    let lines = format!("\u{feff}{}\n\u{feff}{}\n", city(), city());
    let answers = load(&app, "/v1/imports/cities", lines).await;
    assert_eq!(statuses(&answers), [(1, "created"), (2, "created")]);
}

#[actix_web::test]
async fn members_of_one_name_are_refused_with_their_pointer() {
    let app = App::start().await;
    for specimen in ALL {
        let document = specimen.document(&app).await;
        let stored = app.create(specimen.collection, &document).await;
        let twice = document.to_string();
        let twice = format!(
            "{},\"{}\":\"again\"}}",
            &twice[..twice.len() - 1],
            specimen.text
        );
        let pointer = format!("/{}", specimen.text);
        let expected = [(pointer.clone(), "repeated".to_owned())];
        for (method, path) in [
            ("POST", format!("/v1/{}", specimen.collection)),
            ("PUT", specimen.path(&stored)),
            ("PATCH", specimen.path(&stored)),
        ] {
            let refused = app
                .request(method, &path)
                .bytes("application/json", twice.clone())
                .send()
                .await
                .problem(422, "validation_failed");
            assert_eq!(refused.faults(), expected, "{method} {path}");
        }
        let path = format!("/v1/imports/{}", specimen.collection);
        let answers = load(&app, &path, format!("{twice}\n")).await;
        assert_eq!(answers[0]["status"], "failed");
        assert_eq!(answers[0]["errors"][0]["pointer"], json!(pointer));
        assert_eq!(answers[0]["errors"][0]["code"], "repeated");
        let unchanged = app.get(&specimen.path(&stored)).await.json();
        assert_eq!(unchanged, stored);
    }
    let document = small().to_string().replacen(
        "\"slug\":\"leipzig\"",
        "\"slug\":\"halle\",\"slug\":\"leipzig\"",
        1,
    );
    let refused = app
        .request("PUT", "/v1/plans/small/summary")
        .bytes("application/json", document)
        .send()
        .await
        .problem(422, "validation_failed");
    assert_eq!(
        refused.faults(),
        [("/cities/0/slug".to_owned(), "repeated".to_owned())]
    );
}

#[actix_web::test]
async fn names_that_are_equal_once_they_are_trimmed_are_one() {
    let app = App::start().await;
    let city = app
        .create(
            "cities",
            &json!({
                "name": "Köln", "kind": "city",
                "alternative_names": ["Cologne", " Cologne ", "Colonia", "Cologne\u{a0}", "Ko\u{308}ln", "K\u{f6}ln"]
            }),
        )
        .await;
    assert_eq!(
        city["alternative_names"],
        json!(["Cologne", "Colonia", "Köln"])
    );
    let aliases = json!({"name": "Water", "aliases": ["Rivers", "Rivers\t", "Lakes", "Rivers"]});
    let theme = app.create("themes", &aliases).await;
    assert_eq!(theme["aliases"], json!(["Rivers", "Lakes"]));
    let path = format!("/v1/cities/{}", city["id"].as_str().unwrap());
    let same = json!({"alternative_names": ["Cologne", "Colonia", "Köln ", "Colonia"]});
    assert_eq!(app.patch(&path, &same).await.json(), city);
    let mut line = city.clone();
    line["alternative_names"] = json!(["Cologne", "Cologne ", "Colonia", "Köln"]);
    let answers = load(&app, "/v1/imports/cities", joined(&[line])).await;
    assert_eq!(statuses(&answers), [(1, "unchanged")]);
    let mut document = small();
    document["cities"][0]["alternative_names"] = json!(["Lipsia", "Lipsia "]);
    import(&app, "/v1/plans/small/summary", &document).await;
    assert_eq!(
        app.get("/v1/cities/leipzig").await.json()["alternative_names"],
        json!(["Lipsia"])
    );
}
