//! Conditional requests, HEAD, content negotiation, and keys in paths.

use crate::harness::App;
use crate::harness::specimens::ALL;
use serde_json::json;

#[actix_web::test]
async fn an_unchanged_representation_is_304() {
    let app = App::start().await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        for path in [
            specimen.path(&record),
            format!("/v1/{}", specimen.collection),
        ] {
            let tag = app.get(&path).await.etag();
            for known in [
                tag.clone(),
                format!("W/{tag}"),
                format!("\"other\", {tag}"),
                "*".to_owned(),
            ] {
                let answer = app
                    .request("GET", &path)
                    .header("if-none-match", &known)
                    .send()
                    .await;
                assert_eq!(
                    (answer.status, answer.body.len(), answer.etag()),
                    (304, 0, tag.clone()),
                    "{path} {known}"
                );
            }
            assert_eq!(
                app.request("GET", &path)
                    .header("if-none-match", "\"other\"")
                    .send()
                    .await
                    .status,
                200
            );
        }
        let path = specimen.path(&record);
        let before = app.get(&path).await.etag();
        app.patch(&path, &json!({specimen.optional: "new"})).await;
        assert_eq!(
            app.request("GET", &path)
                .header("if-none-match", &before)
                .send()
                .await
                .status,
            200
        );
    }
}

#[actix_web::test]
async fn the_tag_also_changes_when_only_an_embedded_name_does() {
    let app = App::start().await;
    let plan = ALL[0].stored(&app).await;
    let before = app.get(&ALL[0].path(&plan)).await.etag();
    let city = plan["cities"][0]["city_id"].as_str().unwrap();
    app.patch(&format!("/v1/cities/{city}"), &json!({"name": "Renamed"}))
        .await;
    let after = app.get(&ALL[0].path(&plan)).await;
    assert_ne!(after.etag(), before);
    assert_eq!(after.json()["cities"][0]["name"], "Renamed");
    assert_eq!(after.json()["version"], 1);
    let write = app
        .request("PATCH", &ALL[0].path(&plan))
        .merge_patch(&json!({"note": "x"}))
        .header("if-match", &before)
        .send()
        .await;
    assert_eq!(write.status, 200, "If-Match looks at the version alone");
}

#[actix_web::test]
async fn head_is_get_without_a_body_on_every_path() {
    let app = App::start().await;
    let mut paths: Vec<String> = [
        "/",
        "/livez",
        "/readyz",
        "/version",
        "/metrics",
        "/problems",
        "/problems/not_found",
        "/openapi.json",
        "/v1/sdgs",
    ]
    .map(str::to_owned)
    .to_vec();
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        paths.extend([
            specimen.path(&record),
            format!("/v1/{}", specimen.collection),
            format!("/v1/{}?limit=0", specimen.collection),
        ]);
    }
    for path in paths {
        let (get, head) = (
            app.get(&path).await,
            app.request("HEAD", &path).send().await,
        );
        assert_eq!(head.status, get.status, "{path}");
        for name in ["content-type", "etag", "link", "cache-control"] {
            assert_eq!(head.header(name), get.header(name), "{path} {name}");
        }
    }
}

#[actix_web::test]
async fn a_slug_and_an_id_identify_the_same_record_and_other_keys_are_404() {
    let app = App::start().await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        if specimen.has_slug {
            let by_slug = app
                .get(&format!(
                    "/v1/{}/{}",
                    specimen.collection,
                    record["slug"].as_str().unwrap()
                ))
                .await;
            assert_eq!(by_slug.json(), record);
        }
        let upper = record["id"].as_str().unwrap().to_uppercase();
        assert_eq!(
            app.get(&format!("/v1/{}/{upper}", specimen.collection))
                .await
                .status,
            200
        );
        for key in [
            "nothing",
            "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b",
            "%FF",
            "a%20b",
            "%00",
            "..%2F..",
            "UPPER",
            &"x".repeat(3000),
        ] {
            app.get(&format!("/v1/{}/{key}", specimen.collection))
                .await
                .problem(404, "not_found");
        }
    }
}

#[actix_web::test]
async fn a_request_that_does_not_accept_json_is_refused() {
    let app = App::start().await;
    for (accept, status) in [
        ("*/*", 200),
        ("application/json", 200),
        ("application/*", 200),
        ("text/html, application/json;q=0.5", 200),
        ("text/csv", 406),
        ("application/json;q=0", 406),
        ("text/*", 406),
    ] {
        assert_eq!(accepting(&app, &[accept]).await, status, "{accept}");
    }
    assert_eq!(
        app.request("GET", "/problems")
            .header("accept", "text/html")
            .send()
            .await
            .status,
        200
    );
}

