//! Component schemas as JSON, and the references between them.

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Component schemas by name.
pub type Components = BTreeMap<String, Value>;

/// The beginning of every reference to a component schema.
pub const PREFIX: &str = "#/components/schemas/";

/// The properties of an object schema.
pub fn properties(schema: &Value) -> Option<&Map<String, Value>> {
    schema.get("properties")?.as_object()
}

/// Sets a member of a schema.
pub fn set_member(schema: &mut Value, member: &str, value: Value) {
    if let Some(members) = schema.as_object_mut() {
        members.insert(member.to_owned(), value);
    }
}

/// The name of the component that a schema refers to; `None` if the schema is not a reference.
pub fn referenced_name(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(PREFIX)
}

/// The names of the object schemas that `root` refers to, directly or through others, including `root` itself.
pub fn reachable(raw: &Components, root: &str) -> BTreeSet<String> {
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

/// Calls `act` with the name of each component that a value refers to.
pub fn for_each_reference(value: &Value, act: &mut impl FnMut(&str)) {
    if let Some(name) = referenced_name(value) {
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

/// The names of the components that a value refers to.
pub fn referenced_names(schema: &Value) -> Vec<String> {
    let mut names = Vec::new();
    for_each_reference(schema, &mut |name| names.push(name.to_owned()));
    names
}

/// A reference to a component schema.
pub fn reference(name: &str) -> Value {
    json!({"$ref": format!("{PREFIX}{name}")})
}
