//! The operations as Swagger UI sends them when a person presses "Try it out" and "Execute": every parameter has its example, or
//! otherwise its default, and every body is the example. The registry has the sample plan.

use super::{doc, schemas};
use crate::collections::changes::page;
use crate::harness::specimens::ALL;
use crate::harness::{Answer, App, Options};
use actix_web::http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use ucap::conventions::contract::operations_of;

async fn registry() -> App {
    App::with(Options {
        sample: true,
        ..Default::default()
    })
    .await
}

/// A schema, or the component that it refers to.
fn resolved(schema: &Value) -> &Value {
    let target = schema.get("$ref").and_then(Value::as_str);
    target.map_or(schema, |target| {
        doc().pointer(target.trim_start_matches('#')).unwrap()
    })
}

/// What Swagger UI puts into the field of a parameter.
fn filled_in(parameter: &Value) -> Option<&Value> {
    let schema = resolved(&parameter["schema"]);
    parameter
        .get("example")
        .or(schema.get("example"))
        .or(schema.get("default"))
}

fn text(value: &Value) -> String {
    value.as_str().map_or(value.to_string(), str::to_owned)
}

/// An operation whose fields are filled in: all of them, or only those that are required.
struct Filled {
    path: String,
    headers: Vec<(String, String)>,
    body: Option<(String, Value)>,
}

