//! The published OpenAPI document, built from the operations and schemas that the slices register.
//!
//! One rule: a slice states only what is specific to it. utoipa derives raw schemas from the Rust types, `components` turns them
//! into request, response and patch schemas, and [`record_operations`] describes the operations that all resources have. Start
//! with [`document`].

pub mod bulk_operations;
mod components;
mod constraints;
pub mod document_operations;
mod downgrade;
mod examples;
pub mod operation;
mod parameters;
pub mod record_operations;
mod request_response;
mod responses;
mod variants;

pub use downgrade::downgrade;
pub use operation::{Operation, Schemas};
pub use variants::Variant;

use crate::conventions::contract::Access;
use crate::conventions::resource::Relation;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};

/// Builds the document of all operations, as OpenAPI 3.1.
///
/// # Errors
/// Two different types share the name of a schema.
pub fn document(operations: Vec<(String, Operation)>) -> Result<Value, String> {
    let mut paths: Map<String, Value> = Map::new();
    let mut raw: BTreeMap<String, Value> = BTreeMap::new();
    let mut resources = Vec::new();
    let mut relations = BTreeMap::new();
    let mut variants: BTreeMap<&str, Variant> = BTreeMap::new();
    let mut tags = Vec::new();
    for (path, operation) in operations {
        let mut schemas = Schemas::new();
        operation.schemas.iter().for_each(|add| add(&mut schemas));
        for (name, schema) in schemas {
            let schema = serde_json::to_value(schema).map_err(|error| error.to_string())?;
            if raw
                .insert(name.clone(), schema.clone())
                .is_some_and(|earlier| earlier != schema)
            {
                return Err(format!("two different types have a schema named {name}"));
            }
        }
        resources.extend(operation.resource);
        relations.extend(operation.relations);
        variants.extend(operation.variant.map(|variant| (variant.root, variant)));
        let tag = json!({"name": operation.tag, "description": operation.tag_description});
        if !tags.contains(&tag) {
            tags.push(tag);
        }
        let item = paths.entry(path).or_insert_with(|| json!({}));
        if let Some(item) = item.as_object_mut() {
            item.insert(operation.method.as_str().to_lowercase(), operation.value);
        }
    }
    let variants: Vec<Variant> = variants.into_values().collect();
    Ok(published(
        paths, raw, resources, &relations, &variants, tags,
    ))
}

/// Builds the finished document from the collected paths and schemas.
fn published(
    paths: Map<String, Value>,
    raw: BTreeMap<String, Value>,
    mut resources: Vec<(&'static str, &'static str)>,
    relations: &BTreeMap<&'static str, &'static [Relation]>,
    variants: &[Variant],
    tags: Vec<Value>,
) -> Value {
    resources.sort_unstable();
    resources.dedup();
    let mut paths = Value::Object(paths);
    let mut components = components::components(raw, &resources, variants, &mut paths);
    constraints::constrain_parameters(&mut paths);
    components
        .values_mut()
        .for_each(examples::use_single_example);
    examples::add_missing(&mut components);
    // Relations are added after the examples, because they make schemas refer to each other.
    relations
        .iter()
        .for_each(|(name, relations)| components::add_relations(&mut components, name, relations));
    examples::use_single_example(&mut paths);
    parameters::describe_examples(&mut paths);
    json!({
        "openapi": "3.1.0",
        "info": info(),
        "externalDocs": {"description": "The guide: a tour, and pages about each task.", "url": "/docs/guide"},
        "servers": [{"url": "/", "description": "The server that published this document."}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"api_key": api_key_scheme()}
        }
    })
}

fn api_key_scheme() -> Value {
    json!({
        "type": "http",
        "scheme": "bearer",
        "description": "An API key of the registry: `Authorization: Bearer ucap_…`."
    })
}

fn info() -> Value {
    json!({
        "title": "U-CAP registry",
        "version": env!("CARGO_PKG_VERSION"),
        "summary": "Urban Cooperation Action Plans as data.",
        "description": include_str!("../../../openapi/description.md"),
        "contact": {"name": "The maintainers of the U-CAP registry"},
        "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"}
    })
}

/// Who may call each operation, by operationId.
pub fn access(operations: &[(String, Operation)]) -> HashMap<String, Access> {
    operations
        .iter()
        .map(|(_, operation)| (operation.id.clone(), operation.access))
        .collect()
}
