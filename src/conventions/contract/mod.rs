//! The published document, compiled: what it says of parameters and bodies is what requests are checked with.
//!
//! One rule: no limit of shape is enforced that the document does not state, and none is stated that is not enforced; rules
//! across fields and items are sentences in it. Start with [`Contract::check`].

mod compiler;
mod explain;
mod parameters;
pub mod schema;

use crate::domain::{Fault, FaultCode};
use actix_web::http::Method;
pub use compiler::Compiler;
use explain::explained;
use jsonschema::Validator;
use parameters::Parameters;
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
    /// Its query parameters.
    pub parameters: Parameters,
    /// The media types of its successful answers.
    pub media_types: Vec<String>,
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
                FaultCode::Unknown,
                format!("no schema {name}"),
            )];
        };
        explained(&self.document, validator, value)
    }
}

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
    let parameters = Parameters::compile(document, compiler, operation)?;
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
