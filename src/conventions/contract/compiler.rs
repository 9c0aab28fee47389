//! Compiles the schemas of the document into validators that share as much as possible.
//!
//! The same pattern occurs hundreds of times in the document. Patterns are therefore compiled once for all schemas, and each
//! validator contains only the components that its schema refers to.

use super::schema::referenced_names;
use crate::domain::formats;
use jsonschema::{Draft, PatternCache, PatternOptions, Validator};
use serde_json::{Map, Value, json};

/// Compiles the schemas of one document.
pub struct Compiler<'d> {
    components: Option<&'d Map<String, Value>>,
    patterns: PatternCache,
}

impl<'d> Compiler<'d> {
    /// Makes a compiler for the schemas of a document.
    pub fn new(document: &'d Value) -> Self {
        let components = document
            .pointer("/components/schemas")
            .and_then(Value::as_object);
        Self {
            components,
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
        let mut found = Map::new();
        let mut open = referenced_names(schema);
        while let Some(name) = open.pop() {
            if let Some(component) = self
                .components
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