impl Filled {
    fn new(template: &str, operation: &Value, all: bool) -> Self {
        let (mut path, mut query, mut headers) = (template.to_owned(), Vec::new(), Vec::new());
        let parameters = operation.get("parameters").and_then(Value::as_array);
        for parameter in parameters.into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            let Some(value) = filled_in(parameter) else {
                assert_ne!(parameter["required"], true, "{template} {name}");
                continue;
            };
            if !all && parameter["required"] != true {
                continue;
            }
            match parameter["in"].as_str().unwrap() {
                "path" => path = path.replace(&format!("{{{name}}}"), &text(value)),
                "header" => headers.push((name.to_owned(), text(value))),
                _ => {
                    let values = value.as_array().cloned().unwrap_or(vec![value.clone()]);
                    query.extend(values.iter().map(|value| {
                        let value = text(value);
                        format!("{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC))
                    }));
                }
            }
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        let content = operation.pointer("/requestBody/content");
        let content = content.and_then(|content| content.as_object()?.iter().next());
        let body = content.map(|(media_type, content)| {
            let example = content.get("example");
            // Swagger UI offers a file to choose where the body is binary.
            let is_file = content["schema"]["format"] == "binary";
            assert!(is_file || example.is_some(), "{template} has no body");
            (media_type.clone(), example.cloned().unwrap_or_default())
        });
        Self {
            path,
            headers,
            body,
        }
    }

    async fn send(&self, app: &App, method: &Method) -> Answer {
        let mut request = app.request(method.as_str(), &self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = match &self.body {
            Some((media_type, Value::Null)) => request.bytes(media_type, ""),
            Some((media_type, body)) => request.bytes(media_type, body.to_string()),
            None => request,
        };
        request.send().await
    }
}

fn with_method(method: Method) -> impl DoubleEndedIterator<Item = (&'static str, &'static Value)> {
    let all: Vec<_> = operations_of(doc())
        .filter(|(_, own, _)| *own == method)
        .map(|(path, _, operation)| (path, operation))
        .collect();
    all.into_iter()
}

#[actix_web::test]
async fn every_read_finds_something_and_what_is_filled_in_changes_no_result() {
    let app = registry().await;
    // Changes are listed once no older transaction is running, not even in the database of another test.
    page(&app, "/v1/changes", 1).await;
    for (path, operation) in with_method(Method::GET) {
        let id = operation["operationId"].as_str().unwrap();
        let filled = Filled::new(path, operation, true);
        let answer = filled.send(&app, &Method::GET).await;
        assert_eq!(answer.status, 200, "{id}: {}", answer.text());
        assert!(!answer.body.is_empty(), "{id} is empty");
        if let Some(data) = answer
            .header("content-type")
            .filter(|media_type| media_type.starts_with("application/json"))
            .and_then(|_| answer.json().get("data").cloned())
        {
            assert_ne!(data, json!([]), "{id} lists nothing");
        }
        let required = Filled::new(path, operation, false);
        if required.path != filled.path || !filled.headers.is_empty() {
            let plain = required.send(&app, &Method::GET).await;
            assert_eq!(plain.text(), answer.text(), "{id}: {}", filled.path);
        }
    }
}

#[actix_web::test]
async fn every_write_is_accepted_and_so_is_the_same_write_again() {
    let app = registry().await;
    for method in [Method::PUT, Method::POST, Method::PATCH] {
        for (path, operation) in with_method(method.clone()) {
            let id = operation["operationId"].as_str().unwrap();
            let filled = Filled::new(path, operation, true);
            let statuses = [
                filled.send(&app, &method).await,
                filled.send(&app, &method).await,
            ]
            .map(|answer| {
                assert!(answer.status < 300, "{id}: {}", answer.text());
                let replaced = id.starts_with("replace_");
                assert!(!replaced || answer.json()["version"] == 1, "{id} changes");
                answer.status
            });
            let expected = match id.split('_').next().unwrap() {
                "create" => [201, 201],
                "put" => [201, 200],
                _ => [200, 200],
            };
            assert_eq!(statuses, expected, "{id}");
        }
    }
}

/// Cities and themes of the sample cannot be deleted, because its plan names them. What is deleted last is deleted first here: a
/// plan takes its activities and outcomes along.
#[actix_web::test]
async fn every_delete_is_accepted_but_for_what_the_sample_plan_uses() {
    let app = registry().await;
    for (path, operation) in with_method(Method::DELETE).rev() {
        let id = operation["operationId"].as_str().unwrap();
        let filled = Filled::new(path, operation, true);
        let answer = filled.send(&app, &Method::DELETE).await;
        if id == "delete_city" || id == "delete_theme" {
            answer.problem(409, "in_use");
        } else {
            assert_eq!(answer.status, 204, "{id}: {}", answer.text());
        }
    }
}

/// A record without its read-only properties, as a person would send it.
fn writable(value: &mut Value, schema: &Value) {
    let schema = resolved(schema);
    match value {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| writable(item, &schema["items"])),
        Value::Object(members) => {
            members.retain(|name, _| schema["properties"][name]["readOnly"] != true);
            members
                .iter_mut()
                .for_each(|(name, member)| writable(member, &schema["properties"][name]));
        }
        _ => {}
    }
}

/// They are embedded in the program, so a change needs two runs: one that writes them and one that compiles them.
#[actix_web::test]
async fn regenerate_what_replaces_a_record_and_it_is_the_record_of_the_sample() {
    let app = registry().await;
    for specimen in ALL {
        let plural = specimen.collection;
        let path = format!("/v1/{plural}/{{{}_id}}", specimen.singular);
        let operation = &doc()["paths"][&path]["put"];
        let address = Filled::new(&path, operation, true).path;
        let mut record = app.get(&address).await.json();
        writable(
            &mut record,
            &schemas()[&format!("{}Input", specimen.schema())],
        );
        let file = format!(
            "{}/openapi/examples/{plural}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let mut examples: Value =
            serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        if std::env::var_os("UCAP_REGENERATE").is_some() {
            examples["replace"] = record.clone();
            let text = serde_json::to_string_pretty(&examples).unwrap() + "\n";
            std::fs::write(&file, text).unwrap();
        }
        assert_eq!(
            examples["replace"], record,
            "{plural} is not current; run: UCAP_REGENERATE=1 cargo test --test api regenerate"
        );
    }
}

#[test]
fn the_lists_of_a_group_come_before_its_exports_and_those_before_its_import() {
    let mut last: Vec<(&str, u8)> = Vec::new();
    for (path, _, operation) in operations_of(doc()) {
        let tag = operation["tags"][0].as_str().unwrap();
        let rank = match path {
            path if path.starts_with("/v1/exports/") => 1,
            path if path.starts_with("/v1/imports/") => 2,
            _ => 0,
        };
        let before = last.iter().rfind(|(known, _)| *known == tag);
        assert!(before.is_none_or(|(_, before)| *before <= rank), "{path}");
        last.push((tag, rank));
    }
    let groups: Vec<&str> = doc()["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        (groups.first(), groups.last()),
        (Some(&"plans"), Some(&"operations"))
    );
}
