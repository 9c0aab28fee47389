//! Headers that change the meaning of a write: they are honoured or refused, but never ignored.

use crate::documents::small;
use crate::harness::specimens::ALL;
use crate::harness::{Answer, App};
use serde_json::{Value, json};

const SMALL: &str = "/v1/plans/small/summary";

const METHODS: [&str; 4] = ["POST", "PUT", "PATCH", "DELETE"];

/// A request of each kind of write: POST, PUT, PATCH and DELETE of every resource, its import, and the whole document.
async fn writes(app: &App) -> Vec<(&'static str, String, &'static str, String)> {
    let mut all = vec![(
        "PUT",
        SMALL.to_owned(),
        "application/json",
        small().to_string(),
    )];
    for specimen in ALL {
        let record = specimen.stored(app).await;
        let path = specimen.path(&record);
        let document = specimen.document(app).await.to_string();
        let collection = format!("/v1/{}", specimen.collection);
        all.extend([
            (
                "POST",
                collection.clone(),
                "application/json",
                document.clone(),
            ),
            (
                "POST",
                format!("/v1/imports/{}", specimen.collection),
                "application/x-ndjson",
                document,
            ),
            ("PUT", path.clone(), "application/json", record.to_string()),
            (
                "PATCH",
                path.clone(),
                "application/merge-patch+json",
                json!({specimen.optional: "x"}).to_string(),
            ),
            ("DELETE", path, "application/json", String::new()),
        ]);
    }
    all
}

/// The responses to all writes of the given methods with the given header. None of the writes may take effect.
async fn refused(app: &App, methods: &[&str], name: &str, value: &str) -> Vec<Answer> {
    let mut writes = writes(app).await;
    writes.retain(|(method, ..)| methods.contains(method));
    let before = app.database.number("SELECT count(*) FROM changes").await;
    let mut answers = Vec::new();
    for (method, path, media_type, body) in writes {
        let request = app.request(method, &path).bytes(media_type, body);
        answers.push(request.header(name, value).send().await);
    }
    let after = app.database.number("SELECT count(*) FROM changes").await;
    assert_eq!(after, before, "{name}: {value}");
    answers
}

