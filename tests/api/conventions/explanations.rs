//! The pages that explain problems and findings: their examples are what the service does.
//!
//! The requests and the changes stand in `openapi/examples`; what the service makes of them is written beside them by
//! `UCAP_REGENERATE=1 cargo test --test api regenerate`, and compared otherwise.

use crate::harness::{App, Options};
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service, read_body_json};
use actix_web::web;
use serde_json::{Map, Value, json};
use strum::IntoEnumIterator;
use ucap::access::Role;
use ucap::conventions::http::body;
use ucap::conventions::http::problem::{Code, Problem};
use ucap::conventions::http::problem_document::render;
use ucap::database::DatabaseError;
use ucap::operations::trace::trace;
use ucap::resources::plans::FindingCode;

const REQUEST_ID: &str = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b";

async fn registry() -> App {
    App::with(Options {
        sample: true,
        ..Default::default()
    })
    .await
}

fn read(file: &str) -> Value {
    let path = format!("{}/openapi/examples/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Compares the examples with what is in the file, or writes them to it.
fn compare(file: &str, examples: &Value) {
    if std::env::var_os("UCAP_REGENERATE").is_some() {
        let path = format!("{}/openapi/examples/{file}", env!("CARGO_MANIFEST_DIR"));
        let text = serde_json::to_string_pretty(examples).unwrap() + "\n";
        std::fs::write(path, text).unwrap();
    }
    for (code, example) in examples.as_object().unwrap() {
        assert_eq!(read(file)[code], *example, "{code}");
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or(value.to_string(), str::to_owned)
}

/// The response to the request of an example.
async fn respond(app: &App, code: Code, example: &Value) -> Value {
    let key = match code {
        Code::Forbidden => app.create_key(Role::Reader).await,
        _ => app.key.clone(),
    };
    let path = example["path"].as_str().unwrap();
    let mut request = app
        .request(example["method"].as_str().unwrap(), path)
        .without("authorization");
    if !example["body"].is_null() {
        let body = match code {
            Code::BodyTooLarge => "x".repeat(2 * 1024 * 1024),
            _ => text(&example["body"]),
        };
        request = request.bytes("", body);
    }
    for (name, value) in example["headers"].as_object().unwrap() {
        let value = text(value).replace("ucap_…", &key);
        if name != "Transfer-Encoding" && name != "Content-Length" {
            request = request.header(&name.to_lowercase(), &value);
        }
    }
    if code == Code::BadRequest {
        request = request.broken_off();
    }
    let answer = request.header("x-request-id", REQUEST_ID).send().await;
    answer.problem(code.status().as_u16(), code.name()).json()
}

/// The document of a problem that no request of a test brings about: a client that is too slow, a fault of the service, a
/// database that is gone.
async fn document(code: Code, path: &str) -> Value {
    let problem = move || {
        let problem: Problem = match code {
            Code::RequestTimeout => body::too_late(),
            Code::DatabaseUnavailable => DatabaseError::Unavailable("gone".into()).into(),
            _ => Problem::internal("it is a test"),
        };
        std::future::ready(Err::<&str, _>(problem))
    };
    let app = actix_web::App::new()
        .default_service(web::to(problem))
        .app_data(web::Data::new(ucap::operations::metrics::Metrics::default()))
        .wrap(from_fn(render))
        .wrap(from_fn(trace));
    let app = init_service(app).await;
    let request = TestRequest::with_uri(path).insert_header(("x-request-id", REQUEST_ID));
    let response = call_service(&app, request.to_request()).await;
    assert_eq!(response.status(), code.status());
    read_body_json(response).await
}

#[actix_web::test]
async fn regenerate_the_example_of_every_problem_and_it_is_what_the_service_answers() {
    let app = registry().await;
    // Another import of the plan holds this lock.
    let other = app.database.client().await;
    let lock = "SELECT pg_advisory_lock(1430470992, hashtext('leipzig-nanjing'))";
    other.batch_execute(lock).await.unwrap();
    let (given, mut examples) = (read("problems.json"), Map::new());
    for code in Code::iter() {
        let mut example = given[code.name()].clone();
        let response = match code {
            Code::RequestTimeout | Code::DatabaseUnavailable | Code::InternalError => {
                document(code, example["path"].as_str().unwrap()).await
            }
            _ => respond(&app, code, &example).await,
        };
        assert_eq!(response["code"], code.name());
        example["response"] = response;
        examples.insert(code.name().to_owned(), example);
    }
    compare("problems.json", &Value::Object(examples));
}

/// The document with the members of the change (RFC 7396, section 2, without removal).
fn apply(document: &mut Value, change: &Value) {
    match change {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, member)| apply(&mut document[name], member)),
        other => *document = other.clone(),
    }
}

/// All findings in a document that is imported into a registry with the sample plan.
async fn findings(document: &Value) -> Vec<Value> {
    let app = registry().await;
    let plan = format!("/v1/plans/{}", document["plan"]["slug"].as_str().unwrap());
    let answer = app.put(&format!("{plan}/summary"), document).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let found = app.get(&format!("{plan}/findings")).await.json();
    found["data"].as_array().unwrap().clone()
}

#[actix_web::test]
async fn regenerate_the_example_of_every_finding_and_it_is_what_the_service_finds() {
    let document = read("summary.json");
    assert_eq!(findings(&document).await, [json!(null); 0]);
    let (given, mut examples) = (read("findings.json"), Map::new());
    for code in FindingCode::iter() {
        let mut example = given[code.name()].clone();
        let mut changed = document.clone();
        apply(&mut changed, &example["change"]);
        let found = findings(&changed).await;
        let finding = found.iter().find(|found| found["code"] == code.name());
        example["finding"] = finding
            .unwrap_or_else(|| panic!("{}: {found:?}", code.name()))
            .clone();
        let pointer = example["finding"]["pointer"].as_str().unwrap();
        assert!(
            example["change"].pointer(pointer).is_some(),
            "{}: the example does not show {pointer}",
            code.name()
        );
        examples.insert(code.name().to_owned(), example);
    }
    compare("findings.json", &Value::Object(examples));
}

#[actix_web::test]
async fn every_page_shows_its_example_in_full_in_the_dress_of_the_other_pages() {
    let app = App::start().await;
    let escaped = |value: &Value| {
        let text = serde_json::to_string_pretty(value).unwrap();
        let text = text.replace('&', "&#38;").replace('<', "&#60;");
        let text = text.replace('>', "&#62;").replace('"', "&#34;");
        text.replace('\'', "&#39;")
    };
    for (kind, file, shown) in [
        ("problems", "problems.json", "response"),
        ("findings", "findings.json", "finding"),
    ] {
        let list = app.get(&format!("/{kind}")).await.text();
        for (code, example) in read(file).as_object().unwrap() {
            assert!(list.contains(&format!("href=\"/{kind}/{code}\"")), "{code}");
            let answer = app.get(&format!("/{kind}/{code}")).await;
            let page = answer.text();
            assert!(page.contains(&escaped(&example[shown])), "{code}: {page}");
            assert!(page.contains("<main id=\"main\"") && page.contains("/assets/pages-"));
            let again = app
                .request("GET", &format!("/{kind}/{code}"))
                .header("if-none-match", &answer.etag());
            assert_eq!(again.send().await.status, 304, "{code}");
        }
    }
}
