//! The published component schemas, made from the raw schemas that utoipa derived from the Rust types.
//!
//! One rule: each object is published in the form in which it occurs. A response always has every property, while a request may
//! omit properties with a default and may repeat read-only ones, so there are `City` and `CityInput`, and also `CityPatch` and
//! `CityPage`. Start with [`components`].

use super::request_response::{add_inputs, add_read_only, patch_schema, response_schema};
use super::variants::Variant;
use crate::conventions::contract::schema::{
    Components, properties, reference, referenced_name, referenced_names, set_member,
};
use crate::conventions::resource::Relation;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Makes the published components. References in `paths` to schemas that are inlined are replaced.
pub(super) fn components(
    mut raw: Components,
    resources: &[(&str, &str)],
    variants: &[Variant],
    paths: &mut Value,
) -> Components {
    flatten(&mut raw, paths);
    variants.iter().for_each(|variant| variant.add_to(&mut raw));
    let mut published = Components::new();
    let mut input_only = BTreeSet::new();
    for variant in variants {
        add_inputs(&mut published, &raw, variant.root);
    }
    for (name, plural) in resources {
        let root = format!("{name}Input");
        add_inputs(&mut published, &raw, &root);
        add_read_only(&mut published, &raw, name);
        if let Some(input) = published.get(&root) {
            published.insert(format!("{name}Patch"), patch_schema(input));
        }
        published.insert(format!("{name}Page"), page_of(name, plural));
        published.extend(
            raw.get(*name)
                .map(|schema| (format!("{name}Field"), fields_of(name, schema))),
        );
        input_only.insert(root);
    }
    for (name, schema) in &raw {
        if !input_only.contains(name) && name != "Record" {
            published.insert(name.clone(), response_schema(schema));
        }
    }
    let used = used_by(paths, &published);
    published.retain(|name, _| used.contains(name));
    published
}

/// Merges the parts of flattened objects, and inlines primitive schemas.
fn flatten(raw: &mut Components, paths: &mut Value) {
    for name in raw.keys().cloned().collect::<Vec<_>>() {
        if let Some(merged) = raw.get(&name).map(|schema| merged(schema, raw)) {
            raw.insert(name, merged);
        }
    }
    let primitives: Components = raw
        .iter()
        .filter(|(_, schema)| is_primitive(schema))
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect();
    raw.retain(|name, _| !primitives.contains_key(name));
    raw.values_mut()
        .chain([paths])
        .for_each(|value| inline(value, &primitives));
}

/// Adds the optional members with related records to the schema of a record, and the enum of their names. The request schemas
/// have no such members, because a request cannot change related records.
pub(super) fn add_relations(published: &mut Components, name: &str, relations: &[Relation]) {
    let names: Vec<&str> = relations.iter().map(|relation| relation.name).collect();
    let text = format!("Name of a relation of the schema {name}, whose records can be included.");
    published.insert(
        format!("{name}Include"),
        json!({"type": "string", "description": text, "enum": names, "example": names.first()}),
    );
    let Some(members) = published
        .get_mut(name)
        .and_then(|schema| schema.get_mut("properties"))
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    for relation in relations {
        let text = if relation.many {
            "The records are in the order of the plan."
        } else {
            "It is the plan that the record belongs to."
        };
        let text = format!("Only present if `include` names it. {text}");
        let one = reference(relation.schema);
        let mut schema = if relation.many {
            json!({"type": "array", "items": one})
        } else {
            one
        };
        set_member(&mut schema, "description", json!(text));
        set_member(&mut schema, "readOnly", json!(true));
        members.insert(relation.name.to_owned(), schema);
    }
}

/// The names of the components that the paths refer to, directly or through other components.
fn used_by(paths: &Value, published: &Components) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = referenced_names(paths);
    while let Some(name) = open.pop() {
        if let Some(schema) = published.get(&name).filter(|_| !found.contains(&name)) {
            open.extend(referenced_names(schema));
            found.insert(name);
        }
    }
    found
}

fn is_primitive(schema: &Value) -> bool {
    schema.get("enum").is_none()
        && schema.get("properties").is_none()
        && schema.get("allOf").is_none()
        && schema.get("type") != Some(&json!("object"))
}

