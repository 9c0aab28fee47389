//! The published document, compiled: what it says of parameters and bodies is what requests are checked with.
//!
//! One rule: no limit of shape is enforced that the document does not state, and none is stated that is not enforced; rules
//! across fields and items are sentences in it. Start with [`Contract::check`].

mod compiler;
mod explain;
mod headers;

pub use compiler::Compiler;

use super::problem::{Code, Problem};
use super::query;
use crate::domain::Fault;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, always.
    Public,
    /// Anybody, or the holder of a key where reading needs one.
    Read,
    /// Holders of a key that may write.
    Write,
}

/// One operation of the document.
pub struct Operation {
    /// Its operationId.
    pub id: String,
    /// Who may call it.
    pub access: Access,
    parameters: query::Parameters,
    media_types: Vec<String>,
}

/// The compiled document.
pub struct Contract {
    document: Arc<Value>,
    schemas: HashMap<String, Validator>,
    operations: HashMap<String, HashMap<Method, Arc<Operation>>>,
}

impl Contract {
    /// Compiles a document and the access of its operations, by operationId.
    ///
    /// # Errors
    /// A schema that cannot be compiled; never for the document of a binary that was tested.
    pub fn compile(document: Value, access: &HashMap<String, Access>) -> Result<Self, String> {
        let document = Arc::new(document);
        let compiler = Compiler::new(&document);
        let mut schemas = HashMap::new();
        for (_, _, operation) in operations_of(&document) {
            let bodies = operation
                .pointer("/requestBody/content")
                .and_then(Value::as_object)
                .into_iter()
                .flatten();
            for reference in
                bodies.filter_map(|(_, content)| content.pointer("/schema/$ref")?.as_str())
            {
                let name = reference.rsplit('/').next().unwrap_or_default();
                if !schemas.contains_key(name) {
                    schemas.insert(
                        name.to_owned(),
                        compiler.compile(json!({"$ref": reference}))?,
                    );
                }
            }
        }
        let mut operations: HashMap<String, HashMap<Method, Arc<Operation>>> = HashMap::new();
        for (path, method, operation) in operations_of(&document) {
            let compiled = compile_operation(&document, &compiler, operation, access)?;
            operations
                .entry(path.to_owned())
                .or_default()
                .insert(method, Arc::new(compiled));
        }
        Ok(Self {
            document,
            schemas,
            operations,
        })
    }

    /// The document itself.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The operation of a method at a path template; `HEAD` is taken as `GET`.
    pub fn operation(&self, method: &Method, template: &str) -> Option<&Arc<Operation>> {
        let method = if method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        self.operations.get(template)?.get(method)
    }

    /// Valid values of a property of the component schema `name`: all of an enum, else the example; none if there is no
    /// such property.
    pub fn valid_values(&self, name: &str, property: &str) -> Vec<Value> {
        let component = |name: &str| {
            self.document
                .pointer(&format!("/components/schemas/{name}"))
        };
        let Some(schema) = component(name) else {
            return Vec::new();
        };
        let target = schema
            .pointer(&format!("/properties/{property}/$ref"))
            .and_then(Value::as_str);
        let target = target
            .and_then(|target| target.rsplit('/').next())
            .and_then(component);
        if let Some(values) = target
            .and_then(|target| target.get("enum"))
            .and_then(Value::as_array)
        {
            return values.clone();
        }
        schema
            .get("example")
            .and_then(|example| example.get(property))
            .cloned()
            .into_iter()
            .collect()
    }

    /// All faults of a value under the component schema `name`, each with its pointer.
    pub fn check(&self, name: &str, value: &Value) -> Vec<Fault> {
        let Some(validator) = self.schemas.get(name) else {
            return vec![Fault::at(
                "",
                crate::domain::FaultCode::Unknown,
                format!("no schema {name}"),
            )];
        };
        explained(&self.document, validator, value)
    }
}

/// All faults that a validator finds in a value.
pub(super) fn explained(document: &Value, validator: &Validator, value: &Value) -> Vec<Fault> {
    if validator.is_valid(value) {
        return Vec::new();
    }
    explain::faults(document, validator.iter_errors(value))
}

/// Where a request leads, before it is routed.
#[derive(Clone, Default)]
pub struct Destination {
    /// The template of the path that the router will match; none if it will match none.
    pub template: Option<Arc<str>>,
    /// The operation; none if there is none with this method.
    pub operation: Option<Arc<Operation>>,
}

