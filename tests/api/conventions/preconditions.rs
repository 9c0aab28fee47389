//! Entity tags in requests: well-formed tags of any origin are accepted, and malformed ones are refused.

use crate::documents::small;
use crate::harness::specimens::ALL;
use crate::harness::{Answer, App, CONTRACT, Sending};
use serde_json::{Value, json};

/// A well-formed list with a comma and a star in quotes, and without a tag of the service.
const TRAP: &str = "\"x,*,y\"";
/// Values that are not lists of entity tags.
const MALFORMED: [&str; 16] = [
    "\"abc",
    "abc\"",
    "abc",
    "\"a\"\"b\"",
    "\"a\" \"b\"",
    "\"a b\"",
    "\"a\tb\"",
    "w/\"a\"",
    "W/",
    "*, \"a\"",
    "\"a\", *",
    "*,",
    "**",
    "-1",
    "1234567890",
    "\"",
];

const SMALL: &str = "/v1/plans/small/summary";

/// A write of each kind to a record. None of them affects the others.
fn writes<'a>(app: &'a App, path: &str, record: &Value) -> [Sending<'a>; 3] {
    [
        app.request("PUT", path).json(record),
        app.request("PATCH", path).merge_patch(&json!({})),
        app.request("DELETE", path),
    ]
}

#[actix_web::test]
async fn a_star_or_a_comma_inside_a_tag_is_part_of_the_tag() {
    let app = App::start().await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        let path = specimen.path(&record);
        for path in [&path, &format!("/v1/{}", specimen.collection)] {
            let read = app.request("GET", path).header("if-none-match", TRAP);
            assert_eq!(read.send().await.status, 200, "{path}");
            let tag = app.get(path).await.etag();
            let both = app
                .request("GET", path)
                .header("if-none-match", &format!("{TRAP},{tag}"));
            assert_eq!(both.send().await.status, 304, "{path}");
        }
        for write in writes(&app, &path, &record) {
            let answer = write.header("if-match", TRAP).send().await;
            answer.problem(412, "stale_version");
        }
        for write in writes(&app, &path, &record) {
            let answer = write.header("if-none-match", TRAP).send().await;
            assert!([200, 204].contains(&answer.status), "{}", answer.text());
        }
    }
}

#[actix_web::test]
async fn a_tag_of_another_service_matches_nothing() {
    let app = App::start().await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        let path = specimen.path(&record);
        let tag = app.get(&path).await.etag();
        for foreign in [
            "\"abc\"",
            "W/\"abc\"",
            "\"\"",
            "\"é\"",
            "\"1x-y\"",
            "\"+1\"",
            "\"99999999999\"",
            "\"a\\\"",
            "",
            " , ,",
        ] {
            let read = app.request("GET", &path).header("if-none-match", foreign);
            assert_eq!(read.send().await.status, 200, "{foreign}");
            for write in writes(&app, &path, &record) {
                let answer = write.header("if-match", foreign).send().await;
                let answer = answer.problem(412, "stale_version");
                assert_eq!(answer.etag(), tag, "{foreign}");
            }
            let unless = app
                .request("PATCH", &path)
                .merge_patch(&json!({}))
                .header("if-none-match", foreign);
            assert_eq!(unless.send().await.status, 200, "{foreign}");
        }
    }
}

#[actix_web::test]
async fn if_none_match_prevents_a_write_if_one_of_its_tags_is_the_stored_tag() {
    let app = App::start().await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        let path = specimen.path(&record);
        let old = app.get(&path).await.etag();
        let changed = app.patch(&path, &json!({specimen.text: "newer"})).await;
        let (tag, record) = (changed.etag(), changed.json());
        for unwanted in [
            "*".to_owned(),
            tag.clone(),
            format!("W/{tag}"),
            format!("{old} ,, {tag}"),
            "\"2\"".to_owned(),
            "2".to_owned(),
            "\"2-x\"".to_owned(),
        ] {
            for write in writes(&app, &path, &record) {
                let answer = write.header("if-none-match", &unwanted).send().await;
                let answer = answer.problem(412, "already_exists");
                assert_eq!(answer.etag(), tag, "{unwanted}");
            }
        }
        assert_eq!(app.get(&path).await.etag(), tag, "nothing was written");
        for write in writes(&app, &path, &record) {
            let answer = write.header("if-none-match", &old).send().await;
            assert!([200, 204].contains(&answer.status), "{}", answer.text());
        }
    }
}

#[actix_web::test]
async fn both_conditions_must_hold_and_if_match_is_evaluated_first() {
    let app = App::start().await;
    for specimen in ALL {
        let path = specimen.path(&specimen.stored(&app).await);
        let both = async |matching: &str, other: &str| {
            let request = app.request("PATCH", &path).merge_patch(&json!({}));
            let request = request.header("if-match", matching);
            request.header("if-none-match", other).send().await
        };
        assert_eq!(both("1", "2").await.status, 200);
        both("1", "1").await.problem(412, "already_exists");
        both("2", "1").await.problem(412, "stale_version");
        both("2", "3").await.problem(412, "stale_version");
        both("1", "\"").await.problem(400, "malformed_header");
    }
}

