//! Component schemas for requests and responses, made from the one list of fields that a resource has.
//!
//! utoipa gives one schema for a type. A response always has every property; a request may leave out what has a
//! default and may repeat what is read-only. So each object is published in the flavour of where it occurs: `City`,
//! `CityInput`, and for the patch and the list `CityPatch` and `CityPage`.

use super::constraints::constrain;
use super::operation::reference;
use super::variants::Variant;
use crate::conventions::reading::include::Relation;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub(super) type Components = BTreeMap<String, Value>;

const PREFIX: &str = "#/components/schemas/";

/// The published components, made from those that utoipa derived; `paths` loses its references to what is inlined.
pub(super) fn components(
    mut raw: Components,
    resources: &[(&str, &str)],
    variants: &[Variant],
    paths: &mut Value,
) -> Components {
    for name in raw.keys().cloned().collect::<Vec<_>>() {
        if let Some(merged) = raw.get(&name).map(|schema| merged(schema, &raw)) {
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
        .chain([&mut *paths])
        .for_each(|value| inline(value, &primitives));
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
            published.insert(format!("{name}Patch"), patch_flavour(input));
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
            published.insert(name.clone(), output_flavour(schema));
        }
    }
    let used = used_by(paths, &published);
    published.retain(|name, _| used.contains(name));
    published
}

/// Adds the members for related records to the schema of a record, where they need not be, and the enum of their names. A
/// request has no such members: what it says of other records would vanish.
pub(super) fn add_relations(published: &mut Components, name: &str, relations: &[Relation]) {
    let names: Vec<&str> = relations.iter().map(|relation| relation.name).collect();
    let text = format!("What can come along with a record of the kind {name}.");
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
            "In the order of the plan."
        } else {
            "The plan that it belongs to."
        };
        let text = format!("Only there if `include` asks for it. {text}");
        let one = reference(relation.schema);
        let mut schema = if relation.many {
            json!({"type": "array", "items": one})
        } else {
            one
        };
        insert(&mut schema, "description", json!(text));
        insert(&mut schema, "readOnly", json!(true));
        members.insert(relation.name.to_owned(), schema);
    }
}

/// Adds the request flavour of a schema and of those it leads to.
fn add_inputs(published: &mut Components, raw: &Components, root: &str) {
    for part in reachable(raw, root) {
        if let Some(schema) = raw.get(&part) {
            published.insert(input_name(&part), input_flavour(schema, raw));
        }
    }
}

/// The names of the components that the paths lead to.
fn used_by(paths: &Value, published: &Components) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = names_in(paths);
    while let Some(name) = open.pop() {
        if let Some(schema) = published.get(&name).filter(|_| !found.contains(&name)) {
            open.extend(names_in(schema));
            found.insert(name);
        }
    }
    found
}

pub(super) fn properties(schema: &Value) -> Option<&Map<String, Value>> {
    schema.get("properties")?.as_object()
}

fn is_primitive(schema: &Value) -> bool {
    schema.get("enum").is_none()
        && schema.get("properties").is_none()
        && schema.get("allOf").is_none()
        && schema.get("type") != Some(&json!("object"))
}

/// An `allOf` of flattened parts as the one object that it stands for.
fn merged(schema: &Value, raw: &Components) -> Value {
    let schema = match target(schema) {
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
    let mut whole = json!({"type": "object", "properties": {}, "required": []});
    if let Some(description) = schema.get("description") {
        insert(&mut whole, "description", description.clone());
    }
    for part in parts.iter().map(|part| merged(part, raw)) {
        let own = properties(&part).cloned().unwrap_or_default();
        if let Some(all) = whole.get_mut("properties").and_then(Value::as_object_mut) {
            all.extend(own);
        }
        let required = part
            .get("required")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        if let Some(all) = whole.get_mut("required").and_then(Value::as_array_mut) {
            all.extend(required);
        }
    }
    whole
}

/// The names of the properties of a record.
fn fields_of(name: &str, schema: &Value) -> Value {
    let names: Vec<&String> = properties(schema).into_iter().flat_map(Map::keys).collect();
    json!({"type": "string", "description": format!("A property of the kind of record {name}."), "enum": names})
}

fn insert(schema: &mut Value, member: &str, value: Value) {
    if let Some(members) = schema.as_object_mut() {
        members.insert(member.to_owned(), value);
    }
}

fn target(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(PREFIX)
}

/// Puts texts and numbers with a name where they are used: a name for a string is a stumbling block to generators.
fn inline(value: &mut Value, primitives: &Components) {
    if let Some(schema) = target(value).and_then(|name| primitives.get(name)) {
        let mut inlined = schema.clone();
        for (member, own) in value
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(member, _)| *member != "$ref")
        {
            insert(&mut inlined, member, own.clone());
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
        insert(value, "readOnly", read_only);
    }
}

/// One form for a value or null: `type: [primitive, null]` for a primitive, `oneOf: [null, reference]` for what has a name.
fn collapse_nullable(value: &mut Value) {
    let nothing = json!({"type": "null"});
    let branches = value
        .get("oneOf")
        .and_then(Value::as_array)
        .filter(|branches| branches.len() == 2 && branches.contains(&nothing));
    let Some(other) = branches
        .and_then(|branches| branches.iter().find(|branch| **branch != nothing))
        .cloned()
    else {
        return;
    };
    let mut collapsed = match (target(&other), other.get("type")) {
        (Some(name), _) => json!({"oneOf": [nothing, reference(name)]}),
        (None, Some(kind)) => {
            let mut primitive = other.clone();
            insert(&mut primitive, "type", json!([kind, "null"]));
            primitive
        }
        (None, None) => return,
    };
    let outer = value
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(member, _)| *member != "oneOf");
    for (member, own) in other
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(member, _)| *member == "description")
        .chain(outer)
    {
        insert(&mut collapsed, member, own.clone());
    }
    *value = collapsed;
}

