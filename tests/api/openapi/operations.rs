//! The rules for operations: their names, parameters, bodies and responses, and that each exists.

use super::{doc, is_snake};
use crate::harness::App;
use crate::harness::specimens::ALL;
use actix_web::http::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use ucap::conventions::contract::operations_of;

#[test]
fn operation_ids_are_unique_and_consist_of_a_verb_and_a_noun_in_snake_case() {
    let mut seen = BTreeSet::new();
    let tags: BTreeMap<&str, &Value> = doc()["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| (tag["name"].as_str().unwrap(), &tag["description"]))
        .collect();
    for (path, _, operation) in operations_of(doc()) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(
            is_snake(id) && id.contains('_') && seen.insert(id),
            "{id} at {path}"
        );
        assert!(
            [
                "list", "get", "create", "replace", "patch", "delete", "put", "export", "import",
                "search"
            ]
            .contains(&id.split('_').next().unwrap()),
            "{id}"
        );
        let [tag] = operation["tags"].as_array().unwrap().as_slice() else {
            panic!("{id} has not one tag")
        };
        assert!(
            tags.get(tag.as_str().unwrap())
                .is_some_and(|description| !description.as_str().unwrap().is_empty())
        );
    }
    assert!(tags.keys().all(|tag| is_snake(tag)));
}

#[test]
fn parameters_have_snake_case_names_and_descriptions_and_are_never_null() {
    const RESERVED: [&str; 9] = [
        "from", "in", "type", "class", "import", "def", "self", "default", "match",
    ];
    for (path, _, operation) in operations_of(doc()) {
        for parameter in operation
            .get("parameters")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let name = parameter["name"].as_str().unwrap();
            match parameter["in"].as_str().unwrap() {
                "header" => assert!(
                    [
                        "If-Match",
                        "If-None-Match",
                        "Idempotency-Key",
                        "X-Request-Id"
                    ]
                    .contains(&name)
                ),
                "query" | "path" => assert!(is_snake(name) && !RESERVED.contains(&name), "{name}"),
                other => panic!("{name} is in {other}"),
            }
            assert!(
                !parameter["description"].as_str().unwrap().is_empty(),
                "{path} {name}"
            );
            assert!(
                parameter
                    .get("style")
                    .is_none_or(|style| style == "form" || style == "simple")
            );
            assert!(parameter.get("explode") != Some(&json!(false)));
            let schema = &parameter["schema"];
            assert!(
                !schema["type"].is_array() && schema.get("oneOf").is_none(),
                "{path} {name} is nullable"
            );
            // What else is filled in, and that it changes nothing, is tested in `try_it_out`.
            let required = parameter["required"] == true;
            let named = schema.get("$ref").is_some();
            let example = parameter.get("example").or(schema.get("example"));
            assert_eq!(example.is_some(), required || named, "{path} {name}");
            assert!(
                required
                    || named
                    || schema["type"] == "boolean"
                    || name == "cursor"
                    || parameter["description"]
                        .as_str()
                        .is_some_and(|text| text.contains("For example: `")),
                "{path} {name} has no example"
            );
            if parameter["in"] == "path" && path.starts_with("/v1/") {
                assert!(name.ends_with("_id"));
            }
        }
    }
}