impl Destination {
    /// The destination of a request. It is looked for once: matching a path against all templates takes its time.
    ///
    /// The router decodes percent-encoded letters first; so must whoever asks before it, or `/v1/%63ities` is another address
    /// to the one than to the other.
    pub fn of(request: &ServiceRequest) -> Self {
        if let Some(known) = request.extensions().get::<Self>() {
            return known.clone();
        }
        let template = request
            .resource_map()
            .match_pattern(request.match_info().unprocessed());
        let registry = request.app_data::<web::Data<super::context::Registry>>();
        let operation = registry
            .zip(template.as_ref())
            .and_then(|(registry, template)| {
                registry.contract.operation(request.method(), template)
            });
        let found = Self {
            operation: operation.cloned(),
            template: template.map(Arc::from),
        };
        request.extensions_mut().insert(found.clone());
        found
    }
}

/// That access to an operation was decided; without it no handler gets a [`Context`](super::context::Context).
#[derive(Debug, Clone, Copy)]
pub struct Admitted(pub Access);

/// Every operation of a document: path, method, object.
pub fn operations_of(document: &Value) -> impl Iterator<Item = (&str, Method, &Value)> {
    let paths = document
        .get("paths")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.filter_map(move |(method, operation)| {
            Some((
                path.as_str(),
                Method::from_bytes(method.to_uppercase().as_bytes()).ok()?,
                operation,
            ))
        })
    })
}

fn compile_operation(
    document: &Arc<Value>,
    compiler: &Compiler<'_>,
    operation: &Value,
    access: &HashMap<String, Access>,
) -> Result<Operation, String> {
    let id = operation
        .get("operationId")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let parameters = query::Parameters::compile(document, compiler, operation)?;
    let success = operation
        .get("responses")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let media_types = success
        .filter(|(status, _)| status.starts_with('2'))
        .filter_map(|(_, response)| response.get("content")?.as_object())
        .flat_map(|content| content.keys().cloned())
        .collect();
    let access = access
        .get(&id)
        .copied()
        .ok_or_else(|| format!("nobody said who may call {id}"))?;
    Ok(Operation {
        id,
        access,
        parameters,
        media_types,
    })
}

/// Middleware: checks the headers, the accepted media types and the query of a request against its operation.
///
/// # Errors
/// None of its own; faults become problem responses.
pub async fn enforce<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    if let Some(operation) = Destination::of(&request).operation {
        let outcome = headers::check(&request)
            .and_then(|()| accepts(&request, &operation))
            .and_then(|()| operation.parameters.read(request.query_string()));
        match outcome {
            Ok(values) => drop(request.extensions_mut().insert(values)),
            Err(problem) => return Ok(request.error_response(problem).map_into_right_body()),
        }
    }
    next.call(request)
        .await
        .map(ServiceResponse::map_into_left_body)
}

/// Proactive negotiation (RFC 9110, section 12.5.1), as far as one media type an operation needs it.
fn accepts(request: &ServiceRequest, operation: &Operation) -> Result<(), Problem> {
    let Some(accept) = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
    else {
        return Ok(());
    };
    let ranges = accept
        .split(',')
        .map(|range| range.split(';').map(str::trim));
    let acceptable = ranges.into_iter().any(|mut range| {
        let media_range = range.next().unwrap_or_default().to_ascii_lowercase();
        let refused = range.any(|parameter| {
            matches!(
                parameter.replace(' ', "").as_str(),
                "q=0" | "q=0.0" | "q=0.00" | "q=0.000"
            )
        });
        !refused
            && operation
                .media_types
                .iter()
                .any(|served| matches_range(&media_range, served))
    });
    if acceptable || operation.media_types.is_empty() || accept.trim().is_empty() {
        return Ok(());
    }
    Err(Problem::new(
        Code::NotAcceptable,
        format!("served here: {}", operation.media_types.join(", ")),
    ))
}

fn matches_range(range: &str, served: &str) -> bool {
    let served = served.split(';').next().unwrap_or_default();
    range == "*/*"
        || range == served
        || range
            .strip_suffix("/*")
            .is_some_and(|kind| served.split('/').next() == Some(kind))
}
