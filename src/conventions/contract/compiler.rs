//! Compiles the schemas of the document into validators that share as much as possible.
//!
//! The same pattern occurs hundreds of times in the document. Patterns are therefore compiled once for all schemas, and each
//! validator contains only the components that its schema refers to.

use super::explain::faults;
use super::schema::referenced_names;
use crate::domain::{Fault, FaultCode, formats};
use jsonschema::{Draft, PatternCache, PatternOptions, Validator};
use serde_json::{Map, Value, json};
use std::sync::{Arc, OnceLock};

/// Compiles the schemas of one document.
pub struct Compiler {
    document: Arc<Value>,
    patterns: PatternCache,
}

/// A schema of the document that is compiled when it is first needed. A service that was just started answers sooner, and takes
/// memory only for what it is asked for.
pub struct LazyValidator {
    compiler: Arc<Compiler>,
    schema: Value,
    compiled: OnceLock<Result<Validator, String>>,
}

impl LazyValidator {
    /// A schema that may refer to the components of the compiler's document.
    pub fn new(compiler: &Arc<Compiler>, schema: Value) -> Self {
        Self {
            compiler: compiler.clone(),
            schema,
            compiled: OnceLock::new(),
        }
    }

    /// All faults of a value, each with its pointer. The tests compile every schema; one that could not be compiled would be a
    /// fault of every value.
    pub fn faults(&self, value: &Value) -> Vec<Fault> {
        match self.get() {
            Ok(validator) => faults(&self.compiler.document, validator, value),
            Err(error) => vec![Fault::at("", FaultCode::Unknown, error)],
        }
    }

    /// True if a value has no faults.
    pub fn accepts(&self, value: &Value) -> bool {
        self.get().is_ok_and(|validator| validator.is_valid(value))
    }

    /// The validator.
    ///
    /// # Errors
    /// The schema is invalid; the message says why.
    pub(super) fn get(&self) -> Result<&Validator, &str> {
        let compile = || self.compiler.compile(self.schema.clone());
        let compiled = self.compiled.get_or_init(compile);
        compiled.as_ref().map_err(String::as_str)
    }
}

impl Compiler {
    /// Makes a compiler for the schemas of a document.
    pub fn new(document: Arc<Value>) -> Self {
        Self {
            document,
            patterns: PatternCache::new(),
        }
    }

    /// Compiles a schema that may refer to the components of the document.
    ///
    /// # Errors
    /// The schema is invalid; the message says why.
    pub fn compile(&self, mut schema: Value) -> Result<Validator, String> {
        let components = self.reachable(&schema);
        if let Some(members) = schema.as_object_mut() {
            members.insert("components".into(), json!({"schemas": components}));
        }
        let mut options = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .with_pattern_options(PatternOptions::regex())
            .with_pattern_cache(self.patterns.clone());
        for name in formats::NAMES {
            options =
                options.with_format(name, move |text: &str| formats::fault(name, text).is_none());
        }
        options.build(&schema).map_err(|error| error.to_string())
    }

    /// The components that a schema refers to, directly or through other components.
    fn reachable(&self, schema: &Value) -> Map<String, Value> {
        let components = self.document.pointer("/components/schemas");
        let mut found = Map::new();
        let mut open = referenced_names(schema);
        while let Some(name) = open.pop() {
            if let Some(component) = components
                .and_then(|all| all.get(&name))
                .filter(|_| !found.contains_key(&name))
            {
                open.extend(referenced_names(component));
                found.insert(name, component.clone());
            }
        }
        found
    }
}
