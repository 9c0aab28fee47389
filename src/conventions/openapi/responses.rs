//! Bodies and responses that several operations have, and the problems of each status.

use crate::conventions::contract::schema::reference;
use crate::conventions::resource::Resource;
use serde_json::{Value, json};

pub(super) fn header(description: &str, example: &str) -> Value {
    json!({"description": description, "schema": {"type": "string"}, "example": example})
}

pub(super) fn tag_header() -> Value {
    header(
        "Entity tag: the version of the record and a hash of the body.",
        "\"1-GZ0kk6Mf\"",
    )
}

pub(super) fn not_modified() -> Value {
    json!({"description": "The copy that the client has is still good."})
}

pub(super) fn record_response<R: Resource>(description: &str) -> Value {
    json!({
        "description": description, "headers": {"ETag": tag_header()},
        "content": {"application/json": {"schema": reference(R::KIND.schema())}}
    })
}

pub(super) fn body(schema: &str, media_type: &str, description: &str) -> Value {
    json!({"required": true, "description": description, "content": {(media_type): {"schema": reference(schema)}}})
}

/// Adds the responses of those statuses, all of them problem documents.
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
                "Entity tag of the record as it is now.",
                "\"2-hcXeTKGq\"",
            )),
            503 => Some(("Retry-After", "Seconds to wait before trying again.", "2")),
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
            "The request cannot be read, or has a parameter that is not known or not valid, or a header that is not valid or not supported."
        }
        401 => "A key is needed, or the one that was sent is not valid.",
        403 => "The role of the key does not allow this.",
        404 => "There is no such record.",
        406 => "None of the accepted media types can be served.",
        408 => "The body did not arrive in time.",
        409 => "The request conflicts with stored records.",
        412 => "The record has changed since it was read.",
        413 => "The body is too large.",
        415 => "The body has a media type or a content coding that is not taken here.",
        417 => "The header Expect asks for what the service does not do.",
        422 => "The body breaks the schema or a rule; every fault is listed.",
        503 => "The database is not available; try again later.",
        _ => "The service failed.",
    }
}
