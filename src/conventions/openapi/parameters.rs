//! Parameters that several operations have.

use crate::conventions::contract::schema::reference;
use crate::conventions::http::entity_tag::PATTERN;
use crate::domain::RecordKind;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa::openapi::path::ParameterIn;

pub(super) fn key_parameter(name: RecordKind) -> Value {
    let (singular, has_slug) = (name.singular(), name.has_slug());
    let id = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b";
    let schema = if has_slug {
        json!({"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 200})
    } else {
        json!({"type": "string", "format": "uuid"})
    };
    let what = if has_slug { "Id or slug" } else { "Id" };
    json!({"name": format!("{singular}_id"), "in": "path", "required": true, "description": format!("{what} of the {singular}."), "schema": schema, "example": id})
}

/// The parameter that names the properties that are wanted of each record.
pub(super) fn fields_parameter(name: RecordKind) -> Value {
    json!({
        "name": "fields", "in": "query", "required": false, "explode": true, "style": "form",
        "description": "Properties that are wanted; the others stay away. For scripts: generated clients expect all of them.",
        "schema": {"type": "array", "items": reference(&format!("{}Field", name.schema()))}, "example": ["id"]
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
        "description": "Entity tag of the copy that the client has; 304 if it is still good.",
        "schema": {"type": "string", "pattern": PATTERN}, "example": "\"1-GZ0kk6Mf\""
    })
}

pub(super) fn if_match() -> Value {
    json!({
        "name": "If-Match", "in": "header", "required": false,
        "description": "Entity tag (or bare version) that the record must still have; 412 if it has changed.",
        "schema": {"type": "string", "pattern": PATTERN}, "example": "\"1-GZ0kk6Mf\""
    })
}

/// `If-None-Match` of a write.
pub(super) fn unless_match() -> Value {
    json!({
        "name": "If-None-Match", "in": "header", "required": false,
        "description": "Entity tags (or bare versions) that the record must not have, `*` for any; 412 if it has one of them.",
        "schema": {"type": "string", "pattern": PATTERN}, "example": "\"1-GZ0kk6Mf\""
    })
}
