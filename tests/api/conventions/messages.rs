//! What the service says where a slip is likely: it names what was meant, or what would be right.

use crate::harness::specimens::ALL;
use crate::harness::{App, CONTRACT, Options};
use serde_json::{Value, json};

async fn registry() -> App {
    App::with(Options {
        sample: true,
        ..Default::default()
    })
    .await
}

fn detail(problem: &Value) -> String {
    problem["detail"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn every_range_that_is_reversed_is_400_and_named() {
    let app = registry().await;
    let mut tried = 0;
    for (path, item) in CONTRACT.document()["paths"].as_object().unwrap() {
        let parameters = item["get"]["parameters"].as_array();
        let names: Vec<&str> = parameters
            .into_iter()
            .flatten()
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        let path = path
            .replace("{plan_id}", "manchester-chengdu-liuzhou-yangzhou")
            .replace("{city_id}", "manchester");
        for (lower, upper, values) in [
            ("_from", "_to", ["2020-02", "2020"]),
            ("_min", "_max", ["6", "5"]),
            (
                "_after",
                "_before",
                ["2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"],
            ),
        ] {
            for name in &names {
                let Some(stem) = name.strip_suffix(lower) else {
                    continue;
                };
                let other = format!("{stem}{upper}");
                if !names.contains(&other.as_str()) {
                    continue;
                }
                let reversed = if lower == "_from" {
                    ["2021", values[1]]
                } else {
                    values
                };
                let address = format!("{path}?{name}={}&{other}={}", reversed[0], reversed[1]);
                let answer = app.get(&address).await.problem(400, "invalid_parameters");
                let found = answer.faults();
                assert_eq!(found, [((*name).to_owned(), "rule".to_owned())]);
                assert!(detail(&answer.json()).contains(&other), "{address}");
                let address = format!("{path}?{name}={}&{other}={}", reversed[1], reversed[0]);
                assert_eq!(app.get(&address).await.status, 200, "{address}");
                tried += 1;
            }
        }
    }
    assert!(tried > 30, "{tried}");
    // Half a year within a year is no reversed range.
    let within = "/v1/activities?date_from=2019-07&date_to=2019";
    assert_eq!(app.get(within).await.status, 200);
}

#[actix_web::test]
async fn a_value_in_another_case_is_told_the_right_one() {
    let app = registry().await;
    for (query, right) in [
        ("plans?country=cn", "CN"),
        ("cities?country=Cn", "CN"),
        ("plans?kind=Pairing", "pairing"),
        ("plans?sort=TITLE", "title"),
        ("plans?order=DESC", "desc"),
        ("plans?urban_agenda=Housing", "housing"),
        ("plans?city=Manchester", "manchester"),
        ("plans?Country=CN", "country"),
        ("cities?identifier=GeoNames:1", "geonames:1"),
    ] {
        let answer = app
            .get(&format!("/v1/{query}"))
            .await
            .problem(400, "invalid_parameters");
        let hint = format!("did you mean {right:?}?");
        assert!(
            detail(&answer.json()).contains(&hint),
            "{query}: {}",
            answer.text()
        );
    }
    for (body, right) in [
        (json!({"name": "X", "kind": "city", "country": "de"}), "DE"),
        (json!({"name": "X", "kind": "City"}), "city"),
        (
            json!({"name": "X", "kind": "city", "slug": "Leipzig"}),
            "leipzig",
        ),
        (
            json!({"name": "X", "kind": "city", "identifiers": [{"scheme": "GeoNames", "value": "1"}]}),
            "geonames",
        ),
    ] {
        let answer = app
            .post("/v1/cities", &body)
            .await
            .problem(422, "validation_failed");
        let hint = format!("did you mean {right:?}?");
        assert!(
            answer.text().contains(&hint.replace('"', "\\\"")),
            "{}",
            answer.text()
        );
    }
}

#[actix_web::test]
async fn a_slug_that_no_record_has_is_told_the_nearest_one() {
    let app = registry().await;
    let plan = "manchester-chengdu-liuzhou-yangzhou";
    for (method, path, right) in [
        ("GET", "cities/mancester", "manchester"),
        ("GET", "cities/anchester", "manchester"),
        ("GET", "cities/Manchester", "manchester"),
        ("DELETE", "themes/circular-econmy", "circular-economy"),
        ("PATCH", "cities/chengduu", "chengdu"),
        ("GET", "cities/chengduu/plans", "chengdu"),
        ("GET", "cities/chengduu/partners", "chengdu"),
        ("GET", "plans/manchester-chengdu-liuzhou-yangzou", plan),
        (
            "GET",
            "plans/manchester-chengdu-liuzhou-yangzou/summary",
            plan,
        ),
        (
            "GET",
            "plans/manchester-chengdu-liuzhou-yangzou/summary.md",
            plan,
        ),
        (
            "GET",
            "plans/manchester-chengdu-liuzhou-yangzou/findings",
            plan,
        ),
        (
            "GET",
            "plans/manchester-chengdu-liuzhou-yangzou/activities",
            plan,
        ),
    ] {
        let request = app.request(method, &format!("/v1/{path}"));
        let request = if method == "PATCH" {
            request.merge_patch(&json!({}))
        } else {
            request
        };
        let answer = request.send().await.problem(404, "not_found");
        let hint = format!("did you mean {right:?}?");
        assert!(
            detail(&answer.json()).ends_with(&hint),
            "{path}: {}",
            answer.text()
        );
    }
    for path in ["cities/zzzzzzzz", "activities/manchester"] {
        let answer = app
            .get(&format!("/v1/{path}"))
            .await
            .problem(404, "not_found");
        assert!(
            !answer.text().contains("did you mean"),
            "{path}: {}",
            answer.text()
        );
    }
    for (path, right) in [
        ("/problems/notfound", "not_found"),
        ("/findings/duplicate_activty", "duplicate_activity"),
    ] {
        let answer = app.get(path).await.problem(404, "not_found");
        assert!(detail(&answer.json()).contains(right), "{}", answer.text());
    }
}

#[actix_web::test]
async fn an_address_that_does_not_exist_is_told_the_nearest_one() {
    let app = registry().await;
    for (path, right) in [
        ("/v1/plan", "/v1/plans"),
        ("/v1/plans/", "/v1/plans"),
        ("/v1/citys/manchester", "/v1/cities/manchester"),
        ("/v1/plans/x/sumary", "/v1/plans/x/summary"),
        ("/v1/serach", "/v1/search"),
        ("/opanapi.json", "/openapi.json"),
        ("/doc/", "/docs/"),
        ("/citis", "/cities"),
    ] {
        for method in ["GET", "DELETE"] {
            let request = app.request(method, path).without("authorization");
            let answer = request.send().await.problem(404, "not_found");
            let hint = format!("did you mean {right:?}?");
            let detail = detail(&answer.json());
            assert!(detail.ends_with(&hint), "{path}: {detail}");
        }
    }
    for path in ["/v1/exports/plans.xlsx", "/v1/exports/plans"] {
        let answer = app.get(path).await.problem(404, "not_found");
        assert_eq!(
            detail(&answer.json()),
            format!(
                "there is nothing at the address {path:?}; the formats are /v1/exports/plans.ndjson, \
                 /v1/exports/plans.csv, /v1/exports/plans.geojson"
            )
        );
    }
    for path in ["/wp-login.php", "/v1/plans/x/y/z"] {
        let answer = app.get(path).await.problem(404, "not_found");
        assert!(!answer.text().contains("did you mean"), "{path}");
    }
}

#[actix_web::test]
async fn without_a_key_that_may_read_no_slug_is_suggested() {
    let app = App::with(Options {
        sample: true,
        require_key_for_reads: true,
        ..Default::default()
    })
    .await;
    for path in ["/v1/cities/mancester", "/v1/plans?city=mancester"] {
        let answer = app.get(path).await.problem(401, "unauthorized");
        assert!(!answer.text().contains("manchester"), "{}", answer.text());
    }
    let request = app
        .request("GET", "/v1/cities/mancester")
        .header("authorization", &format!("Bearer {}", app.key));
    let answer = request.send().await.problem(404, "not_found");
    assert!(answer.text().contains("manchester"));
}

#[actix_web::test]
async fn a_method_that_an_address_does_not_support_is_told_those_that_it_does() {
    let app = App::start().await;
    let answer = app
        .delete("/v1/plans")
        .await
        .problem(405, "method_not_allowed");
    let allowed = answer.header("allow").unwrap().to_owned();
    assert_eq!(
        detail(&answer.json()),
        format!("\"/v1/plans\" does not support DELETE; it supports {allowed}")
    );
    for method in ["GET", "HEAD", "POST"] {
        assert!(allowed.contains(method), "{allowed}");
    }
}

#[actix_web::test]
async fn an_empty_body_is_called_empty() {
    let app = App::start().await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        for (method, path) in [
            ("POST", format!("/v1/{}", specimen.collection)),
            ("PUT", specimen.path(&record)),
            ("PATCH", specimen.path(&record)),
        ] {
            for body in ["", " \n"] {
                let answer = app
                    .request(method, &path)
                    .bytes("application/json", body)
                    .send()
                    .await
                    .problem(400, "malformed_json");
                assert_eq!(
                    detail(&answer.json()),
                    "the body is empty, but this operation needs a JSON object"
                );
            }
        }
    }
}

#[actix_web::test]
async fn null_for_a_required_property_is_told_what_is_needed() {
    let app = App::start().await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        let schema =
            &CONTRACT.document()["components"]["schemas"][format!("{}Input", specimen.schema())];
        for name in schema["required"].as_array().unwrap() {
            let name = name.as_str().unwrap();
            let mut document = specimen.document(&app).await;
            document[name] = Value::Null;
            let created = app
                .post(&format!("/v1/{}", specimen.collection), &document)
                .await;
            let patched = app
                .patch(&specimen.path(&record), &json!({name: null}))
                .await;
            for answer in [created, patched] {
                let answer = answer.problem(422, "validation_failed");
                let problem = answer.json();
                let faults = problem["errors"].as_array().unwrap();
                assert_eq!(faults.len(), 1, "{name}: {}", answer.text());
                let text = faults[0]["detail"].as_str().unwrap();
                assert!(text.starts_with("cannot be null; it must be "), "{text}");
            }
        }
    }
}

#[actix_web::test]
async fn a_slug_in_a_document_that_is_not_listed_is_told_the_nearest_that_is() {
    let app = App::start().await;
    let document = json!({
        "plan": {"title": "Small", "kind": "pairing", "status": "draft", "cities": [{"city": "leipzg", "role": "lead"}]},
        "cities": [{"slug": "leipzig", "name": "Leipzig", "kind": "city"}]
    });
    let answer = app
        .put("/v1/plans/small/summary", &document)
        .await
        .problem(409, "unknown_reference");
    assert_eq!(
        detail(&answer.json()),
        "/plan/cities/0/city: neither the registry nor the document has a city \"leipzg\"; did you mean \"leipzig\"?"
    );
}