/// The single object schema that is equivalent to an `allOf` of flattened parts.
fn merged(schema: &Value, raw: &Components) -> Value {
    let schema = match referenced_name(schema) {
        Some(name) => raw.get(name).unwrap_or(schema),
        None => schema,
    };
    let Some(parts) = ["allOf", "oneOf"]
        .iter()
        .find_map(|keyword| schema.get(*keyword))
        .and_then(Value::as_array)
    else {
        return schema.clone();
    };
    let mut object = json!({"type": "object", "properties": {}, "required": []});
    if let Some(description) = schema.get("description") {
        set_member(&mut object, "description", description.clone());
    }
    for part in parts.iter().map(|part| merged(part, raw)) {
        let part_properties = properties(&part).cloned().unwrap_or_default();
        if let Some(all) = object.get_mut("properties").and_then(Value::as_object_mut) {
            all.extend(part_properties);
        }
        let required = part
            .get("required")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        if let Some(all) = object.get_mut("required").and_then(Value::as_array_mut) {
            all.extend(required);
        }
    }
    object
}

/// The enum of the names of the properties of a record.
fn fields_of(name: &str, schema: &Value) -> Value {
    let names: Vec<&String> = properties(schema).into_iter().flat_map(Map::keys).collect();
    json!({"type": "string", "description": format!("Name of a property of the schema {name}."), "enum": names})
}

/// Replaces references to primitive schemas by the schemas themselves, because several generators fail on named strings.
fn inline(value: &mut Value, primitives: &Components) {
    if let Some(schema) = referenced_name(value).and_then(|name| primitives.get(name)) {
        let mut inlined = schema.clone();
        for (member, override_value) in value
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(member, _)| *member != "$ref")
        {
            set_member(&mut inlined, member, override_value.clone());
        }
        *value = inlined;
        return;
    }
    match value {
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| inline(member, primitives)),
        Value::Array(items) => items.iter_mut().for_each(|item| inline(item, primitives)),
        _ => {}
    }
    collapse_nullable(value);
    if let Some(read_only) = value
        .get_mut("items")
        .and_then(Value::as_object_mut)
        .and_then(|items| items.shift_remove("readOnly"))
    {
        set_member(value, "readOnly", read_only);
    }
}

/// Writes every nullable schema in one form: `type: [primitive, null]` for a primitive, `oneOf: [null, reference]` for a
/// component.
fn collapse_nullable(value: &mut Value) {
    let null_schema = json!({"type": "null"});
    let branches = value
        .get("oneOf")
        .and_then(Value::as_array)
        .filter(|branches| branches.len() == 2 && branches.contains(&null_schema));
    let Some(schema) = branches
        .and_then(|branches| branches.iter().find(|branch| **branch != null_schema))
        .cloned()
    else {
        return;
    };
    let mut collapsed = match (referenced_name(&schema), schema.get("type")) {
        (Some(name), _) => json!({"oneOf": [null_schema, reference(name)]}),
        (None, Some(kind)) => {
            let mut primitive = schema.clone();
            set_member(&mut primitive, "type", json!([kind, "null"]));
            primitive
        }
        (None, None) => return,
    };
    let outer = value
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(member, _)| *member != "oneOf");
    for (member, value) in schema
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(member, _)| *member == "description")
        .chain(outer)
    {
        set_member(&mut collapsed, member, value.clone());
    }
    *value = collapsed;
}

fn page_of(name: &str, plural: &str) -> Value {
    json!({
        "type": "object",
        "description": format!("One page of a list of {plural}."),
        "required": ["data", "next_cursor"],
        "properties": {
            "data": {"type": "array", "items": reference(name), "description": format!("The {plural} on the page.")},
            "next_cursor": {"type": ["string", "null"], "description": "Value of `cursor` with which to request the next page; null on the last page.", "example": null},
            "total": {"type": "integer", "format": "int64", "minimum": 0, "description": "Number of all items in the list; only present with `count=true` and `count=exact`.", "example": 1},
            "total_is_estimate": {"type": "boolean", "description": "True if `total` is an estimate, which it can be with `count=true` if the list has more than 10 000 items; only present with `total`.", "example": false}
        }
    })
}
