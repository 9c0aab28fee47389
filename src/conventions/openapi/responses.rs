//! The bodies and responses that several operations share, and the description of each error status.

use crate::conventions::contract::schema::reference;
use crate::conventions::resource::Resource;
use serde_json::{Value, json};

pub(super) fn header(description: &str, example: &str) -> Value {
    json!({"description": description, "schema": {"type": "string"}, "example": example})
}

pub(super) fn tag_header() -> Value {
    header(
        "Entity tag, which consists of the version of the record and a hash of the body.",
        "\"1-GZ0kk6Mf\"",
    )
}

pub(super) fn not_modified() -> Value {
    json!({"description": "The representation that the client already has is current."})
}

pub(super) fn record_response<R: Resource>(description: &str) -> Value {
    json!({
        "description": description, "headers": {"ETag": tag_header()},
        "content": {"application/json": {"schema": reference(R::KIND.schema())}}
    })
}

pub(super) fn body(schema: &str, media_type: &str, description: &str, example: Value) -> Value {
    let content = json!({(media_type): {"schema": reference(schema), "example": example}});
    json!({"required": true, "description": description, "content": content})
}

/// Adds the responses with those statuses, all of which are problem documents.
pub(super) fn problems(operation: &mut Value, statuses: &[u16]) {
    let Some(responses) = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    for status in statuses {
        let mut response = json!({
            "description": description_of(*status),
            "content": {"application/problem+json": {"schema": reference("Problem")}}
        });
        let extra = match status {
            401 => Some((
                "WWW-Authenticate",
                "How to authenticate.",
                "Bearer realm=\"ucap\"",
            )),
            412 => Some((
                "ETag",
                "Current entity tag of the record.",
                "\"2-hcXeTKGq\"",
            )),
            503 => Some((
                "Retry-After",
                "Number of seconds to wait before the next attempt.",
                "2",
            )),
            _ => None,
        };
        if let (Some((name, text, example)), Some(members)) = (extra, response.as_object_mut()) {
            members.insert("headers".into(), json!({(name): header(text, example)}));
        }
        responses.insert(status.to_string(), response);
    }
}

fn description_of(status: u16) -> &'static str {
    match status {
        400 => {
            "The request is malformed, has an unknown or invalid parameter, or has a header that is malformed or not supported."
        }
        401 => "The operation requires an API key, or the key that was sent is not valid.",
        403 => "The role of the API key does not allow the operation.",
        404 => "The record does not exist.",
        406 => "None of the accepted media types is available.",
        408 => "The body did not arrive in time.",
        409 => "The request conflicts with stored records.",
        412 => "A precondition failed, usually because the record has changed since it was read.",
        413 => "The body is too large.",
        415 => "The media type or the content coding of the body is not supported here.",
        417 => "The Expect header asks for something that is not supported.",
        422 => "The body violates the schema or a rule. All faults are listed.",
        503 => "The database is not available. Try again later.",
        _ => "The service failed.",
    }
}
