//! The limits of texts, numbers and lists in requests whose types state none.
//!
//! One rule: no request value is unlimited. Start with [`constrain`].

use crate::conventions::contract::ranges::upper_bound;
use crate::domain::text;
use crate::domain::vocabularies::{partnership_slugs, topic_slugs};
use serde_json::{Map, Value, json};

/// The largest integer that every client can represent exactly: 2^53 - 1 (RFC 8259, section 6).
const MAX_INTEGER: i64 = 9_007_199_254_740_991;
/// The maximum number of values of one query parameter. More would not fit into an address.
const MAX_VALUES: usize = 50;

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
    let Some(members) = schema
        .as_object_mut()
        .filter(|members| !members.contains_key("enum"))
    else {
        return;
    };
    if text && !members.contains_key("format") {
        if !members.contains_key("pattern") {
            members.insert("pattern".into(), json!(text::PATTERN));
            members.insert("minLength".into(), json!(1));
        }
        members
            .entry("maxLength")
            .or_insert(json!(text::MAX_LENGTH));
    }
    constrain_to_vocabulary(members);
    for (format, max) in [("int32", i64::from(i32::MAX)), ("int64", MAX_INTEGER)] {
        if members.get("format") == Some(&json!(format)) {
            members.entry("minimum").or_insert(json!(-max));
            members.entry("maximum").or_insert(json!(max));
        }
    }
    if list {
        members.entry("maxItems").or_insert(json!(text::MAX_ITEMS));
    }
}

/// Adds a pattern to a text that is a slug of a vocabulary. It is not an enum, because the values of enums have no hyphens.
fn constrain_to_vocabulary(members: &mut Map<String, Value>) {
    let slugs: Vec<&str> = match members.get("format").and_then(Value::as_str) {
        Some("urban-agenda-partnership") => partnership_slugs().collect(),
        Some("topic") => topic_slugs().collect(),
        _ => return,
    };
    let pattern = format!("^({})$", slugs.join("|"));
    members.entry("pattern").or_insert(json!(pattern));
}

/// Says which other parameter a lower bound must not be beyond.
fn describe_ranges(parameters: &mut [Value]) {
    let name = |parameter: &Value| Some(parameter.get("name")?.as_str()?.to_owned());
    let names: Vec<String> = parameters.iter().filter_map(name).collect();
    for parameter in parameters {
        let upper = name(parameter).and_then(|name| upper_bound(&name));
        let Some(upper) = upper.filter(|upper| names.contains(upper)) else {
            continue;
        };
        if let Some(Value::String(description)) = parameter.get_mut("description") {
            description.push_str(&format!(" It must not be beyond `{upper}`."));
        }
    }
}

/// Adds the limits to the schemas of all query parameters, and those of ranges to their descriptions.
pub(super) fn constrain_parameters(paths: &mut Value) {
    let items = paths
        .as_object_mut()
        .into_iter()
        .flat_map(|paths| paths.values_mut());
    let operations = items
        .filter_map(Value::as_object_mut)
        .flat_map(|item| item.values_mut());
    let mut lists: Vec<&mut Vec<Value>> = operations
        .filter_map(|operation| operation.get_mut("parameters")?.as_array_mut())
        .collect();
    lists.iter_mut().for_each(|list| describe_ranges(list));
    let parameters = lists.into_iter().flatten();
    for parameter in parameters.filter(|parameter| parameter.get("in") == Some(&json!("query"))) {
        if let Some(schema) = parameter.get_mut("schema") {
            if let Some(list) = schema
                .as_object_mut()
                .filter(|schema| schema.contains_key("items"))
            {
                list.insert("maxItems".into(), json!(MAX_VALUES));
            }
            constrain(schema);
        }
    }
}