/// The detail of a problem.
fn detail(answer: &Answer) -> String {
    answer.json()["detail"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn a_write_with_an_idempotency_key_is_refused_with_advice() {
    let app = App::start().await;
    for name in ["Idempotency-Key", "X-Idempotency-Key"] {
        for answer in refused(&app, &METHODS, &name.to_lowercase(), "\"8e03978e-40d5\"").await {
            let answer = answer.problem(400, "unsupported_header");
            let detail = detail(&answer);
            assert!(
                detail.contains(&format!("the header {name} "))
                    && detail.contains("not supported yet")
                    && detail.contains("slug")
                    && detail.contains("If-Match"),
                "{detail}"
            );
        }
    }
}

#[actix_web::test]
async fn two_equal_posts_with_one_idempotency_key_never_create_two_records() {
    let app = App::start().await;
    let document = json!({"name": "Water"});
    let post = |body: &Value| {
        let request = app.request("POST", "/v1/themes").json(body);
        request.header("idempotency-key", "k-1").send()
    };
    for _ in 0..2 {
        post(&document).await.problem(400, "unsupported_header");
    }
    assert_eq!(app.get("/v1/themes?count=true").await.json()["total"], 0);
    // As the detail advises, the body contains a slug.
    let named = json!({"name": "Water", "slug": "water"});
    app.create("themes", &named).await;
    let again = app.post("/v1/themes", &named).await;
    again.problem(409, "duplicate");
}

#[actix_web::test]
async fn a_missing_permission_is_reported_before_an_unsupported_header() {
    let app = App::start().await;
    let post = || {
        let request = app
            .request("POST", "/v1/themes")
            .json(&json!({"name": "A"}));
        request.header("idempotency-key", "k").line("expect", "x")
    };
    let anonymous = post().without("authorization").send().await;
    anonymous.problem(401, "unauthorized");
    let reader = app.create_key(ucap::access::Role::Reader).await;
    let reader = post().header("authorization", &format!("Bearer {reader}"));
    reader.send().await.problem(403, "forbidden");
}

#[actix_web::test]
async fn headers_for_writes_are_ignored_in_reads() {
    let app = App::start().await;
    for specimen in ALL {
        let path = specimen.path(&specimen.stored(&app).await);
        for path in [path, format!("/v1/{}", specimen.collection)] {
            let plain = app.get(&path).await;
            for (name, value) in [
                ("idempotency-key", "k"),
                ("content-range", "bytes 0-1/2"),
                ("if-unmodified-since", "Sat, 01 Jan 2000 00:00:00 GMT"),
                ("if-modified-since", "Sat, 01 Jan 2000 00:00:00 GMT"),
                ("x-http-method-override", "DELETE"),
            ] {
                let answer = app.request("GET", &path).header(name, value).send().await;
                assert_eq!(
                    (answer.status, answer.json()),
                    (200, plain.json()),
                    "{name}"
                );
            }
        }
    }
}

#[actix_web::test]
async fn a_body_with_content_range_is_refused() {
    let app = App::start().await;
    for answer in refused(&app, &METHODS, "content-range", "bytes 0-99/200").await {
        let answer = answer.problem(400, "unsupported_header");
        assert!(detail(&answer).contains("Content-Range"));
    }
}

#[actix_web::test]
async fn a_method_override_is_refused_unless_it_equals_the_method() {
    let app = App::start().await;
    for name in [
        "x-http-method-override",
        "x-http-method",
        "x-method-override",
    ] {
        for answer in refused(&app, &METHODS, name, "GET").await {
            answer.problem(400, "unsupported_header");
        }
    }
    let record = ALL[2].stored(&app).await;
    let patch = app
        .request("PATCH", &ALL[2].path(&record))
        .merge_patch(&json!({"name": "Same"}));
    let answer = patch.header("x-http-method-override", "patch").send().await;
    assert_eq!(answer.json()["name"], "Same");
}

#[actix_web::test]
async fn if_unmodified_since_is_refused_without_if_match() {
    let app = App::start().await;
    for time in [
        "Sat, 01 Jan 2000 00:00:00 GMT",
        "Fri, 01 Jan 2100 00:00:00 GMT",
        "x",
    ] {
        for answer in refused(&app, &METHODS, "if-unmodified-since", time).await {
            let answer = answer.problem(400, "unsupported_header");
            assert!(detail(&answer).contains("If-Match"), "{}", answer.text());
        }
    }
    for specimen in ALL {
        let path = specimen.path(&specimen.stored(&app).await);
        let patch = |version: &str| {
            let request = app.request("PATCH", &path).merge_patch(&json!({}));
            let request = request.header("if-match", version);
            request
                .header("if-unmodified-since", "Sat, 01 Jan 2000 00:00:00 GMT")
                .send()
        };
        assert_eq!(patch("1").await.status, 200);
        patch("2").await.problem(412, "stale_version");
    }
}

#[actix_web::test]
async fn a_post_with_a_condition_is_refused() {
    let app = App::start().await;
    for (name, value) in [
        ("if-match", "*"),
        ("if-none-match", "*"),
        ("if-none-match", "\"1-x\""),
    ] {
        for specimen in ALL {
            let document = specimen.document(&app).await;
            let path = format!("/v1/{}", specimen.collection);
            let create = app
                .request("POST", &path)
                .json(&document)
                .header(name, value);
            create.send().await.problem(400, "unsupported_header");
            let import = app
                .request("POST", &format!("/v1/imports/{}", specimen.collection))
                .bytes("application/x-ndjson", document.to_string())
                .header(name, value);
            import.send().await.problem(400, "unsupported_header");
        }
    }
}

#[actix_web::test]
async fn an_expectation_other_than_100_continue_is_417() {
    let app = App::start().await;
    for value in ["200-ok", "100-continue, x", "x=\"1\"", "100-continued", "é"] {
        for answer in refused(&app, &METHODS, "expect", value).await {
            answer.problem(417, "expectation_failed");
        }
    }
    for specimen in ALL {
        for value in ["100-continue", "100-Continue", "", ", 100-continue ,"] {
            let document = specimen.document(&app).await;
            let request = app
                .request("POST", &format!("/v1/{}", specimen.collection))
                .json(&document);
            let answer = request.header("expect", value).send().await;
            assert_eq!(answer.status, 201, "{value}: {}", answer.text());
        }
    }
}

#[actix_web::test]
async fn a_body_with_a_content_coding_is_415_however_the_header_is_written_unless_it_is_an_import()
{
    let app = App::start().await;
    for value in [
        "gzip",
        "br",
        "aes128gcm",
        "identity, gzip",
        "gzip, identity",
        "é",
        "x-unknown",
    ] {
        for answer in refused(&app, &["POST", "PUT", "PATCH"], "content-encoding", value).await {
            let instance = answer.json()["instance"].to_string();
            let is_import = instance.contains("/v1/imports/");
            if is_import && value.contains("gzip") {
                answer.problem(400, "bad_request");
                continue;
            }
            let answer = answer.problem(415, "unsupported_media_type");
            let supported = if is_import { "gzip" } else { "identity" };
            assert_eq!(answer.header("accept-encoding"), Some(supported));
        }
    }
}
