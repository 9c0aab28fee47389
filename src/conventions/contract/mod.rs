//! The published OpenAPI document, compiled into validators: requests are checked against exactly what is published.
//!
//! One rule: every limit that a schema can express is enforced if and only if the document states it; rules that span several
//! fields or items are sentences in it. Start with [`Contract::check`].

mod compiler;
mod explain;
mod parameters;
pub mod ranges;
pub mod schema;

use crate::domain::{Fault, FaultCode};
use actix_web::http::Method;
pub use compiler::Compiler;
use compiler::LazyValidator;
use parameters::Parameters;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, always.
    Public,
    /// Anybody, or only holders of a key if the service requires keys for reading.
    Read,
    /// Holders of a key whose role allows writing.
    Write,
}

/// An operation of the document.
pub struct Operation {
    /// Its operationId.
    pub id: String,
    /// Who may call it.
    pub access: Access,
    /// Its query parameters.
    pub parameters: Parameters,
    /// The media types of its successful responses.
    pub media_types: Vec<String>,
}

/// The document, with its operations and the schemas of its request bodies.
pub struct Contract {
    document: Arc<Value>,
    schemas: HashMap<String, LazyValidator>,
    operations: HashMap<String, HashMap<Method, Arc<Operation>>>,
}

impl Contract {
    /// Reads a document. `access` says who may call each operation, by operationId. Schemas are compiled when they are needed.
    ///
    /// # Errors
    /// `access` misses an operation. Tests read the document, so a released binary does not fail here.
    pub fn new(document: Value, access: &HashMap<String, Access>) -> Result<Self, String> {
        let document = Arc::new(document);
        let compiler = Arc::new(Compiler::new(document.clone()));
        let schemas = body_schemas(&document, &compiler);
        let mut operations: HashMap<String, HashMap<Method, Arc<Operation>>> = HashMap::new();
        for (path, method, operation) in operations_of(&document) {
            let compiled = compile_operation(&compiler, operation, access)?;
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

    /// The operation of a method at a path template; `HEAD` is treated as `GET`.
    pub fn operation(&self, method: &Method, template: &str) -> Option<&Arc<Operation>> {
        let method = if method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        self.operations.get(template)?.get(method)
    }

    /// Some valid values of a property of the component schema `name`: all values of an enum, otherwise its example. Empty if
    /// there is no such property.
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

    /// Validates a value against the component schema `name`; returns all faults, each with its pointer.
    pub fn check(&self, name: &str, value: &Value) -> Vec<Fault> {
        let Some(validator) = self.schemas.get(name) else {
            return vec![Fault::at(
                "",
                FaultCode::Unknown,
                format!("there is no schema {name}"),
            )];
        };
        validator.faults(value)
    }

    /// True if a value conforms to the component schema `name`.
    pub fn accepts(&self, name: &str, value: &Value) -> bool {
        let validator = self.schemas.get(name);
        validator.is_some_and(|validator| validator.accepts(value))
    }

    /// Compiles every schema that requests are checked against.
    ///
    /// # Errors
    /// A schema cannot be compiled; the message says why.
    #[cfg(test)]
    pub fn compile_all(&self) -> Result<(), &str> {
        let operations = self.operations.values().flat_map(HashMap::values);
        let parameters = operations.map(|operation| operation.parameters.validator());
        let mut validators = self.schemas.values().chain(parameters);
        validators.try_for_each(|schema| schema.get().map(drop))
    }
}

/// The schemas of all request bodies, by the name of the component schema.
fn body_schemas(document: &Value, compiler: &Arc<Compiler>) -> HashMap<String, LazyValidator> {
    let mut schemas = HashMap::new();
    for (_, _, operation) in operations_of(document) {
        let bodies = operation
            .pointer("/requestBody/content")
            .and_then(Value::as_object)
            .into_iter()
            .flatten();
        for reference in bodies.filter_map(|(_, content)| content.pointer("/schema/$ref")?.as_str())
        {
            let name = reference.rsplit('/').next().unwrap_or_default();
            let schema = || LazyValidator::new(compiler, json!({"$ref": reference}));
            schemas.entry(name.to_owned()).or_insert_with(schema);
        }
    }
    schemas
}

/// Every operation of a document, with its path and its method.
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
    compiler: &Arc<Compiler>,
    operation: &Value,
    access: &HashMap<String, Access>,
) -> Result<Operation, String> {
    let id = operation
        .get("operationId")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let parameters = Parameters::new(compiler, operation);
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
        .ok_or_else(|| format!("no access is declared for the operation {id}"))?;
    Ok(Operation {
        id,
        access,
        parameters,
        media_types,
    })
}
