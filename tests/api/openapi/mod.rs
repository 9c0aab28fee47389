//! The rules of the document that client generators require, one test for each; the rules for operations are in `operations`.

mod operations;
mod try_it_out;

use crate::harness::{App, CONTRACT};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Read;
use std::sync::Arc;
use ucap::conventions::contract::operations_of;
use ucap::conventions::openapi::{document, downgrade};
use ucap::server;

fn doc() -> &'static Value {
    CONTRACT.document()
}

fn schemas() -> &'static serde_json::Map<String, Value> {
    doc()["components"]["schemas"].as_object().unwrap()
}

/// Calls `visit` with the path and the value of every node below `value`.
fn walk(path: &str, value: &Value, visit: &mut impl FnMut(&str, &Value)) {
    visit(path, value);
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, member)| walk(&format!("{path}/{name}"), member, visit)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, item)| walk(&format!("{path}/{index}"), item, visit)),
        _ => {}
    }
}

fn is_snake(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}

#[test]
fn regenerate_documents_and_the_committed_documents_are_up_to_date() {
    for (name, generated) in [
        ("openapi.json", doc().clone()),
        ("openapi-3.0.json", downgrade(doc())),
    ] {
        let path = format!("{}/openapi/{name}", env!("CARGO_MANIFEST_DIR"));
        let text = serde_json::to_string_pretty(&generated).unwrap() + "\n";
        if std::env::var_os("UCAP_REGENERATE").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        assert!(
            std::fs::read_to_string(&path).unwrap_or_default() == text,
            "{name} is not current; run: UCAP_REGENERATE=1 cargo test --test api regenerate"
        );
    }
}

#[test]
fn the_versions_are_3_1_0_and_3_0_3_and_the_older_has_nothing_of_the_newer() {
    assert_eq!(doc()["openapi"], "3.1.0");
    let older = downgrade(doc());
    assert_eq!(older["openapi"], "3.0.3");
    walk("", &older, &mut |path, value| {
        assert!(!(path.ends_with("/type") && value.is_array()), "{path}");
        for keyword in ["const", "examples", "propertyNames", "identifier"] {
            assert!(
                value.get(keyword).is_none() || path.ends_with("/properties"),
                "{path} has {keyword}"
            );
        }
        assert!(value.get("type") != Some(&json!("null")), "{path}");
        assert!(
            value.get("$ref").is_none() || value.as_object().map(serde_json::Map::len) == Some(1),
            "{path} has members beside a reference, which OpenAPI 3.0 ignores"
        );
        assert!(
            value.get("exclusiveMinimum").is_none_or(Value::is_boolean),
            "{path}"
        );
    });
}

#[test]
fn every_reference_resolves() {
    walk("", doc(), &mut |path, value| {
        if let Some(target) = value.get("$ref").and_then(Value::as_str) {
            assert!(
                doc().pointer(target.trim_start_matches('#')).is_some(),
                "{path} refers to {target}"
            );
        }
    });
}

#[test]
fn every_component_is_used() {
    let mut used = BTreeSet::new();
    walk("", doc(), &mut |_, value| {
        if let Some(name) = value
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|target| target.rsplit('/').next())
        {
            used.insert(name.to_owned());
        }
    });
    let unused: Vec<&String> = schemas()
        .keys()
        .filter(|name| !used.contains(*name))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn bodies_pages_errors_and_enums_are_named_components_in_pascal_case() {
    let mut folded = BTreeSet::new();
    for name in schemas().keys() {
        assert!(
            name.starts_with(|first: char| first.is_ascii_uppercase())
                && name.chars().all(|letter| letter.is_ascii_alphanumeric()),
            "{name}"
        );
        assert!(
            folded.insert(name.to_lowercase()),
            "{name} is there twice but for its case"
        );
    }
    for (path, _, operation) in operations_of(doc()) {
        let bodies = operation["responses"]
            .as_object()
            .unwrap()
            .values()
            .chain(operation.get("requestBody"));
        for content in bodies
            .filter_map(|body| body.get("content")?.as_object())
            .flatten()
        {
            assert!(
                content.1["schema"].get("$ref").is_some()
                    || content.1["schema"]["type"] == "string",
                "{path} has an inline body"
            );
        }
    }
    walk("", &doc()["components"]["schemas"], &mut |path, value| {
        if value.get("enum").is_some_and(Value::is_array) && !path.contains("/example") {
            assert_eq!(path.matches('/').count(), 1, "{path} has an inline enum");
        }
        assert!(
            !(value.get("properties").is_some_and(Value::is_object)
                && path.matches('/').count() > 1
                && !path.contains("/example")),
            "{path} is inline"
        );
    });
}

#[test]
fn two_types_with_the_same_name_are_detected() {
    #[derive(utoipa::ToSchema)]
    #[schema(as = CityKind)]
    #[expect(dead_code, reason = "its schema is all that is wanted of it")]
    struct Another(i32);
    let mut operations = server::routes().operations();
    let (path, operation) = operations.pop().unwrap();
    operations.push((path, operation.with_schema::<Another>()));
    assert_eq!(
        document(operations).unwrap_err(),
        "two different types have a schema named CityKind"
    );
}