/// The status of the response to a request with these lines of `Accept`.
async fn accepting(app: &App, lines: &[&str]) -> u16 {
    let request = app.request("GET", "/v1/plans");
    let request = lines
        .iter()
        .fold(request, |request, line| request.line("accept", line));
    request.send().await.status
}

#[actix_web::test]
async fn the_most_specific_media_range_decides_in_any_position() {
    let app = App::start().await;
    for (accept, status) in [
        ("*/*, application/json;q=0", 406),
        ("application/json;q=0, */*", 406),
        ("application/*;q=0, */*;q=0.1", 406),
        ("application/*;q=0, application/json;q=0.1", 200),
        ("*/*;q=0, application/*", 200),
        ("*/*;q=0, text/html", 406),
        ("application/json;q=0, application/json;q=0.5", 200),
        ("application/*;q=0, text/*, */*;q=0", 406),
    ] {
        assert_eq!(accepting(&app, &[accept]).await, status, "{accept}");
    }
}

#[actix_web::test]
async fn a_weight_of_zero_refuses_a_media_type_in_any_notation() {
    let app = App::start().await;
    for weight in [
        "q=0",
        "Q=0",
        "q=0.",
        "q=0.000",
        "q = 0",
        "charset=utf-8; q=0",
    ] {
        let accept = format!("Application/JSON; {weight}");
        assert_eq!(accepting(&app, &[&accept]).await, 406, "{accept}");
    }
    for weight in ["q=0.001", "q=1.000", "charset=utf-8", "version=0", "eq=0"] {
        let accept = format!("Application/JSON; {weight}");
        assert_eq!(accepting(&app, &[&accept]).await, 200, "{accept}");
    }
}

#[actix_web::test]
async fn several_accept_headers_are_combined_to_one_list() {
    let app = App::start().await;
    for (lines, status) in [
        (&["text/html", "application/json"][..], 200),
        (&["application/json", "text/html"], 200),
        (&["text/html", "text/csv"], 406),
        (&["*/*", "application/json;q=0"], 406),
        (&["", "text/html"], 406),
        (&["caf\u{e9}/x", "text/html"], 406),
    ] {
        assert_eq!(accepting(&app, lines).await, status, "{lines:?}");
    }
}

#[actix_web::test]
async fn a_malformed_media_range_does_not_affect_the_others() {
    let app = App::start().await;
    for (accept, status) in [
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", 200),
        ("application/json;q=high", 200),
        ("application/json;q=2", 200),
        ("application/json;", 200),
        ("nonsense, application/json", 200),
        ("", 200),
        (" , ,", 200),
        ("caf\u{e9}", 200),
        ("nonsense", 406),
        ("*", 406),
        ("*/json", 406),
        ("application", 406),
        ("application/", 406),
        ("/json", 406),
    ] {
        assert_eq!(accepting(&app, &[accept]).await, status, "{accept}");
    }
}

#[actix_web::test]
async fn urls_start_with_the_public_url_if_it_is_set() {
    let app = App::with(crate::harness::Options {
        public_url: "https://registry.example.org/ucap".into(),
        ..Default::default()
    })
    .await;
    let document = json!({"name": "A", "kind": "city"});
    let answer = app.post("/v1/cities", &document).await;
    assert!(
        answer
            .header("location")
            .unwrap()
            .starts_with("https://registry.example.org/ucap/v1/cities/")
    );
    app.create("cities", &document).await;
    assert!(
        app.get("/v1/cities?limit=1")
            .await
            .header("link")
            .unwrap()
            .starts_with("<https://registry.example.org/ucap/v1/cities?limit=1&cursor=")
    );
}

#[actix_web::test]
async fn large_responses_are_compressed_if_the_client_accepts_it() {
    let app = App::start().await;
    let plain = app.get("/v1/countries").await;
    let small = app
        .request("GET", "/openapi.json")
        .header("accept-encoding", "gzip")
        .send()
        .await;
    assert_eq!(small.header("content-encoding"), Some("gzip"));
    assert!(
        plain
            .header("vary")
            .unwrap()
            .to_lowercase()
            .contains("accept-encoding")
    );
    assert_eq!(plain.header("content-encoding"), None);
}
