//! Operations as the document describes them: what the six operations of every resource share is said here once.

use super::{Schemas, Variant};
use crate::conventions::contract::Access;
use crate::conventions::http::entity_tag::PATTERN;
use crate::conventions::include::{MOST, Related, Relation};
use crate::conventions::paging::{Order, PageParameters};
use crate::conventions::problem::ProblemBody;
use crate::conventions::resource::{Constraint, Name, Record, Resource};
use actix_web::http::Method;
use serde_json::{Map, Value, json};
use utoipa::openapi::path::ParameterIn;
use utoipa::{IntoParams, ToSchema};

/// An operation with everything that the document says of it.
pub struct Operation {
    /// Its method.
    pub method: Method,
    /// Its operationId.
    pub id: String,
    /// Who may call it.
    pub access: Access,
    /// The constraints of the database that it can run into.
    pub constraints: &'static [Constraint],
    pub(super) value: Value,
    pub(super) tag: &'static str,
    pub(super) tag_description: &'static str,
    /// What gives the schemas that it brings along: they are made only where the document is, not with the routes of each worker.
    pub(super) schemas: Vec<fn(&mut Schemas)>,
    pub(super) resource: Option<(&'static str, &'static str)>,
    pub(super) variant: Option<Variant>,
    pub(super) relations: Option<(&'static str, &'static [Relation])>,
}

/// The group of operations that an operation belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Tag {
    /// Its name, lower snake case.
    pub name: &'static str,
    /// What the group is about.
    pub description: &'static str,
}

/// What a response without a body or with a body that is no schema of a resource has.
#[derive(Debug, Clone)]
pub struct Content {
    /// Its media type.
    pub media_type: &'static str,
    /// Its schema.
    pub schema: Value,
}

/// `GET` of a collection: one page of the list that the filters describe.
pub fn list<R: Resource + ToSchema>(tag: Tag) -> Operation {
    let Name { plural, schema, .. } = R::NAME;
    list_of::<R>(
        tag,
        format!("list_{plural}"),
        format!("List {plural}"),
        Vec::new(),
        schema,
    )
}

/// `GET` of the records of `R` below a record of another resource.
pub fn list_below<R: Resource + ToSchema>(tag: Tag, parent: Name) -> Operation {
    let Name { plural, schema, .. } = R::NAME;
    let id = format!("list_{}_{plural}", parent.singular);
    let mut operation = list_of::<R>(
        tag,
        id,
        format!("List the {plural} of a {}", parent.singular),
        vec![key_parameter(parent)],
        schema,
    );
    problems(&mut operation.value, &[404]);
    operation
}

fn list_of<R: Resource + ToSchema>(
    tag: Tag,
    id: String,
    summary: String,
    mut parameters: Vec<Value>,
    schema: &str,
) -> Operation {
    parameters.extend(query_parameters::<R::Filter>());
    parameters.extend(query_parameters::<PageParameters>());
    parameters.push(json!({
        "name": "sort", "in": "query", "required": false, "description": "Key to sort by; records without a value come last in both directions.",
        "schema": reference(&R::Sort::name()), "example": <R::Sort as Default>::default()
    }));
    parameters.push(fields_parameter(R::NAME));
    parameters.push(if_none_match());
    let description = "Filters combine: different parameters must all hold; of several values of one parameter (repeat it, or join \
        the values by commas) one must. Follow `next_cursor`, or the header `Link`, until it is null.";
    let success = json!({"200": {
        "description": "One page of the list.",
        "headers": {"ETag": tag_header(), "Link": header("Address of the next page (RFC 8288, `rel=\"next\"`); not there on the last page.", "</v1/plans?cursor=eyJrIjoi>; rel=\"next\"")},
        "content": {"application/json": {"schema": reference(&format!("{schema}Page"))}}
    }, "304": not_modified()});
    let mut operation =
        Operation::of::<R>(Method::GET, id, Access::Read, tag, &summary, description);
    operation.set("parameters", json!(parameters));
    operation.set("responses", success);
    operation.schemas.extend([
        own_schema::<R::Sort> as fn(&mut Schemas),
        own_schema::<Order>,
    ]);
    problems(&mut operation.value, &[400, 401, 403, 406, 500, 503]);
    operation
}

/// `POST` to a collection: stores a new record.
pub fn create<R: Resource + ToSchema>(tag: Tag) -> Operation {
    let Name {
        singular,
        plural,
        schema,
        ..
    } = R::NAME;
    let summary = format!("Create {} {singular}", article(singular));
    let mut operation = Operation::of::<R>(
        Method::POST,
        format!("create_{singular}"),
        Access::Write,
        tag,
        &summary,
        "Answers with the stored record, its address and its entity tag.",
    );
    let link = |verb: &str| {
        (
            format!("{verb}_{singular}"),
            json!({
                "operationId": format!("{verb}_{singular}"), "description": format!("The {singular} that was created."),
                "parameters": {(format!("{singular}_id")): "$response.body#/id"}
            }),
        )
    };
    let links: Map<String, Value> = ["get", "replace", "patch", "delete"]
        .into_iter()
        .map(link)
        .collect();
    operation.set(
        "requestBody",
        body(
            &format!("{schema}Input"),
            "application/json",
            "The record to store.",
        ),
    );
    operation.set("responses", json!({"201": {
        "description": format!("The {singular} was stored."),
        "headers": {"ETag": tag_header(), "Location": header("Address of the record.", &format!("/v1/{plural}/0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b"))},
        "content": {"application/json": {"schema": reference(schema)}},
        "links": links
    }}));
    problems(
        &mut operation.value,
        &[400, 401, 403, 406, 408, 409, 413, 415, 417, 422, 500, 503],
    );
    operation
}

