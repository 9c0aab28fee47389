//! A schema as requests have it, as responses have it, and as a merge patch has it.

use super::constraints::constrain;
use crate::conventions::contract::schema::{
    Components, PREFIX, properties, reachable, reference, referenced_name, referenced_names,
    set_member,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Adds the request schema of a schema and of those it leads to.
pub(super) fn add_inputs(published: &mut Components, raw: &Components, root: &str) {
    for part in reachable(raw, root) {
        if let Some(schema) = raw.get(&part) {
            published.insert(input_name(&part), request_schema(schema, raw));
        }
    }
}

fn input_name(name: &str) -> String {
    if name.ends_with("Input") {
        name.to_owned()
    } else {
        format!("{name}Input")
    }
}

/// As a request has it: what has a default or is read-only may be left out, what is unknown is refused.
fn request_schema(schema: &Value, raw: &Components) -> Value {
    let mut published = schema.clone();
    let read_only = |name: &str| {
        properties(schema)
            .and_then(|all| all.get(name))
            .is_some_and(|property| property.get("readOnly") == Some(&json!(true)))
    };
    let required: Vec<Value> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let required: BTreeSet<String> = required
        .iter()
        .filter_map(Value::as_str)
        .filter(|name| !read_only(name))
        .map(str::to_owned)
        .collect();
    require(&mut published, required.into_iter().collect());
    set_member(&mut published, "additionalProperties", json!(false));
    rename_to_input(&mut published, raw);
    for property in published
        .get_mut("properties")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(Map::values_mut)
    {
        constrain(property);
        if let Some(members) = property.as_object_mut() {
            members.remove("default");
        }
    }
    published
}

/// Sets what is required; a list without items is not valid in OpenAPI 3.0.
fn require(schema: &mut Value, names: Vec<String>) {
    set_member(schema, "required", json!(names));
    if let Some(members) = schema.as_object_mut().filter(|_| names.is_empty()) {
        members.shift_remove("required");
    }
}

fn rename_to_input(value: &mut Value, raw: &Components) {
    if let Some(name) = referenced_name(value).filter(|name| {
        raw.get(*name)
            .is_some_and(|schema| schema.get("properties").is_some())
    }) {
        let renamed = format!("{PREFIX}{}", input_name(name));
        set_member(value, "$ref", json!(renamed));
        return;
    }
    match value {
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| rename_to_input(member, raw)),
        Value::Array(items) => items.iter_mut().for_each(|item| rename_to_input(item, raw)),
        _ => {}
    }
}

/// Lets the input repeat what only the service sets, so that what GET returned can be sent back.
pub(super) fn add_read_only(published: &mut Components, raw: &Components, name: &str) {
    let root = format!("{name}Input");
    let missing: Vec<(String, Value)> = {
        let own = published.get(&root).and_then(properties);
        let all = raw.get(name).and_then(properties).into_iter().flatten();
        all.filter(|(name, _)| own.is_some_and(|own| !own.contains_key(*name)))
            .map(|(name, schema)| (name.clone(), schema.clone()))
            .collect()
    };
    for part in missing
        .iter()
        .flat_map(|(_, schema)| referenced_names(schema))
        .flat_map(|name| reachable(raw, &name))
    {
        if let Some(schema) = raw
            .get(&part)
            .filter(|_| !published.contains_key(&input_name(&part)))
        {
            let schema = request_schema(schema, raw);
            published.insert(input_name(&part), schema);
        }
    }
    let Some(own) = published
        .get_mut(&root)
        .and_then(|schema| schema.get_mut("properties"))
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    for (name, mut schema) in missing {
        rename_to_input(&mut schema, raw);
        constrain(&mut schema);
        set_member(&mut schema, "readOnly", json!(true));
        own.insert(name, schema);
    }
}

/// As a response has it: every property is there.
pub(super) fn response_schema(schema: &Value) -> Value {
    let mut published = schema.clone();
    if let Some(all) = properties(schema) {
        let names: Vec<&String> = all.keys().collect();
        set_member(&mut published, "required", json!(names));
    }
    for property in published
        .get_mut("properties")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(Map::values_mut)
    {
        if let Some(members) = property.as_object_mut() {
            members.remove("default");
        }
    }
    published
}

/// As a merge patch has it: everything may be left out; null clears what a new record may leave out.
pub(super) fn patch_schema(input: &Value) -> Value {
    let mut published = input.clone();
    let required: BTreeSet<String> = input
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    require(&mut published, Vec::new());
    let description = input
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    set_member(
        &mut published,
        "description",
        json!(format!(
            "{description} As a merge patch: what is left out stays as it is."
        )),
    );
    for (name, property) in published
        .get_mut("properties")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
    {
        if !required.contains(name) && property.get("readOnly") != Some(&json!(true)) {
            allow_null(property);
        }
    }
    published
}

fn allow_null(property: &mut Value) {
    match property.get("type").cloned() {
        Some(Value::String(kind)) => set_member(property, "type", json!([kind, "null"])),
        Some(_) => {}
        None => {
            if let Some(name) = referenced_name(property).map(str::to_owned) {
                let nullable_enum = !name.ends_with("Input");
                if nullable_enum {
                    let description = property.get("description").cloned();
                    *property = json!({"oneOf": [{"type": "null"}, reference(&name)]});
                    description
                        .into_iter()
                        .for_each(|description| set_member(property, "description", description));
                }
            }
        }
    }
}
