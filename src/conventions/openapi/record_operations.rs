//! The operations that every resource has.
//!
//! One rule: a slice only chooses its operations; everything that the document says about them is written here. Start with
//! [`list`].

use super::Schemas;
use super::operation::{Operation, Tag, own_schema};
use super::parameters::{
    fields_parameter, if_match, if_none_match, key_parameter, query_parameters, write_if_none_match,
};
use super::responses::{body, header, not_modified, problems, record_response, tag_header};
use crate::conventions::contract::Access;
use crate::conventions::contract::schema::reference;
use crate::conventions::paging::{CountMode, Order, PageParameters};
use crate::conventions::resource::filter::ListFilter;
use crate::conventions::resource::selection::Selection;
use crate::conventions::resource::{Nested, Writable};
use crate::domain::RecordKind;
use actix_web::http::Method;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// `GET` of a collection: one page of the list that the filters select.
pub fn list<R: Writable + ToSchema>(tag: Tag) -> Operation {
    let plural = R::KIND.plural();
    list_of::<R>(
        tag,
        format!("list_{plural}"),
        format!("List {plural}"),
        Vec::new(),
        R::Sort::default(),
    )
}

/// `GET` of the records of `R` that belong to a record of another resource.
pub fn list_nested<R: Nested + Writable + ToSchema>(tag: Tag) -> Operation {
    let parent = R::PARENT;
    let plural = R::KIND.plural();
    let id = format!("list_{}_{plural}", parent.singular());
    let mut operation = list_of::<R>(
        tag,
        id,
        format!("List the {plural} of a {}", parent.singular()),
        vec![key_parameter(parent)],
        R::SORT,
    );
    problems(&mut operation.value, &[404]);
    operation
}

fn list_of<R: Writable + ToSchema>(
    tag: Tag,
    id: String,
    summary: String,
    mut parameters: Vec<Value>,
    default_sort: R::Sort,
) -> Operation {
    parameters.extend(query_parameters::<Selection<R::Filter>>());
    parameters.extend(query_parameters::<PageParameters>());
    parameters.push(json!({
        "name": "sort", "in": "query", "required": false, "description": "Key to sort by. Records without a value come last in both directions.",
        "schema": reference(&R::Sort::name()), "example": default_sort
    }));
    parameters.push(fields_parameter(R::KIND));
    parameters.push(if_none_match());
    let description = "A record must match all parameters. If a parameter has several values (repeat the parameter, or separate the \
        values by commas), the record must match one of them. To read all pages, follow `next_cursor`, or the header `Link`, until it \
        is null.";
    let success = json!({"200": {
        "description": "One page of the list.",
        "headers": {"ETag": tag_header(), "Link": header("Address of the next page (RFC 8288, `rel=\"next\"`); absent on the last page.", "</v1/plans?cursor=eyJrIjoi>; rel=\"next\"")},
        "content": {"application/json": {"schema": reference(&format!("{}Page", R::KIND.schema()))}}
    }, "304": not_modified()});
    let mut operation =
        Operation::for_resource::<R>(Method::GET, id, Access::Read, tag, &summary, description);
    operation.set("parameters", json!(parameters));
    operation.set("responses", success);
    operation.schemas.extend([
        own_schema::<R::Sort> as fn(&mut Schemas),
        R::Filter::add_schemas,
        own_schema::<Order>,
        own_schema::<CountMode>,
    ]);
    problems(&mut operation.value, &[400, 401, 403, 406, 500, 503]);
    operation.including::<R>()
}

/// `POST` to a collection: stores a new record.
pub fn create<R: Writable + ToSchema>(tag: Tag) -> Operation {
    let (singular, plural, schema) = (R::KIND.singular(), R::KIND.plural(), R::KIND.schema());
    let summary = format!("Create {} {singular}", article(singular));
    let mut operation = Operation::for_resource::<R>(
        Method::POST,
        format!("create_{singular}"),
        Access::Write,
        tag,
        &summary,
        "The response contains the stored record, its address and its entity tag.",
    );
    operation.set(
        "requestBody",
        body(
            &format!("{schema}Input"),
            "application/json",
            "The record to store.",
            example::<R>("create"),
        ),
    );
    operation.set("responses", json!({"201": {
        "description": format!("The {singular} was stored."),
        "headers": {"ETag": tag_header(), "Location": header("Address of the record.", &format!("/v1/{plural}/0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b"))},
        "content": {"application/json": {"schema": reference(schema)}},
        "links": links_to_created(R::KIND)
    }}));
    problems(
        &mut operation.value,
        &[400, 401, 403, 406, 408, 409, 413, 415, 417, 422, 500, 503],
    );
    operation
}