#[test]
fn each_operation_has_at_most_one_request_type_one_success_response_and_otherwise_problems() {
    for (path, method, operation) in operations_of(doc()) {
        let id = operation["operationId"].as_str().unwrap();
        if let Some(body) = operation.get("requestBody") {
            let types: Vec<&String> = body["content"].as_object().unwrap().keys().collect();
            let expected = match method {
                Method::PATCH => "application/merge-patch+json",
                _ if id.starts_with("import_") => "application/octet-stream",
                _ => "application/json",
            };
            assert_eq!(types, [expected], "{id}");
        }
        let responses = operation["responses"].as_object().unwrap();
        // An operation that creates or replaces has two statuses with the same response.
        let successes: Vec<(&str, &Value)> = responses
            .iter()
            .filter(|(status, _)| status.starts_with('2'))
            .map(|(status, answer)| (status.as_str(), &answer["content"]))
            .collect();
        match successes.as_slice() {
            [_] => {}
            [("200", replaced), ("201", created)] if id.starts_with("put_") => {
                assert_eq!(replaced, created, "{id}")
            }
            other => panic!("{id}: {other:?}"),
        }
        assert!(
            responses.len() > 2 && !responses.contains_key("default"),
            "{id}"
        );
        for (status, response) in responses {
            assert!(
                !response["description"].as_str().unwrap().is_empty(),
                "{id} {status}"
            );
            if status.starts_with(['4', '5']) {
                assert_eq!(
                    response["content"],
                    json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}),
                    "{id} {status}"
                );
            } else if let Some(content) = response.get("content") {
                assert_eq!(content.as_object().unwrap().len(), 1, "{id}");
            }
        }
        assert!(
            operation["security"]
                .as_array()
                .is_some_and(|security| !security.is_empty()),
            "{path} {id}"
        );
        let writes = operation["security"] == json!([{"api_key": []}]);
        assert_eq!(writes, method != "GET", "{id}");
    }
    assert_eq!(
        (
            &doc()["components"]["securitySchemes"]["api_key"]["type"],
            &doc()["components"]["securitySchemes"]["api_key"]["scheme"]
        ),
        (&json!("http"), &json!("bearer"))
    );
}

#[test]
fn the_response_with_a_created_record_documents_links_to_its_other_operations() {
    let ids: BTreeSet<&str> = operations_of(doc())
        .map(|(_, _, operation)| operation["operationId"].as_str().unwrap())
        .collect();
    for specimen in ALL {
        let links = &doc()["paths"][format!("/v1/{}", specimen.collection)]["post"]["responses"]["201"]
            ["links"];
        let targets: BTreeSet<&str> = links
            .as_object()
            .unwrap()
            .values()
            .map(|link| link["operationId"].as_str().unwrap())
            .collect();
        assert_eq!(targets.len(), 4);
        assert!(targets.iter().all(|target| ids.contains(target)));
    }
}

#[actix_web::test]
async fn every_documented_operation_exists_and_responds_as_documented() {
    let app = App::with(crate::harness::Options {
        sample: true,
        ..Default::default()
    })
    .await;
    for (template, method, operation) in operations_of(doc()) {
        let id = operation["operationId"].as_str().unwrap();
        let specimen = ALL
            .iter()
            .find(|specimen| template.starts_with(&format!("/v1/{}", specimen.collection)));
        let (mut path, mut body) = (template.to_owned(), None);
        path = path.replace(
            "{code}",
            if path.starts_with("/findings") {
                "source_breaks_off"
            } else {
                "not_found"
            },
        );
        if let Some(specimen) = specimen {
            let record = specimen.stored(&app).await;
            path = path.replace(
                &format!("{{{}_id}}", specimen.singular),
                record["id"].as_str().unwrap(),
            );
            body = match method.as_str() {
                "POST" => Some(specimen.document(&app).await),
                "PUT" if template.ends_with("/summary") => Some(app.get(&path).await.json()),
                "PUT" => Some(record),
                "PATCH" => Some(json!({specimen.optional: "x"})),
                _ => None,
            };
        }
        if id == "search_records" {
            path += "?q=water";
        }
        let request = app.request(method.as_str(), &path);
        let answer = match body {
            _ if id.starts_with("import_") => {
                request.bytes("application/x-ndjson", "").send().await
            }
            Some(body) => request.json(&body).send().await,
            None => request.send().await,
        };
        let success = operation["responses"]
            .as_object()
            .unwrap()
            .keys()
            .find(|status| status.starts_with('2'))
            .unwrap();
        assert_eq!(
            answer.status.to_string(),
            *success,
            "{id}: {}",
            answer.text()
        );
    }
}
