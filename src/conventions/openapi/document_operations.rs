//! The operations on a whole plan document: read it in some format, or store it.

use super::Variant;
use super::operation::{Content, Operation, Tag, read_with_tag};
use super::parameters::{if_match, if_none_match, key_parameter, query_parameters};
use super::responses::{body, header, problems, tag_header};
use crate::conventions::contract::Access;
use crate::conventions::contract::schema::{reference, set_member};
use crate::conventions::http::entity_tag::PATTERN;
use crate::domain::RecordKind;
use actix_web::http::Method;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

/// `GET` of a document in one of its formats. `kind` is that of the record in the path.
pub fn read_document(
    tag: Tag,
    kind: RecordKind,
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
    operation.set("parameters", json!([key_parameter(kind), if_none_match()]));
    operation
}

/// `PUT` of a document: replaces it, or creates it under a slug that is not in use. `P` are the query parameters, and `A` is the
/// response. `example` is a document in JSON.
pub fn put_document<P: IntoParams, A: ToSchema>(
    tag: Tag,
    kind: RecordKind,
    id: &str,
    (summary, description): (&str, &str),
    variant: Variant,
    example: &str,
) -> Operation {
    let mut operation = Operation::new(
        Method::PUT,
        id.to_owned(),
        Access::Write,
        tag,
        summary,
        description,
    )
    .with_schema::<A>();
    let example: Value = serde_json::from_str(example).unwrap_or_default();
    let mut parameters = vec![key_of(kind, &example)];
    parameters.extend(query_parameters::<P>());
    parameters.extend([if_match(), document_if_none_match()]);
    operation.set("parameters", json!(parameters));
    operation.set(
        "requestBody",
        body(
            &format!("{}Input", variant.root),
            "application/json",
            "The whole document.",
            example,
        ),
    );
    operation.set("responses", put_responses(kind, &reference(&A::name())));
    problems(
        &mut operation.value,
        &[
            400, 401, 403, 404, 406, 408, 409, 412, 413, 415, 417, 422, 500, 503,
        ],
    );
    operation.variant = Some(variant);
    operation
}

/// The key of the record in the path, with the slug of a document as its example.
fn key_of(kind: RecordKind, document: &Value) -> Value {
    let mut key = key_parameter(kind);
    let slug = document.pointer(&format!("/{}/slug", kind.singular()));
    set_member(&mut key, "example", slug.cloned().unwrap_or_default());
    key
}

/// The responses to a document that was stored, or that would be stored in a dry run.
fn put_responses(kind: RecordKind, schema: &Value) -> Value {
    let response = |description: &str, headers: Value| {
        let content = json!({"application/json": {"schema": schema}});
        json!({"description": description, "headers": headers, "content": content})
    };
    let location = header(
        "Address of the record that was created.",
        &format!("/v1/{}/0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b", kind.plural()),
    );
    json!({
        "200": response("The document was stored, or would be stored without `dry_run`.", json!({"ETag": tag_header()})),
        "201": response("The document was stored; it did not exist before.", json!({"ETag": tag_header(), "Location": location}))
    })
}

fn document_if_none_match() -> Value {
    json!({
        "name": "If-None-Match", "in": "header", "required": false,
        "description": "`*` stores the document only if it does not exist; entity tags store it only if it has none of them. Otherwise the response is 412.",
        "schema": {"type": "string", "pattern": PATTERN}, "example": "*"
    })
}