/// `GET` of one record.
pub fn fetch<R: Resource + ToSchema>(tag: Tag) -> Operation {
    let Name { singular, .. } = R::NAME;
    let mut operation = Operation::of::<R>(
        Method::GET,
        format!("get_{singular}"),
        Access::Read,
        tag,
        &format!("Get {} {singular}", article(singular)),
        "Send the entity tag of your copy in `If-None-Match` to be answered 304 while it is still good.",
    );
    operation.set(
        "parameters",
        json!([
            key_parameter(R::NAME),
            fields_parameter(R::NAME),
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
    operation
}

/// `PUT` of one record: puts a whole new document in its place.
pub fn replace<R: Resource + ToSchema>(tag: Tag) -> Operation {
    let Name {
        singular, schema, ..
    } = R::NAME;
    let mut operation = Operation::of::<R>(
        Method::PUT,
        format!("replace_{singular}"),
        Access::Write,
        tag,
        &format!("Replace {} {singular}", article(singular)),
        "What is left out is cleared, but for what the service assigned. Read-only properties are taken and ignored, so \
         what GET returned can be edited and sent back. A document equal to the stored one makes no new version.",
    );
    operation.set(
        "parameters",
        json!([key_parameter(R::NAME), if_match(), unless_match()]),
    );
    operation.set(
        "requestBody",
        body(
            &format!("{schema}Input"),
            "application/json",
            "The new document.",
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
pub fn patch<R: Resource + ToSchema>(tag: Tag) -> Operation {
    let Name {
        singular, schema, ..
    } = R::NAME;
    let mut operation = Operation::of::<R>(
        Method::PATCH,
        format!("patch_{singular}"),
        Access::Write,
        tag,
        &format!("Change {} {singular}", article(singular)),
        "JSON Merge Patch (RFC 7396): what is left out stays, null clears, a list replaces the whole list; \
         an object such as `period` is cleared member by member. The result must be as \
         valid as a new record. `application/json` is taken as well. A patch that changes nothing makes no new version.",
    );
    operation.set(
        "parameters",
        json!([key_parameter(R::NAME), if_match(), unless_match()]),
    );
    operation.set(
        "requestBody",
        body(
            &format!("{schema}Patch"),
            "application/merge-patch+json",
            "The properties to change.",
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

/// `DELETE` of one record.
pub fn delete<R: Resource + ToSchema>(tag: Tag) -> Operation {
    let Name { singular, .. } = R::NAME;
    let mut operation = Operation::of::<R>(
        Method::DELETE,
        format!("delete_{singular}"),
        Access::Write,
        tag,
        &format!("Delete {} {singular}", article(singular)),
        "What belongs to the record goes with it: the activities and outcomes of a plan. The history of all is kept.",
    );
    operation.set(
        "parameters",
        json!([key_parameter(R::NAME), if_match(), unless_match()]),
    );
    operation.set(
        "responses",
        json!({"204": {"description": "The record is gone."}}),
    );
    problems(
        &mut operation.value,
        &[400, 401, 403, 404, 409, 412, 417, 500, 503],
    );
    operation
}

/// `GET` of something that is no record: a vocabulary, the state of the service, a page.
pub fn read(
    tag: Tag,
    id: &str,
    access: Access,
    texts: (&str, &str),
    content: Content,
    statuses: &[u16],
) -> Operation {
    let mut operation = Operation::new(Method::GET, id.to_owned(), access, tag, texts.0, texts.1);
    operation.set(
        "responses",
        json!({"200": {
            "description": texts.0, "content": {(content.media_type): {"schema": content.schema}}
        }}),
    );
    problems(&mut operation.value, statuses);
    operation
}

/// The same for what has an entity tag and may be asked for conditionally.
pub fn read_with_tag(
    tag: Tag,
    id: &str,
    access: Access,
    texts: (&str, &str),
    content: Content,
    statuses: &[u16],
) -> Operation {
    let mut operation = read(tag, id, access, texts, content, statuses);
    operation.set("parameters", json!([if_none_match()]));
    if let Some(responses) = operation
        .value
        .get_mut("responses")
        .and_then(Value::as_object_mut)
    {
        if let Some(success) = responses.get_mut("200").and_then(Value::as_object_mut) {
            success.insert("headers".into(), json!({"ETag": tag_header()}));
        }
        responses.insert("304".into(), not_modified());
    }
    operation
}

/// `GET` of a page of something that is no list of records. `P` are the parameters, `B` is the page.
pub fn read_page<P: IntoParams, B: ToSchema>(
    tag: Tag,
    id: &str,
    access: Access,
    texts: (&str, &str),
) -> Operation {
    let mut operation = read_with_tag(
        tag,
        id,
        access,
        texts,
        Content::json::<B>(),
        &[400, 401, 403, 406, 500, 503],
    )
    .with_schema::<B>();
    let mut parameters = query_parameters::<P>();
    parameters.push(if_none_match());
    operation.set("parameters", json!(parameters));
    operation
}

impl Content {
    /// JSON of the component schema of `T`.
    pub fn json<T: ToSchema>() -> Self {
        Self {
            media_type: "application/json",
            schema: reference(&T::name()),
        }
    }

    /// The same schema in another media type.
    pub fn with_media_type(self, media_type: &'static str) -> Self {
        Self { media_type, ..self }
    }
}

/// Adds the schema of `T` itself.
fn own_schema<T: ToSchema>(schemas: &mut Schemas) {
    schemas.push((T::name().into_owned(), T::schema()));
}

impl Operation {
    pub(super) fn new(
        method: Method,
        id: String,
        access: Access,
        tag: Tag,
        summary: &str,
        description: &str,
    ) -> Self {
        let security = match access {
            Access::Public => json!([{}]),
            Access::Read => json!([{}, {"api_key": []}]),
            Access::Write => json!([{"api_key": []}]),
        };
        let value = json!({
            "tags": [tag.name], "summary": summary, "description": description, "operationId": id, "security": security
        });
        let schemas = vec![];
        Self {
            method,
            id,
            access,
            value,
            tag: tag.name,
            tag_description: tag.description,
            schemas,
            resource: None,
            variant: None,
            relations: None,
            constraints: &[],
        }
        .with_schema::<ProblemBody>()
    }

    pub(super) fn of<R: Resource + ToSchema>(
        method: Method,
        id: String,
        access: Access,
        tag: Tag,
        summary: &str,
        description: &str,
    ) -> Self {
        let mut operation = Self::new(method, id, access, tag, summary, description);
        operation.resource = Some((R::NAME.schema, R::NAME.plural));
        operation.constraints = R::CONSTRAINTS;
        operation
            .with_schema::<R>()
            .with_schema::<R::Input>()
            .with_schema::<Record>()
    }

    /// The same with a parameter that names related records to have along.
    pub fn including<R: Related>(mut self) -> Self {
        let parameter = json!({
            "name": "include", "in": "query", "required": false, "explode": true, "style": "form",
            "description": format!("Related records to have along, as members of their names; of a list the first {MOST}."),
            "schema": {"type": "array", "items": reference(&format!("{}Include", R::NAME.schema))},
            "example": R::RELATIONS.iter().take(1).map(|relation| relation.name).collect::<Vec<_>>()
        });
        self.value
            .get_mut("parameters")
            .and_then(Value::as_array_mut)
            .into_iter()
            .for_each(|all| all.push(parameter.clone()));
        self.relations = Some((R::NAME.schema, R::RELATIONS));
        self
    }

    /// The same with the schema of `T` and those it refers to among the components.
    pub fn with_schema<T: ToSchema>(mut self) -> Self {
        self.schemas
            .extend([T::schemas as fn(&mut Schemas), own_schema::<T>]);
        self
    }

    /// The same with a parameter in the path.
    pub fn with_path_parameter(mut self, name: &str, description: &str, schema: Value) -> Self {
        self.set("parameters", json!([{"name": name, "in": "path", "required": true, "description": description, "schema": schema}]));
        self
    }

    pub(super) fn set(&mut self, member: &str, value: Value) {
        if let Some(members) = self.value.as_object_mut() {
            members.insert(member.to_owned(), value);
        }
    }
}

/// A reference to a component schema.
pub fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}

pub(super) fn key_parameter(name: Name) -> Value {
    let Name {
        singular, has_slug, ..
    } = name;
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
pub(super) fn fields_parameter(name: Name) -> Value {
    json!({
        "name": "fields", "in": "query", "required": false, "explode": true, "style": "form",
        "description": "Properties that are wanted; the others stay away. For scripts: generated clients expect all of them.",
        "schema": {"type": "array", "items": reference(&format!("{}Field", name.schema))}, "example": ["id"]
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

/// The same for a write.
fn unless_match() -> Value {
    json!({
        "name": "If-None-Match", "in": "header", "required": false,
        "description": "Entity tags (or bare versions) that the record must not have, `*` for any; 412 if it has one of them.",
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

pub(super) fn header(description: &str, example: &str) -> Value {
    json!({"description": description, "schema": {"type": "string"}, "example": example})
}

pub(super) fn tag_header() -> Value {
    header(
        "Entity tag: the version of the record and a hash of the body.",
        "\"1-GZ0kk6Mf\"",
    )
}

fn not_modified() -> Value {
    json!({"description": "The copy that the client has is still good."})
}

fn record_response<R: Resource>(description: &str) -> Value {
    json!({
        "description": description, "headers": {"ETag": tag_header()},
        "content": {"application/json": {"schema": reference(R::NAME.schema)}}
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
