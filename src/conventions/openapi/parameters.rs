//! The parameters that several operations share.
//!
//! One rule: an optional parameter has no example that changes the response, because Swagger UI fills every example in. Start with
//! [`describe_examples`].

use crate::conventions::contract::schema::{reference, referenced_name};
use crate::conventions::http::entity_tag::PATTERN;
use crate::domain::RecordKind;
use serde_json::{Map, Value, json};
use utoipa::IntoParams;
use utoipa::openapi::path::ParameterIn;

pub(super) fn key_parameter(kind: RecordKind) -> Value {
    let (singular, has_slug) = (kind.singular(), kind.has_slug());
    let schema = if has_slug {
        json!({"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 200})
    } else {
        json!({"type": "string", "format": "uuid"})
    };
    let key = if has_slug { "Id or slug" } else { "Id" };
    json!({"name": format!("{singular}_id"), "in": "path", "required": true, "description": format!("{key} of the {singular}."), "schema": schema, "example": kind.sample_key()})
}

/// The parameter that names the properties of each record that the response contains.
pub(super) fn fields_parameter(kind: RecordKind) -> Value {
    json!({
        "name": "fields", "in": "query", "required": false, "explode": true, "style": "form",
        "description": "Properties that the response contains; all others are omitted. This is meant for scripts, because generated clients expect all properties.",
        "schema": {"type": "array", "items": reference(&format!("{}Field", kind.schema()))}, "example": ["id"]
    })
}

pub(super) fn query_parameters<P: IntoParams>() -> Vec<Value> {
    let parameters = P::into_params(|| Some(ParameterIn::Query));
    parameters
        .into_iter()
        .filter_map(|parameter| serde_json::to_value(parameter).ok())
        .collect()
}

pub(super) fn if_none_match() -> Value {
    json!({
        "name": "If-None-Match", "in": "header", "required": false,
        "description": "Entity tag of the representation that the client already has. The response is 304 if it has not changed.",
        "schema": {"type": "string", "pattern": PATTERN}, "example": "\"1-GZ0kk6Mf\""
    })
}

pub(super) fn if_match() -> Value {
    json!({
        "name": "If-Match", "in": "header", "required": false,
        "description": "Entity tag (or bare version) that the record must have. The response is 412 if the record has changed.",
        "schema": {"type": "string", "pattern": PATTERN}, "example": "\"1-GZ0kk6Mf\""
    })
}

/// `If-None-Match` in a write.
pub(super) fn write_if_none_match() -> Value {
    json!({
        "name": "If-None-Match", "in": "header", "required": false,
        "description": "Entity tags (or bare versions) that the record must not have; `*` stands for any. The response is 412 if the record has one of them.",
        "schema": {"type": "string", "pattern": PATTERN}, "example": "\"1-GZ0kk6Mf\""
    })
}

/// Moves the examples of optional parameters into their descriptions. An example with a named type is that of its default.
pub(super) fn describe_examples(paths: &mut Value) {
    let items = paths.as_object_mut().into_iter().flat_map(Map::values_mut);
    let operations = items
        .filter_map(Value::as_object_mut)
        .flat_map(Map::values_mut);
    let parameters = operations
        .filter_map(|operation| operation.get_mut("parameters")?.as_array_mut())
        .flatten()
        .filter_map(Value::as_object_mut);
    let optional = parameters.filter(|parameter| {
        let has_named_type = parameter.get("schema").and_then(referenced_name).is_some();
        parameter.get("required") != Some(&json!(true)) && !has_named_type
    });
    for parameter in optional {
        let schema = parameter.get_mut("schema").and_then(Value::as_object_mut);
        let of_type = schema.and_then(|schema| schema.remove("example"));
        let Some(example) = parameter.remove("example").or(of_type) else {
            continue;
        };
        if let Some(Value::String(description)) = parameter.get_mut("description") {
            description.push_str(&format!(" For example: `{}`.", in_address(&example)));
        }
    }
}

/// An example as it is written in an address or in a header.
fn in_address(example: &Value) -> String {
    match example {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(in_address).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
