//! Keys and roles.

use crate::harness::specimens::ALL;
use crate::harness::{App, CONTRACT, Options};
use serde_json::json;
use ucap::access::Role;

#[actix_web::test]
async fn a_write_without_a_key_is_refused() {
    let app = App::start().await;
    for (path, item) in CONTRACT.document()["paths"].as_object().unwrap() {
        let concrete = path.replace(['{', '}'], "x");
        for method in ["post", "put", "patch", "delete"]
            .iter()
            .filter(|method| item.get(**method).is_some())
        {
            let request = |value: Option<&str>| {
                let request = app
                    .request(&method.to_uppercase(), &concrete)
                    .bytes("text/plain", "not even JSON")
                    .without("authorization");
                value.map_or_else(
                    || {
                        app.request(&method.to_uppercase(), &concrete)
                            .without("authorization")
                    },
                    |value| request.header("authorization", value),
                )
            };
            let answer = request(None).send().await.problem(401, "unauthorized");
            assert_eq!(
                answer.header("www-authenticate"),
                Some("Bearer realm=\"ucap\"")
            );
            for value in [
                "Bearer ucap_wrong",
                "Bearer ",
                "Basic dXNlcjpwYXNz",
                "ucap_x",
                "Bearer",
                "bearer \u{e9}",
            ] {
                let answer = request(Some(value))
                    .send()
                    .await
                    .problem(401, "unauthorized");
                assert!(
                    answer
                        .header("www-authenticate")
                        .unwrap()
                        .starts_with("Bearer realm=\"ucap\", error="),
                    "{value}"
                );
            }
        }
    }
}

#[actix_web::test]
async fn a_reader_may_not_write_and_the_required_role_is_named() {
    let app = App::start().await;
    let reader = app.create_key(Role::Reader).await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        for (method, path) in [
            ("POST", format!("/v1/{}", specimen.collection)),
            ("PUT", specimen.path(&record)),
            ("PATCH", specimen.path(&record)),
            ("DELETE", specimen.path(&record)),
        ] {
            let answer = app
                .request(method, &path)
                .header("authorization", &format!("Bearer {reader}"))
                .send()
                .await
                .problem(403, "forbidden");
            assert!(answer.json()["detail"].as_str().unwrap().contains("editor"));
        }
        let missing = app
            .request("DELETE", &format!("/v1/{}/nothing", specimen.collection))
            .header("authorization", &format!("Bearer {reader}"));
        missing.send().await.problem(403, "forbidden");
    }
}

#[actix_web::test]
async fn an_admin_may_write() {
    let app = App::start().await;
    let admin = app.create_key(Role::Admin).await;
    let request = app
        .request("POST", "/v1/cities")
        .json(&json!({"name": "A", "kind": "city"}))
        .header("authorization", &format!("bearer {admin}"));
    assert_eq!(request.send().await.status, 201);
}

#[actix_web::test]
async fn a_revoked_key_stops_working_at_once() {
    let app = App::start().await;
    app.create("themes", &json!({"name": "before"})).await;
    app.database
        .client()
        .await
        .batch_execute("UPDATE api_keys SET revoked_at = now()")
        .await
        .unwrap();
    app.post("/v1/themes", &json!({"name": "after"}))
        .await
        .problem(401, "unauthorized");
}

#[actix_web::test]
async fn reads_can_be_closed() {
    let app = App::with(Options {
        require_key_for_reads: true,
        ..Default::default()
    })
    .await;
    let reader = format!("Bearer {}", app.create_key(Role::Reader).await);
    for path in ["/v1/plans", "/v1/sdgs", "/v1/cities/nothing"] {
        app.get(path).await.problem(401, "unauthorized");
        assert_ne!(
            app.request("GET", path)
                .header("authorization", &reader)
                .send()
                .await
                .status,
            401
        );
    }
    for path in [
        "/livez",
        "/readyz",
        "/version",
        "/openapi.json",
        "/problems/unauthorized",
        "/",
    ] {
        assert_eq!(app.get(path).await.status, 200, "{path}");
    }
}

#[actix_web::test]
async fn an_invalid_key_is_also_refused_in_reads() {
    let app = App::start().await;
    app.request("GET", "/v1/plans")
        .header("authorization", "Bearer ucap_wrong")
        .send()
        .await
        .problem(401, "unauthorized");
}

#[actix_web::test]
async fn only_the_digest_of_a_key_is_stored() {
    let app = App::start().await;
    let client = app.database.client().await;
    let row = client
        .query_one("SELECT digest, row_to_json(k)::text FROM api_keys k", &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, Vec<u8>>(0).len(), 32);
    assert!(!row.get::<_, String>(1).contains(&app.key));
}

/// The path with the first letter of each literal segment percent-encoded.
fn encoded(path: &str) -> String {
    let encode = |segment: &str| match segment.chars().next() {
        Some(first) if !segment.starts_with('x') => {
            format!("%{:02x}{}", first as u32, &segment[1..])
        }
        _ => segment.to_owned(),
    };
    path.split('/').map(encode).collect::<Vec<_>>().join("/")
}

#[actix_web::test]
async fn a_percent_encoded_path_does_not_bypass_the_key_or_the_filters() {
    let app = App::with(Options {
        require_key_for_reads: true,
        ..Default::default()
    })
    .await;
    for (path, item) in CONTRACT.document()["paths"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(path, _)| path.starts_with("/v1/"))
    {
        let concrete = encoded(&path.replace(['{', '}'], "x"));
        for method in item.as_object().unwrap().keys() {
            let request = app
                .request(&method.to_uppercase(), &concrete)
                .without("authorization");
            let answer = request
                .json(&json!({"name": "intruder", "kind": "city"}))
                .send()
                .await;
            assert!(
                matches!(answer.status, 401 | 404),
                "{method} {concrete}: {}",
                answer.text()
            );
        }
    }
    let open = App::start().await;
    open.get("/v1/%70lans?contry=CN")
        .await
        .problem(400, "invalid_parameters");
    assert_eq!(open.get("/v1/%70lans").await.status, 200);
    for path in [
        "/v1/citie%73",
        "/v1//cities",
        "/v1/./cities",
        "/v1/cities%2f",
        "/%76%31/%63%69%74%69%65%73",
    ] {
        let answer = open
            .request("POST", path)
            .without("authorization")
            .json(&json!({"name": "intruder", "kind": "city"}))
            .send()
            .await;
        assert!(
            matches!(answer.status, 401 | 404),
            "{path}: {}",
            answer.text()
        );
    }
    assert_eq!(open.database.number("SELECT count(*) FROM cities").await, 0);
}
