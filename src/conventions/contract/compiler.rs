//! Schemas of the document made into validators that share what they can.
//!
//! The text pattern alone occurs hundreds of times: patterns are compiled once for all schemas, and a schema takes
//! along only the components that it leads to.

use super::schema::names_in;
use crate::domain::formats;
use jsonschema::{Draft, PatternCache, PatternOptions, Validator};
use serde_json::{Map, Value, json};

/// Compiles schemas of one document.
pub struct Compiler<'d> {
    components: Option<&'d Map<String, Value>>,
    patterns: PatternCache,
}

impl<'d> Compiler<'d> {
    /// A compiler for the schemas of that document.
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
    /// What is wrong with the schema.
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

    fn reachable(&self, schema: &Value) -> Map<String, Value> {
        let mut found = Map::new();
        let mut open = names_in(schema);
        while let Some(name) = open.pop() {
            if let Some(component) = self
                .components
                .and_then(|all| all.get(&name))
                .filter(|_| !found.contains_key(&name))
            {
                open.extend(names_in(component));
                found.insert(name, component.clone());
            }
        }
        found
    }
}
