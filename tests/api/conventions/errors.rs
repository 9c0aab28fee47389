//! Problems: every refusal has the same form, whichever part of the service refuses.

use crate::harness::specimens::ALL;
use crate::harness::{App, CONTRACT};
use serde_json::{Value, json};
use strum::IntoEnumIterator;
use ucap::conventions::http::problem::Code;

#[actix_web::test]
async fn a_problem_has_all_its_members_and_echoes_the_request_id() {
    let app = App::start().await;
    let answer = app
        .request("GET", "/v1/plans/nothing")
        .header("x-request-id", "my-id-1")
        .send()
        .await
        .problem(404, "not_found");
    let problem = answer.json();
    assert_eq!(answer.header("x-request-id"), Some("my-id-1"));
    assert_eq!(
        problem,
        json!({
            "type": "/problems/not_found", "title": "There is nothing at this address", "status": 404, "code": "not_found",
            "detail": "there is no plan \"nothing\"", "instance": "/v1/plans/nothing", "request_id": "my-id-1", "errors": [], "related": []
        })
    );
    let unusable = app
        .request("GET", "/v1/plans")
        .header("x-request-id", &"x".repeat(200))
        .send()
        .await;
    assert_eq!(
        unusable.header("x-request-id").unwrap().len(),
        36,
        "an id that is too long is replaced"
    );
}

#[actix_web::test]
async fn every_problem_has_a_page_and_is_documented() {
    let app = App::start().await;
    let documented = &CONTRACT.document()["components"]["schemas"]["ProblemCode"]["enum"];
    for code in Code::iter() {
        let page = app.get(&format!("/problems/{}", code.name())).await;
        assert_eq!(page.status, 200);
        assert!(
            page.text().contains(code.title())
                && page.text().contains("What to do")
                && !page.text().contains("<p></p>")
        );
        assert!(documented.as_array().unwrap().contains(&json!(code.name())));
    }
    app.get("/problems/none_such")
        .await
        .problem(404, "not_found");
}

#[actix_web::test]
async fn a_wrong_method_is_405_with_allow_on_every_documented_path() {
    let app = App::start().await;
    for (path, item) in CONTRACT.document()["paths"].as_object().unwrap() {
        let concrete: String = path
            .replace("{code}", "not_found")
            .split('/')
            .map(|part| if part.starts_with('{') { "x" } else { part })
            .collect::<Vec<_>>()
            .join("/");
        for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
            if item.get(method.to_lowercase()).is_some() {
                continue;
            }
            let answer = app
                .request(method, &concrete)
                .without("authorization")
                .send()
                .await
                .problem(405, "method_not_allowed");
            let allow = answer
                .header("allow")
                .unwrap_or_else(|| panic!("{method} {path} has no Allow"));
            let mut allowed: Vec<String> = allow
                .split(',')
                .map(|name| name.trim().to_lowercase())
                .filter(|name| name != "head")
                .collect();
            allowed.sort_unstable();
            let mut documented: Vec<String> = item.as_object().unwrap().keys().cloned().collect();
            documented.sort_unstable();
            assert_eq!(allowed, documented, "{path}");
        }
    }
}

#[actix_web::test]
async fn paths_that_do_not_exist_are_404_whatever_the_method() {
    let app = App::start().await;
    for path in [
        "/v1",
        "/v1/",
        "/v2/plans",
        "/v1/plan",
        "/v1/plans/",
        "/v1/plans/x/activities/y",
        "/../etc/passwd",
        "//v1/plans",
        "/%2e%2e/",
    ] {
        for method in ["GET", "POST", "DELETE"] {
            app.request(method, path)
                .without("authorization")
                .send()
                .await
                .problem(404, "not_found");
        }
    }
}

#[actix_web::test]
async fn bodies_that_are_not_valid_json_are_400() {
    let app = App::start().await;
    let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    let deep_object = format!("{}1{}", "{\"a\":".repeat(5000), "}".repeat(5000));
    let bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"{".to_vec(),
        b"{\"name\": \"a\",}".to_vec(),
        b"{\"name\": 1e400}".to_vec(),
        b"{\"name\": \"\\ud800\"}".to_vec(),
        b"{\"name\": \"\xff\"}".to_vec(),
        b"\xef\xbb\xbf".to_vec(),
        b"\xff\xfe{\0}\0".to_vec(),
        b"{} {}".to_vec(),
        b"NaN".to_vec(),
        deep.into(),
        deep_object.into(),
        b"\0".to_vec(),
    ];
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        for (method, path) in [
            ("POST", format!("/v1/{}", specimen.collection)),
            ("PUT", specimen.path(&record)),
            ("PATCH", specimen.path(&record)),
        ] {
            for body in &bodies {
                app.request(method, &path)
                    .bytes("application/json", body.clone())
                    .send()
                    .await
                    .problem(400, "malformed_json");
            }
        }
    }
}