/// Links to the operations on a record that was just created.
fn links_to_created(kind: RecordKind) -> Map<String, Value> {
    let singular = kind.singular();
    let link = |verb: &str| {
        let operation = format!("{verb}_{singular}");
        let link = json!({
            "operationId": operation, "description": format!("The {singular} that was created."),
            "parameters": {(format!("{singular}_id")): "$response.body#/id"}
        });
        (operation, link)
    };
    ["get", "replace", "patch", "delete"]
        .into_iter()
        .map(link)
        .collect()
}

/// `GET` of one record.
pub fn fetch<R: Writable + ToSchema>(tag: Tag) -> Operation {
    let singular = R::KIND.singular();
    let mut operation = Operation::for_resource::<R>(
        Method::GET,
        format!("get_{singular}"),
        Access::Read,
        tag,
        &format!("Get {} {singular}", article(singular)),
        "If `If-None-Match` contains the entity tag of the representation that you already have, the response is 304 as long as it has \
         not changed.",
    );
    operation.set(
        "parameters",
        json!([
            key_parameter(R::KIND),
            fields_parameter(R::KIND),
            if_none_match()
        ]),
    );
    let mut responses = json!({"200": record_response::<R>("The record.")});
    responses
        .as_object_mut()
        .into_iter()
        .for_each(|responses| drop(responses.insert("304".into(), not_modified())));
    operation.set("responses", responses);
    problems(&mut operation.value, &[400, 401, 403, 404, 406, 500, 503]);
    operation.including::<R>()
}

/// `PUT` of one record: replaces its document.
pub fn replace<R: Writable + ToSchema>(tag: Tag) -> Operation {
    let (singular, schema) = (R::KIND.singular(), R::KIND.schema());
    let mut operation = Operation::for_resource::<R>(
        Method::PUT,
        format!("replace_{singular}"),
        Access::Write,
        tag,
        &format!("Replace {} {singular}", article(singular)),
        "Properties that are left out are cleared, except for those that the service assigned. Read-only properties are accepted and \
         ignored, so the response of a GET can be edited and sent back. A document that equals the stored one does not create a new version.",
    );
    operation.set(
        "parameters",
        json!([key_parameter(R::KIND), if_match(), write_if_none_match()]),
    );
    operation.set(
        "requestBody",
        body(
            &format!("{schema}Input"),
            "application/json",
            "The new document.",
            example::<R>("replace"),
        ),
    );
    operation.set(
        "responses",
        json!({"200": record_response::<R>("The record as it is stored now.")}),
    );
    problems(
        &mut operation.value,
        &[
            400, 401, 403, 404, 406, 408, 409, 412, 413, 415, 417, 422, 500, 503,
        ],
    );
    operation
}

/// `PATCH` of one record by JSON Merge Patch (RFC 7396).
pub fn patch<R: Writable + ToSchema>(tag: Tag) -> Operation {
    let (singular, schema) = (R::KIND.singular(), R::KIND.schema());
    let mut operation = Operation::for_resource::<R>(
        Method::PATCH,
        format!("patch_{singular}"),
        Access::Write,
        tag,
        &format!("Change {} {singular}", article(singular)),
        "The body is a JSON Merge Patch (RFC 7396): properties that are left out do not change, null clears a property, and a list \
         replaces the whole list. An object such as `period` is cleared member by member. The result is validated like a new record. The \
         media type `application/json` is accepted as well. A patch that changes nothing does not create a new version.",
    );
    operation.set(
        "parameters",
        json!([key_parameter(R::KIND), if_match(), write_if_none_match()]),
    );
    operation.set(
        "requestBody",
        body(
            &format!("{schema}Patch"),
            "application/merge-patch+json",
            "The properties to change.",
            example::<R>("patch"),
        ),
    );
    operation.set(
        "responses",
        json!({"200": record_response::<R>("The record as it is stored now.")}),
    );
    problems(
        &mut operation.value,
        &[
            400, 401, 403, 404, 406, 408, 409, 412, 413, 415, 417, 422, 500, 503,
        ],
    );
    operation
}

/// The example body of a write. In a registry with the sample plan, it is accepted as it stands.
fn example<R: Writable>(write: &str) -> Value {
    let all: Value = serde_json::from_str(R::EXAMPLES).unwrap_or_default();
    all.get(write).cloned().unwrap_or_default()
}

/// `DELETE` of one record.
pub fn delete<R: Writable + ToSchema>(tag: Tag) -> Operation {
    let singular = R::KIND.singular();
    let mut operation = Operation::for_resource::<R>(
        Method::DELETE,
        format!("delete_{singular}"),
        Access::Write,
        tag,
        &format!("Delete {} {singular}", article(singular)),
        "Deleting a plan also deletes its activities and outcomes. The change log keeps the history of every deleted record.",
    );
    operation.set(
        "parameters",
        json!([key_parameter(R::KIND), if_match(), write_if_none_match()]),
    );
    operation.set(
        "responses",
        json!({"204": {"description": "The record was deleted."}}),
    );
    problems(
        &mut operation.value,
        &[400, 401, 403, 404, 409, 412, 417, 500, 503],
    );
    operation
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}
