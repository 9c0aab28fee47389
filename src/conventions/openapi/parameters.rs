//! The parameters that several operations share.

use crate::conventions::contract::schema::reference;
use crate::conventions::http::entity_tag::PATTERN;
use crate::domain::RecordKind;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa::openapi::path::ParameterIn;

pub(super) fn key_parameter(kind: RecordKind) -> Value {
    let (singular, has_slug) = (kind.singular(), kind.has_slug());
    let id = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b";
    let schema = if has_slug {
        json!({"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 200})
    } else {
        json!({"type": "string", "format": "uuid"})
    };
    let key = if has_slug { "Id or slug" } else { "Id" };
    json!({"name": format!("{singular}_id"), "in": "path", "required": true, "description": format!("{key} of the {singular}."), "schema": schema, "example": id})
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
