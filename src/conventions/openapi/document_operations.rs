//! Operations on the whole that a record heads: read it in some form, put it as one document.

use super::Variant;
use super::operation::{Content, Operation, Tag, read_with_tag};
use super::parameters::{if_match, if_none_match, key_parameter, query_parameters};
use super::responses::{body, header, problems, tag_header};
use crate::conventions::contract::Access;
use crate::conventions::contract::schema::reference;
use crate::conventions::http::entity_tag::PATTERN;
use crate::domain::RecordKind;
use actix_web::http::Method;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

/// `GET` of the whole in one of its forms.
pub fn read_document(
    tag: Tag,
    head: RecordKind,
    id: &str,
    texts: (&str, &str),
    content: Content,
) -> Operation {
    let mut operation = read_with_tag(
        tag,
        id,
        Access::Read,
        texts,
        content,
        &[400, 401, 403, 404, 406, 500, 503],
    );
    operation.set("parameters", json!([key_parameter(head), if_none_match()]));
    operation
}

/// `PUT` of the whole: replaces it, or makes it where the key is a slug that is not taken. `P` are the parameters, `A` is the answer.
pub fn put_document<P: IntoParams, A: ToSchema>(
    tag: Tag,
    head: RecordKind,
    id: &str,
    texts: (&str, &str),
    variant: Variant,
) -> Operation {
    let mut operation = Operation::new(
        Method::PUT,
        id.to_owned(),
        Access::Write,
        tag,
        texts.0,
        texts.1,
    )
    .with_schema::<A>();
    let mut parameters = vec![key_parameter(head)];
    parameters.extend(query_parameters::<P>());
    parameters.extend([if_match(), create_only()]);
    operation.set("parameters", json!(parameters));
    operation.set(
        "requestBody",
        body(
            &format!("{}Input", variant.root),
            "application/json",
            "The whole document.",
        ),
    );
    operation.set("responses", put_responses(head, &reference(&A::name())));
    problems(
        &mut operation.value,
        &[
            400, 401, 403, 404, 406, 408, 409, 412, 413, 415, 417, 422, 500, 503,
        ],
    );
    operation.variant = Some(variant);
    operation
}

/// The answers to a document that is stored, or would be.
fn put_responses(head: RecordKind, schema: &Value) -> Value {
    let answer = |description: &str, headers: Value| {
        let content = json!({"application/json": {"schema": schema}});
        json!({"description": description, "headers": headers, "content": content})
    };
    let location = header(
        "Address of the record that was made.",
        &format!("/v1/{}/0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b", head.plural()),
    );
    json!({
        "200": answer("The document is stored, or would be.", json!({"ETag": tag_header()})),
        "201": answer("The document is stored; there was none.", json!({"ETag": tag_header(), "Location": location}))
    })
}

fn create_only() -> Value {
    json!({
        "name": "If-None-Match", "in": "header", "required": false,
        "description": "`*`: store the document only if there is none; entity tags: only if it is none of these; 412 otherwise.",
        "schema": {"type": "string", "pattern": PATTERN}, "example": "*"
    })
}