#[test]
fn info_has_all_members_that_generators_require() {
    let info = &doc()["info"];
    for pointer in [
        "/title",
        "/version",
        "/description",
        "/license/name",
        "/license/identifier",
        "/contact/name",
    ] {
        assert!(
            info.pointer(pointer)
                .and_then(Value::as_str)
                .is_some_and(|text| !text.is_empty()),
            "{pointer}"
        );
    }
    assert!(doc()["servers"][0]["url"].is_string());
}

#[test]
fn there_is_no_polymorphism_and_no_composition() {
    walk("", &doc()["components"]["schemas"], &mut |path, value| {
        assert!(
            value.get("discriminator").is_none()
                && value.get("allOf").is_none()
                && value.get("anyOf").is_none(),
            "{path}"
        );
        if let Some(branches) = value.get("oneOf").and_then(Value::as_array) {
            assert!(
                branches.len() == 2
                    && branches[0] == json!({"type": "null"})
                    && branches[1].get("$ref").is_some(),
                "{path}"
            );
        }
        if let Some(kinds) = value.get("type").and_then(Value::as_array) {
            assert!(kinds.len() == 2 && kinds.contains(&json!("null")), "{path}");
        }
    });
}

#[test]
fn integers_have_signed_formats_and_names_are_snake_case() {
    walk("", &doc()["components"]["schemas"], &mut |path, value| {
        let is_integer = value.get("type").is_some_and(|kind| {
            kind == "integer"
                || kind
                    .as_array()
                    .is_some_and(|kinds| kinds.contains(&json!("integer")))
        });
        if is_integer {
            assert!(
                ["int32", "int64"].contains(&value["format"].as_str().unwrap_or_default()),
                "{path}"
            );
        }
        if path.ends_with("/properties") {
            value
                .as_object()
                .unwrap()
                .keys()
                .for_each(|name| assert!(is_snake(name), "{path}/{name}"));
        }
        if path.ends_with("/enum") {
            value
                .as_array()
                .unwrap()
                .iter()
                .for_each(|name| assert!(is_snake(name.as_str().unwrap()), "{path}"));
        }
    });
}

#[test]
fn responses_have_every_property_and_inputs_refuse_others() {
    let mut inputs = BTreeSet::new();
    for (_, _, operation) in operations_of(doc()) {
        if let Some(body) = operation.get("requestBody") {
            reach(&body["content"], &mut inputs);
        }
    }
    for (name, schema) in schemas() {
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
            continue;
        };
        let required: BTreeSet<&str> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if inputs.contains(name) {
            assert_eq!(schema["additionalProperties"], false, "{name}");
            assert!(name.ends_with("Input") || name.ends_with("Patch"), "{name}");
            assert!(!name.ends_with("Patch") || required.is_empty(), "{name}");
            assert!(
                required
                    .iter()
                    .all(|property| properties[*property].get("readOnly").is_none()),
                "{name}"
            );
            assert_ne!(
                schema["required"],
                json!([]),
                "OpenAPI 3.0 has no empty list of required properties"
            );
        } else {
            let included = |property: &str| {
                doc()["components"]["schemas"][format!("{name}Include")]["enum"]
                    .as_array()
                    .is_some_and(|all| all.contains(&json!(property)))
            };
            let optional: Vec<&String> = properties
                .keys()
                .filter(|property| !required.contains(property.as_str()) && !included(property))
                .collect();
            assert!(
                optional.is_empty() || optional == ["total", "total_is_estimate"],
                "{name}: {optional:?}"
            );
        }
        for (property, schema) in properties {
            let null_reference = schema["oneOf"][1]["$ref"]
                .as_str()
                .and_then(|target| doc().pointer(target.trim_start_matches('#')));
            assert!(
                inputs.contains(name)
                    || null_reference.is_none_or(|target| target.get("enum").is_some()),
                "{name}.{property} is an object or null"
            );
        }
    }
}

fn reach(value: &Value, found: &mut BTreeSet<String>) {
    let mut open = Vec::new();
    walk("", value, &mut |_, value| {
        open.extend(value.get("$ref").and_then(Value::as_str).map(str::to_owned))
    });
    for target in open {
        let name = target.rsplit('/').next().unwrap().to_owned();
        let schema = &schemas()[&name];
        if schema.get("properties").is_some() && found.insert(name) {
            reach(schema, found);
        }
    }
}

/// The faults of a value under a schema, including faults of the formats of the registry.
fn checked(name: &str, value: &Value) -> Vec<String> {
    let compiler = ucap::conventions::contract::Compiler::new(Arc::new(doc().clone()));
    let validator = compiler
        .compile(json!({"$ref": format!("#/components/schemas/{name}")}))
        .unwrap();
    validator
        .iter_errors(value)
        .map(|error| format!("{} {error}", error.instance_path()))
        .collect()
}

