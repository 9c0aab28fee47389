//! The request, response and patch schemas that are made from a raw schema.
//!
//! One rule: a request may omit what has a default, a response contains every property, and a patch may omit everything. Start
//! with [`add_inputs`].

use super::constraints::constrain;
use crate::conventions::contract::schema::{
    Components, PREFIX, properties, reachable, reference, referenced_name, referenced_names,
    set_member,
};
use crate::conventions::writing::named::kind_of_member;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Adds the request schemas of a schema and of those that it refers to.
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

/// The schema for requests: properties that have a default or are read-only are optional, null means the same as leaving an optional
/// property out, and unknown properties are not allowed.
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
    set_member(&mut published, "additionalProperties", json!(false));
    rename_to_input(&mut published, raw);
    for (name, property) in published
        .get_mut("properties")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
    {
        accept_slugs(name, property);
        constrain(property);
        if let Some(members) = property.as_object_mut() {
            members.remove("default");
        }
        if !required.contains(name) {
            allow_null(property);
        }
    }
    set_required(&mut published, required.into_iter().collect());
    published
}

/// Makes a reference by id accept a slug as well, if the records to which it refers have slugs. Responses always have ids.
fn accept_slugs(name: &str, property: &mut Value) {
    if kind_of_member(name).is_none() {
        return;
    }
    if let Some(Value::String(description)) = property.get_mut("description") {
        *description = description.replacen("Id of", "Id or slug of", 1).replacen(
            "Ids of",
            "Ids or slugs of",
            1,
        );
    }
    let is_list = property.get("items").is_some();
    let reference = if is_list {
        property.get_mut("items")
    } else {
        Some(property)
    };
    if let Some(reference) = reference.filter(|one| one.get("format") == Some(&json!("uuid"))) {
        set_member(reference, "format", json!("id-or-slug"));
        set_member(
            reference,
            "pattern",
            json!("^([0-9a-z]+(-[0-9a-z]+)*|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$"),
        );
        set_member(reference, "maxLength", json!(200));
    }
}

/// Sets the required properties. The member is removed if there are none, because OpenAPI 3.0 does not allow an empty list.
fn set_required(schema: &mut Value, names: Vec<String>) {
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

/// Adds the properties that only the service sets to a request schema, as read-only ones, so that the response of a GET can be
/// sent back.
pub(super) fn add_read_only(published: &mut Components, raw: &Components, name: &str) {
    let root = format!("{name}Input");
    let missing: Vec<(String, Value)> = {
        let existing = published.get(&root).and_then(properties);
        let all = raw.get(name).and_then(properties).into_iter().flatten();
        all.filter(|(name, _)| existing.is_some_and(|existing| !existing.contains_key(*name)))
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
    let Some(request_properties) = published
        .get_mut(&root)
        .and_then(|schema| schema.get_mut("properties"))
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    for (name, mut schema) in missing {
        rename_to_input(&mut schema, raw);
        constrain(&mut schema);
        allow_null(&mut schema);
        set_member(&mut schema, "readOnly", json!(true));
        request_properties.insert(name, schema);
    }
}

/// The schema for responses: every property is required.
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

/// The schema for merge patches: every property is optional, and may be null if a new record may omit it.
pub(super) fn patch_schema(input: &Value) -> Value {
    let mut published = input.clone();
    set_required(&mut published, Vec::new());
    let description = input
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    set_member(
        &mut published,
        "description",
        json!(format!(
            "{description} This is a merge patch: properties that are left out do not change."
        )),
    );
    published
}

/// Allows null in addition to the values of a property.
fn allow_null(property: &mut Value) {
    match property.get("type").cloned() {
        Some(Value::String(kind)) => set_member(property, "type", json!([kind, "null"])),
        Some(_) => {}
        None => {
            if let Some(name) = referenced_name(property).map(str::to_owned) {
                let description = property.get("description").cloned();
                *property = json!({"oneOf": [{"type": "null"}, reference(&name)]});
                description
                    .into_iter()
                    .for_each(|description| set_member(property, "description", description));
            }
        }
    }
}