#[actix_web::test]
async fn several_lines_of_a_header_are_combined_to_one_list() {
    let app = App::start().await;
    for specimen in ALL {
        let path = specimen.path(&specimen.stored(&app).await);
        let tag = app.get(&path).await.etag();
        let lines = |method: &str, name: &str, lines: &[&str]| {
            let request = app.request(method, &path);
            let request = if method == "GET" {
                request
            } else {
                request.merge_patch(&json!({}))
            };
            lines
                .iter()
                .fold(request, |request, line| request.line(name, line))
                .send()
        };
        let answer = lines("GET", "if-none-match", &["\"a\"", &tag]).await;
        assert_eq!(answer.status, 304);
        let answer = lines("PATCH", "if-match", &["\"a\", \"b\"", "", &tag]).await;
        assert_eq!(answer.status, 200);
        let answer = lines("PATCH", "if-none-match", &["\"a\"", &tag]).await;
        answer.problem(412, "already_exists");
        for method in ["GET", "PATCH"] {
            let answer = lines(method, "if-none-match", &["*", "\"a\""]).await;
            answer.problem(400, "malformed_header");
            // A quoted tag cannot extend over two lines.
            let answer = lines(method, "if-none-match", &["\"a", "b\""]).await;
            answer.problem(400, "malformed_header");
        }
    }
}

#[actix_web::test]
async fn a_malformed_list_of_tags_is_refused_in_every_header_and_with_every_method() {
    let app = App::start().await;
    app.put(SMALL, &small()).await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        let path = specimen.path(&record);
        for malformed in MALFORMED {
            let mut requests = vec![
                app.request("GET", &path).header("if-none-match", malformed),
                app.request("GET", &format!("/v1/{}", specimen.collection))
                    .header("if-none-match", malformed),
            ];
            for name in ["if-match", "if-none-match"] {
                let writes = writes(&app, &path, &record);
                requests.extend(writes.map(|write| write.header(name, malformed)));
            }
            for request in requests {
                let answer = request.send().await.problem(400, "malformed_header");
                assert!(answer.json()["detail"].as_str().unwrap().starts_with("If-"));
            }
        }
    }
    for malformed in MALFORMED {
        let read = app.request("GET", SMALL).header("if-none-match", malformed);
        read.send().await.problem(400, "malformed_header");
        for name in ["if-match", "if-none-match"] {
            let write = app.request("PUT", SMALL).json(&small());
            let answer = write.header(name, malformed).send().await;
            answer.problem(400, "malformed_header");
        }
    }
}

#[actix_web::test]
async fn if_match_compares_the_whole_tag_of_a_document() {
    let app = App::start().await;
    app.put(SMALL, &small()).await;
    let tag = app.get(SMALL).await.etag();
    let put = async |name: &str, value: &str| -> Answer {
        let request = app.request("PUT", SMALL).json(&small());
        request.header(name, value).send().await
    };
    for trap in [TRAP, "\"1\"", "1", "\"1-x\"", ""] {
        put("if-match", trap).await.problem(412, "stale_version");
        assert_eq!(put("if-none-match", trap).await.status, 200, "{trap}");
        let read = app.request("GET", SMALL).header("if-none-match", trap);
        assert_eq!(read.send().await.status, 200, "{trap}");
    }
    for known in [tag.clone(), format!("W/{tag}"), format!("{TRAP},{tag}")] {
        assert_eq!(put("if-match", &known).await.status, 200, "{known}");
        let answer = put("if-none-match", &known).await;
        assert_eq!(answer.problem(412, "already_exists").etag(), tag);
        let read = app.request("GET", SMALL).header("if-none-match", &known);
        assert_eq!(read.send().await.status, 304, "{known}");
    }
    let other = "/v1/plans/other/summary";
    for absent in ["*", &tag, TRAP, ""] {
        let create = app.request("PUT", other).json(&small());
        let answer = create.header("if-match", absent).send().await;
        answer.problem(412, "stale_version");
    }
    let create = app.request("PUT", other).json(&small());
    let answer = create.header("if-none-match", &tag).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

#[test]
fn the_openapi_document_describes_the_accepted_lists_of_tags() {
    let mut found = 0;
    for (_, _, operation) in ucap::conventions::contract::operations_of(CONTRACT.document()) {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        for parameter in parameters.filter(|parameter| parameter["in"] == "header") {
            let validator = jsonschema::validator_for(&parameter["schema"]).unwrap();
            found += 1;
            for good in [TRAP, "*", "", "7", "\"7-x\", W/\"y\"", "\"é\""] {
                assert!(validator.is_valid(&json!(good)), "{good}: {parameter}");
            }
            for bad in MALFORMED {
                assert!(!validator.is_valid(&json!(bad)), "{bad}: {parameter}");
            }
        }
    }
    assert!(found > 20, "{found} headers are documented");
}