#[test]
fn everything_has_a_description_and_a_valid_example() {
    for (name, schema) in schemas() {
        assert!(
            !schema["description"]
                .as_str()
                .unwrap_or_default()
                .is_empty(),
            "{name}"
        );
        for (property, schema) in schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            assert!(
                !schema["description"]
                    .as_str()
                    .unwrap_or_default()
                    .is_empty(),
                "{name}.{property}"
            );
        }
        let example = schema
            .get("example")
            .unwrap_or_else(|| panic!("{name} has no example"));
        let mut whole = schema.clone();
        whole["components"] = json!({"schemas": schemas()});
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&whole)
            .unwrap();
        let errors: Vec<String> = validator
            .iter_errors(example)
            .map(|error| format!("{} {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:?} in {example}");
        if name.ends_with("Input") || name.ends_with("Patch") {
            let faults = checked(name, example);
            assert!(faults.is_empty(), "{name}: {faults:?}");
        }
    }
}

#[test]
fn every_text_and_list_of_a_request_has_a_limit() {
    for (name, schema) in schemas()
        .iter()
        .filter(|(name, _)| name.ends_with("Input") || name.ends_with("Patch"))
    {
        walk(name, &schema["properties"], &mut |path, value| {
            let is = |kind: &str| {
                value.get("type").is_some_and(|own| {
                    own == kind || own.as_array().is_some_and(|own| own.contains(&json!(kind)))
                })
            };
            if is("string") {
                assert!(
                    value.get("maxLength").is_some() && value.get("pattern").is_some()
                        || value.get("format").is_some(),
                    "{path}"
                );
            }
            assert!(!is("array") || value.get("maxItems").is_some(), "{path}");
        });
    }
}

#[actix_web::test]
async fn both_documents_and_their_viewer_are_served() {
    let app = App::start().await;
    assert_eq!(app.get("/openapi.json").await.json(), *doc());
    assert_eq!(app.get("/openapi-3.0.json").await.json(), downgrade(doc()));
    let index = app.get("/").await;
    assert_eq!(
        index.header("link"),
        Some(
            "</openapi.json>; rel=\"service-desc\", </docs/>; rel=\"service-doc\", </docs/guide>; rel=\"help\""
        )
    );
    for url in [&index.json()["guide_url"], &doc()["externalDocs"]["url"]] {
        assert_eq!(app.get(url.as_str().unwrap()).await.status, 200, "{url}");
    }
    assert_eq!(
        (
            app.get("/docs").await.status,
            app.request("HEAD", "/docs/").send().await.status
        ),
        (308, 200)
    );
    app.get("/docs/nothing").await.problem(404, "not_found");
    let page = app.get("/docs/").await;
    assert!(page.status == 200 && page.text().contains("swagger-ui"));
    for asset in [
        "swagger-ui-bundle.js",
        "swagger-ui.css",
        "swagger-initializer.js",
    ] {
        let file = app.get(&format!("/docs/{asset}")).await;
        assert_eq!(file.status, 200, "{asset}");
        assert!(asset != "swagger-initializer.js" || file.text().contains("/openapi.json"));
    }
    assert!(
        page.text()
            .contains("<title>API reference – U-CAP registry</title>")
    );
    for link in ["/problems", "/findings", "/openapi.json"] {
        assert!(page.text().contains(&format!("href=\"{link}\"")), "{link}");
    }
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"));
    for file in ["", "swagger-initializer.js", "index.css"] {
        let text = app.get(&format!("/docs/{file}")).await.text();
        let outside = text.lines().find(|line| {
            line.contains("src=\"http") || line.contains("href=\"http") || line.contains("url(http")
        });
        assert!(outside.is_none(), "{file}: {outside:?}");
    }
}

#[actix_web::test]
async fn the_viewer_is_sent_compressed_to_whoever_takes_it_and_not_sent_again() {
    let app = App::start().await;
    for file in ["/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"] {
        let plain = app.get(file).await;
        assert_eq!(plain.header("content-encoding"), None);
        let compressed = app
            .request("GET", file)
            .header("accept-encoding", "gzip, br")
            .send()
            .await;
        assert_eq!(compressed.header("content-encoding"), Some("gzip"));
        assert!(
            compressed
                .header("vary")
                .is_some_and(|vary| vary.contains("Accept-Encoding"))
        );
        let mut read = Vec::new();
        flate2::read::GzDecoder::new(compressed.body.as_slice())
            .read_to_end(&mut read)
            .unwrap();
        assert!(read == plain.body && compressed.body.len() * 3 < plain.body.len());
        let again = app
            .request("GET", file)
            .header("accept-encoding", "gzip, br")
            .header("if-none-match", &compressed.etag())
            .send()
            .await;
        assert_eq!((again.status, again.body.len()), (304, 0));
    }
}
