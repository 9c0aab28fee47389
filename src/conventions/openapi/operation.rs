//! An operation of the document, and the tag that groups operations.
//!
//! One rule: an operation brings the schemas that it refers to. Start with [`read`], which describes a plain `GET`.

use super::parameters::{if_none_match, query_parameters};
use super::responses::{not_modified, problems, tag_header};
use super::variants::Variant;
use crate::conventions::contract::Access;
use crate::conventions::contract::schema::reference;
use crate::conventions::http::problem_document::ProblemBody;
use crate::conventions::resource::{
    Constraint, MAX_INCLUDED, Readable, Record, Relation, Writable,
};
use actix_web::http::Method;
use serde_json::{Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{IntoParams, ToSchema};

/// Component schemas as utoipa derives them, by name.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// An operation with everything that the document says about it.
pub struct Operation {
    /// Its method.
    pub method: Method,
    /// Its operationId.
    pub id: String,
    /// Who may call it.
    pub access: Access,
    /// The constraints of the database that it can violate.
    pub constraints: &'static [Constraint],
    pub(super) value: Value,
    pub(super) tag: &'static str,
    pub(super) tag_description: &'static str,
    /// The functions that make its schemas. They are called when the document is built, but not when each worker registers its
    /// routes.
    pub(super) schemas: Vec<fn(&mut Schemas)>,
    pub(super) resource: Option<(&'static str, &'static str)>,
    pub(super) variant: Option<Variant>,
    pub(super) relations: Option<(&'static str, &'static [Relation])>,
}

/// A group of operations.
#[derive(Debug, Clone, Copy)]
pub struct Tag {
    /// Its name in lower snake case.
    pub name: &'static str,
    /// What the operations are about.
    pub description: &'static str,
}

/// The body of a response.
#[derive(Debug, Clone)]
pub struct Content {
    /// Its media type.
    pub media_type: &'static str,
    /// Its schema.
    pub schema: Value,
}

/// `GET` of something other than a record, such as a vocabulary, the state of the service, or a page. `texts` are the summary and
/// the description.
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

/// `GET` of something other than a record whose response has an entity tag.
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

/// `GET` of a page of something other than records. `P` are the query parameters, and `B` is the page.
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
    /// Makes the content of JSON with the component schema of `T`.
    pub fn json<T: ToSchema>() -> Self {
        Self {
            media_type: "application/json",
            schema: reference(&T::name()),
        }
    }

    /// Changes the media type.
    pub fn with_media_type(self, media_type: &'static str) -> Self {
        Self { media_type, ..self }
    }
}

/// Adds the schema of `T` without those that it refers to.
pub(super) fn own_schema<T: ToSchema>(schemas: &mut Schemas) {
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

    pub(super) fn for_resource<R: Writable + ToSchema>(
        method: Method,
        id: String,
        access: Access,
        tag: Tag,
        summary: &str,
        description: &str,
    ) -> Self {
        let mut operation = Self::new(method, id, access, tag, summary, description);
        operation.resource = Some((R::KIND.schema(), R::KIND.plural()));
        operation.constraints = R::CONSTRAINTS;
        operation
            .with_schema::<R>()
            .with_schema::<R::Input>()
            .with_schema::<Record>()
    }

    /// Adds the parameter `include`, which names relations whose records are added to the response, if the resource has relations.
    pub(super) fn including<R: Readable>(mut self) -> Self {
        if R::RELATIONS.is_empty() {
            return self;
        }
        let parameter = json!({
            "name": "include", "in": "query", "required": false, "explode": true, "style": "form",
            "description": format!("Relations whose records are added to the response, as members with their names. Of a list, the first {MAX_INCLUDED} records are added."),
            "schema": {"type": "array", "items": reference(&format!("{}Include", R::KIND.schema()))},
            "example": R::RELATIONS.iter().take(1).map(|relation| relation.name).collect::<Vec<_>>()
        });
        self.value
            .get_mut("parameters")
            .and_then(Value::as_array_mut)
            .into_iter()
            .for_each(|all| all.push(parameter.clone()));
        self.relations = Some((R::KIND.schema(), R::RELATIONS));
        self
    }

    /// Adds the schema of `T` and those that it refers to to the components.
    pub fn with_schema<T: ToSchema>(mut self) -> Self {
        self.schemas
            .extend([T::schemas as fn(&mut Schemas), own_schema::<T>]);
        self
    }

    /// Adds a parameter in the path.
    pub fn with_path_parameter(mut self, name: &str, description: &str, schema: Value) -> Self {
        let parameter = json!({"name": name, "in": "path", "required": true, "description": description, "schema": schema});
        let others = self.value.get("parameters").and_then(Value::as_array);
        let all: Vec<&Value> = std::iter::once(&parameter)
            .chain(others.into_iter().flatten())
            .collect();
        self.set("parameters", json!(all));
        self
    }

    pub(super) fn set(&mut self, member: &str, value: Value) {
        if let Some(members) = self.value.as_object_mut() {
            members.insert(member.to_owned(), value);
        }
    }
}
