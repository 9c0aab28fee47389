//! An example for each component schema, composed of the examples of its properties.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Replaces each list `examples` by the single `example` that older tools expect.
pub(super) fn use_single_example(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(use_single_example),
        Value::Object(members) => {
            if let Some(first) = members
                .get("examples")
                .and_then(Value::as_array)
                .and_then(|all| all.first())
                .cloned()
            {
                members.remove("examples");
                members.entry("example").or_insert(first);
            }
            members.values_mut().for_each(use_single_example);
        }
        _ => {}
    }
}

/// Adds an example to every component that has none.
pub(super) fn add_missing(components: &mut BTreeMap<String, Value>) {
    let all = components.clone();
    for schema in components.values_mut() {
        let example = example_of(schema, &all, 0);
        if let Some(members) = schema.as_object_mut() {
            members.entry("example").or_insert(example);
        }
    }
}

/// The maximum number of references that are followed for one example. It ends the recursion for schemas that refer to each other.
const MAX_DEPTH: usize = 8;

fn example_of(schema: &Value, all: &BTreeMap<String, Value>, depth: usize) -> Value {
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    if let Some(name) = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.rsplit('/').next())
    {
        return all
            .get(name)
            .filter(|_| depth < MAX_DEPTH)
            .map(|schema| example_of(schema, all, depth + 1))
            .unwrap_or_default();
    }
    if let Some(first) = schema
        .get("enum")
        .and_then(Value::as_array)
        .and_then(|values| values.first())
    {
        return first.clone();
    }
    if let Some(last) = schema
        .get("oneOf")
        .and_then(Value::as_array)
        .and_then(|branches| branches.last())
    {
        return example_of(last, all, depth);
    }
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        let members: Map<String, Value> = properties
            .iter()
            .map(|(name, property)| (name.clone(), example_of(property, all, depth)))
            .collect();
        return Value::Object(members);
    }
    match schema.get("items") {
        Some(items) => json!([example_of(items, all, depth)]),
        None => example_of_type(schema),
    }
}

/// An example for a schema that states only a type and a format.
fn example_of_type(schema: &Value) -> Value {
    let text = |member: &str| schema.get(member).and_then(Value::as_str);
    match (text("type"), text("format")) {
        (Some("array"), _) => json!([]),
        (Some("boolean"), _) => json!(true),
        (_, Some("uuid" | "id-or-slug")) => json!("0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b"),
        (_, Some("date-time")) => json!("2026-03-01T09:30:00.123456Z"),
        _ => Value::Null,
    }
}