#[actix_web::test]
async fn json_that_is_not_an_object_is_422() {
    let app = App::start().await;
    for body in [json!(null), json!([]), json!("x"), json!(1), json!(true)] {
        let answer = app
            .post("/v1/cities", &body)
            .await
            .problem(422, "validation_failed");
        assert_eq!(answer.faults(), [(String::new(), "type".to_owned())]);
    }
}

#[actix_web::test]
async fn bodies_that_are_too_large_are_413() {
    let app = App::start().await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        let body = json!({specimen.text: "x".repeat(2 * 1024 * 1024)}).to_string();
        for (method, path) in [
            ("POST", format!("/v1/{}", specimen.collection)),
            ("PATCH", specimen.path(&record)),
        ] {
            app.request(method, &path)
                .bytes("application/json", body.clone())
                .send()
                .await
                .problem(413, "body_too_large");
        }
    }
}

#[actix_web::test]
async fn other_media_types_are_415() {
    let app = App::start().await;
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/merge-patch+json",
        "multipart/form-data; boundary=x",
        "nonsense",
        "",
    ] {
        app.request("POST", "/v1/cities")
            .bytes(media_type, "{}")
            .send()
            .await
            .problem(415, "unsupported_media_type");
    }
    let compressed = app
        .request("POST", "/v1/cities")
        .bytes("application/json", "{}")
        .header("content-encoding", "gzip");
    compressed
        .send()
        .await
        .problem(415, "unsupported_media_type");
    let record = ALL[1].stored(&app).await;
    let answer = app
        .request("PATCH", &ALL[1].path(&record))
        .bytes("text/plain", "{}")
        .send()
        .await
        .problem(415, "unsupported_media_type");
    assert_eq!(
        answer.header("accept-patch"),
        Some("application/merge-patch+json")
    );
    let import = app
        .request("POST", "/v1/imports/themes")
        .bytes("text/plain", "{}")
        .send()
        .await
        .problem(415, "unsupported_media_type");
    assert_eq!(import.header("accept-patch"), None);
}

#[actix_web::test]
async fn values_of_the_wrong_type_are_422_and_never_500() {
    let app = App::start().await;
    let junk = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!("\u{1f4a9}"),
        json!([]),
        json!({}),
        json!([[]]),
        json!({"a": {"b": []}}),
        json!("9".repeat(400)),
    ];
    for specimen in ALL {
        let schema =
            &CONTRACT.document()["components"]["schemas"][format!("{}Input", specimen.schema())];
        for name in schema["properties"].as_object().unwrap().keys() {
            for value in &junk {
                let mut document = specimen.document(&app).await;
                document[name] = value.clone();
                let answer = app
                    .post(&format!("/v1/{}", specimen.collection), &document)
                    .await;
                assert!(
                    matches!(answer.status, 201 | 409 | 422),
                    "{name} = {value}: {}",
                    answer.text()
                );
                // A valid coordinate is given without the other.
                if answer.status == 422 && !matches!(name.as_str(), "latitude" | "longitude") {
                    let pointer = format!("/{name}");
                    assert!(
                        answer
                            .faults()
                            .iter()
                            .all(|(at, _)| at.starts_with(&pointer)),
                        "{name} = {value}: {}",
                        answer.text()
                    );
                }
            }
        }
    }
}

#[actix_web::test]
async fn a_reference_to_a_missing_record_is_409_and_every_one_is_named() {
    let app = App::start().await;
    let missing = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b";
    let plan = ALL[0].stored(&app).await;
    let cases: [(&str, Value, Vec<&str>); 3] = [
        (
            "plans",
            json!({"title": "P", "kind": "pairing", "status": "draft", "cities": [{"city_id": missing, "role": "lead"}],
            "themes": [{"theme_id": missing, "focus": [{"text": "x", "city_ids": [missing]}]}], "relations": [{"plan_id": missing, "kind": "mirrors"}]}),
            vec![
                "/cities/0/city_id",
                "/relations/0/plan_id",
                "/themes/0/focus/0/city_ids/0",
                "/themes/0/theme_id",
            ],
        ),
        (
            "activities",
            json!({"plan_id": missing, "title": "A", "kind": "meeting", "status": "held", "theme_ids": [missing],
            "cities": [{"city_id": missing, "role": "host"}], "organisations": [{"name": "O", "city_id": missing}]}),
            vec![
                "/cities/0/city_id",
                "/organisations/0/city_id",
                "/plan_id",
                "/theme_ids/0",
            ],
        ),
        (
            "outcomes",
            json!({"plan_id": plan["id"], "description": "O", "kind": "result", "status": "planned", "theme_id": missing,
            "cities": [{"city_id": missing, "role": "funder"}], "organisations": [{"name": "O", "city_id": missing}]}),
            vec!["/cities/0/city_id", "/organisations/0/city_id", "/theme_id"],
        ),
    ];
    for (collection, body, pointers) in cases {
        let answer = app
            .post(&format!("/v1/{collection}"), &body)
            .await
            .problem(409, "unknown_reference");
        let mut found: Vec<String> = answer
            .faults()
            .into_iter()
            .map(|(pointer, _)| pointer)
            .collect();
        found.sort_unstable();
        assert_eq!(found, pointers);
    }
}
