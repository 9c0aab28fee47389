//! The limits that every text and list of a request has, even where its type states none.

use crate::domain::text;
use serde_json::{Value, json};

/// Adds the limits to a schema and to the schemas of its items.
pub(super) fn constrain(schema: &mut Value) {
    if let Some(items) = schema.get_mut("items") {
        constrain(items);
    }
    let is = |schema: &Value, kind: &str| match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.contains(&json!(kind)),
        Some(single) => *single == json!(kind),
        None => false,
    };
    let (text, list) = (is(schema, "string"), is(schema, "array"));
    let Some(members) = schema.as_object_mut().filter(|members| !members.contains_key("enum")) else { return };
    if text && !members.contains_key("format") {
        if !members.contains_key("pattern") {
            members.insert("pattern".into(), json!(text::PATTERN));
            members.insert("minLength".into(), json!(1));
        }
        members.entry("maxLength").or_insert(json!(text::MAX_LENGTH));
    }
    if list {
        members.entry("maxItems").or_insert(json!(text::MAX_ITEMS));
    }
}

/// Adds the limits to the schemas of all query parameters.
pub(super) fn constrain_parameters(paths: &mut Value) {
    let items = paths.as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    let operations = items.filter_map(Value::as_object_mut).flat_map(|item| item.values_mut());
    let parameters = operations.filter_map(|operation| operation.get_mut("parameters")?.as_array_mut()).flatten();
    for parameter in parameters.filter(|parameter| parameter.get("in") == Some(&json!("query"))) {
        if let Some(schema) = parameter.get_mut("schema") {
            constrain(schema);
        }
    }
}