/// The names of the object schemas that one leads to, itself included.
pub(super) fn reachable(raw: &Components, root: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![root.to_owned()];
    while let Some(name) = open.pop() {
        let Some(schema) = raw
            .get(&name)
            .filter(|schema| schema.get("properties").is_some())
        else {
            continue;
        };
        if found.insert(name) {
            for_each_reference(schema, &mut |name| open.push(name.to_owned()));
        }
    }
    found
}

pub(super) fn for_each_reference(value: &Value, act: &mut impl FnMut(&str)) {
    if let Some(name) = target(value) {
        act(name);
    }
    match value {
        Value::Object(members) => members
            .values()
            .for_each(|member| for_each_reference(member, act)),
        Value::Array(items) => items.iter().for_each(|item| for_each_reference(item, act)),
        _ => {}
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
fn input_flavour(schema: &Value, raw: &Components) -> Value {
    let mut flavour = schema.clone();
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
    require(&mut flavour, required.into_iter().collect());
    insert(&mut flavour, "additionalProperties", json!(false));
    rename_to_input(&mut flavour, raw);
    for property in flavour
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
    flavour
}

/// Sets what is required; a list without items is not valid in OpenAPI 3.0.
fn require(schema: &mut Value, names: Vec<String>) {
    insert(schema, "required", json!(names));
    if let Some(members) = schema.as_object_mut().filter(|_| names.is_empty()) {
        members.shift_remove("required");
    }
}

fn rename_to_input(value: &mut Value, raw: &Components) {
    if let Some(name) = target(value).filter(|name| {
        raw.get(*name)
            .is_some_and(|schema| schema.get("properties").is_some())
    }) {
        let renamed = format!("{PREFIX}{}", input_name(name));
        insert(value, "$ref", json!(renamed));
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
fn add_read_only(published: &mut Components, raw: &Components, name: &str) {
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
        .flat_map(|(_, schema)| names_in(schema))
        .flat_map(|name| reachable(raw, &name))
    {
        if let Some(schema) = raw
            .get(&part)
            .filter(|_| !published.contains_key(&input_name(&part)))
        {
            let flavour = input_flavour(schema, raw);
            published.insert(input_name(&part), flavour);
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
        insert(&mut schema, "readOnly", json!(true));
        own.insert(name, schema);
    }
}

fn names_in(schema: &Value) -> Vec<String> {
    let mut names = Vec::new();
    for_each_reference(schema, &mut |name| names.push(name.to_owned()));
    names
}

/// As a response has it: every property is there.
fn output_flavour(schema: &Value) -> Value {
    let mut flavour = schema.clone();
    if let Some(all) = properties(schema) {
        let names: Vec<&String> = all.keys().collect();
        insert(&mut flavour, "required", json!(names));
    }
    for property in flavour
        .get_mut("properties")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(Map::values_mut)
    {
        if let Some(members) = property.as_object_mut() {
            members.remove("default");
        }
    }
    flavour
}

/// As a merge patch has it: everything may be left out; null clears what a new record may leave out.
fn patch_flavour(input: &Value) -> Value {
    let mut flavour = input.clone();
    let required: BTreeSet<String> = input
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    require(&mut flavour, Vec::new());
    let description = input
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    insert(
        &mut flavour,
        "description",
        json!(format!(
            "{description} As a merge patch: what is left out stays as it is."
        )),
    );
    for (name, property) in flavour
        .get_mut("properties")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
    {
        if !required.contains(name) && property.get("readOnly") != Some(&json!(true)) {
            allow_null(property);
        }
    }
    flavour
}

fn allow_null(property: &mut Value) {
    match property.get("type").cloned() {
        Some(Value::String(kind)) => insert(property, "type", json!([kind, "null"])),
        Some(_) => {}
        None => {
            if let Some(name) = target(property).map(str::to_owned) {
                let nullable_enum = !name.ends_with("Input");
                if nullable_enum {
                    let description = property.get("description").cloned();
                    *property = json!({"oneOf": [{"type": "null"}, reference(&name)]});
                    description
                        .into_iter()
                        .for_each(|description| insert(property, "description", description));
                }
            }
        }
    }
}

fn page_of(name: &str, plural: &str) -> Value {
    json!({
        "type": "object",
        "description": format!("One page of a list of {plural}."),
        "required": ["data", "next_cursor"],
        "properties": {
            "data": {"type": "array", "items": reference(name), "description": format!("The {plural} of the page.")},
            "next_cursor": {"type": ["string", "null"], "description": "Give it as `cursor` to get the next page; null on the last.", "example": null},
            "total": {"type": "integer", "format": "int64", "minimum": 0, "description": "Number of all items of the list; only with `count=true`.", "example": 1}
        }
    })
}
