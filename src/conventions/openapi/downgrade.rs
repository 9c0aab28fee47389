//! Converts the document from OpenAPI 3.1 to 3.0.3, for generators that do not support later versions.
//!
//! One rule: the conversion is a pure function of the document. Start with [`downgrade`].

use serde_json::{Value, json};

/// The same document in OpenAPI 3.0.3.
pub fn downgrade(document: &Value) -> Value {
    let mut older = document.clone();
    convert(&mut older);
    if let Some(members) = older.as_object_mut() {
        members.insert("openapi".into(), json!("3.0.3"));
    }
    if let Some(info) = older.get_mut("info").and_then(Value::as_object_mut) {
        info.remove("summary");
    }
    if let Some(license) = older
        .pointer_mut("/info/license")
        .and_then(Value::as_object_mut)
    {
        license.remove("identifier");
    }
    older
}

fn convert(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(convert),
        Value::Object(_) => {
            convert_content(value);
            convert_type(value);
            convert_union(value);
            convert_reference(value);
            convert_keywords(value);
            value
                .as_object_mut()
                .into_iter()
                .flat_map(|members| members.values_mut())
                .for_each(convert);
        }
        _ => {}
    }
}

/// Declares patches as plain JSON, which the service accepts as well, because older generators support no other media type.
fn convert_content(value: &mut Value) {
    if let Some(content) = value.get_mut("content").and_then(Value::as_object_mut)
        && let Some(patch) = content.shift_remove("application/merge-patch+json")
    {
        content.insert("application/json".into(), patch);
    }
}

/// `type: [T, "null"]` as `type: T, nullable: true`.
fn convert_type(value: &mut Value) {
    let Some(kinds) = value.get("type").and_then(Value::as_array) else {
        return;
    };
    let others: Vec<Value> = kinds
        .iter()
        .filter(|kind| **kind != json!("null"))
        .cloned()
        .collect();
    let nullable = others.len() < kinds.len();
    let Some(members) = value.as_object_mut() else {
        return;
    };
    if let [only] = others.as_slice() {
        members.insert("type".into(), only.clone());
        if nullable {
            members.insert("nullable".into(), json!(true));
        }
    }
}

/// `oneOf: [null, X]` as `allOf: [X], nullable: true`.
fn convert_union(value: &mut Value) {
    let Some(branches) = value.get("oneOf").and_then(Value::as_array) else {
        return;
    };
    let others: Vec<Value> = branches
        .iter()
        .filter(|branch| **branch != json!({"type": "null"}))
        .cloned()
        .collect();
    if others.len() == branches.len() {
        return;
    }
    if let Some(members) = value.as_object_mut() {
        members.remove("oneOf");
        members.insert("allOf".into(), Value::Array(others));
        members.insert("nullable".into(), json!(true));
    }
}

/// A reference with other members as `allOf`, because OpenAPI 3.0 ignores what stands beside a reference.
fn convert_reference(value: &mut Value) {
    let Some(members) = value.as_object_mut().filter(|members| members.len() > 1) else {
        return;
    };
    let is_schema = |target: &Value| {
        target
            .as_str()
            .is_some_and(|target| target.starts_with("#/components/schemas/"))
    };
    if members.get("$ref").is_some_and(is_schema)
        && let Some(target) = members.shift_remove("$ref")
    {
        members.insert("allOf".into(), json!([{"$ref": target}]));
    }
}

fn convert_keywords(value: &mut Value) {
    let Some(members) = value.as_object_mut() else {
        return;
    };
    if let Some(constant) = members.remove("const") {
        members.insert("enum".into(), json!([constant]));
    }
    if let Some(first) = members
        .get("examples")
        .and_then(Value::as_array)
        .and_then(|examples| examples.first())
        .cloned()
    {
        members.remove("examples");
        members.insert("example".into(), first);
    }
    for (bound, exclusive) in [
        ("minimum", "exclusiveMinimum"),
        ("maximum", "exclusiveMaximum"),
    ] {
        if let Some(limit) = members
            .get(exclusive)
            .filter(|limit| limit.is_number())
            .cloned()
        {
            members.insert(bound.into(), limit);
            members.insert(exclusive.into(), json!(true));
        }
    }
    members.remove("propertyNames");
}
