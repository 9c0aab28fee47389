//! The schemas of a plan document, made from those of its records: they have the same fields, but refer to records by slug instead
//! of by id, and lack the properties that only the service sets.
//!
//! One rule: a schema is copied only if it differs in a document. Start with [`Variant::add_to`].

use crate::conventions::contract::schema::reference;
use crate::conventions::contract::schema::{Components, for_each_reference, properties, reachable};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// How the schemas of a document differ from those of the records.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    /// The schema of the document.
    pub root: &'static str,
    /// The prefix for the names of schemas that differ from those of the records.
    pub prefix: &'static str,
    /// The members that refer to records by id, the members by slug that replace them, and an example of a slug.
    pub links: &'static [(&'static str, &'static str, &'static str)],
    /// Members that are required in a document although the service assigns them otherwise, each after the name of its schema.
    pub required: &'static [(&'static str, &'static str)],
}

impl Variant {
    /// Adds the schemas of the document to those of the records.
    pub(super) fn add_to(&self, raw: &mut Components) {
        let parts = reachable(raw, self.root);
        let mut differing: BTreeSet<String> = parts
            .iter()
            .filter(|name| self.differs(name, raw))
            .cloned()
            .collect();
        loop {
            let refers_to_differing = |name: &&String| {
                raw.get(*name)
                    .is_some_and(|schema| refers_to_any(schema, &differing))
            };
            let more: Vec<String> = parts
                .iter()
                .filter(|name| !differing.contains(*name))
                .filter(refers_to_differing)
                .cloned()
                .collect();
            if more.is_empty() {
                break;
            }
            differing.extend(more);
        }
        for name in &differing {
            if let Some(schema) = raw
                .get(name)
                .map(|schema| self.schema(name, schema, &differing))
            {
                raw.insert(self.name(name), schema);
            }
        }
    }

    /// True if the schema itself differs in a document, regardless of the schemas that it refers to.
    fn differs(&self, name: &str, raw: &Components) -> bool {
        let all = raw.get(name).and_then(properties).into_iter().flatten();
        let mut members = all.map(|(member, schema)| {
            self.links.iter().any(|(id, ..)| id == member) || is_read_only(schema)
        });
        name.ends_with("Input") || members.any(|differs| differs)
    }

    /// The name of a schema in the document: `DocumentPlan` for `PlanInput`, `DocumentPlanCity` for `PlanCity`. Schemas that only
    /// the document has keep their names.
    fn name(&self, name: &str) -> String {
        if name == self.root || name.starts_with(self.prefix) {
            return name.to_owned();
        }
        format!(
            "{}{}",
            self.prefix,
            name.strip_suffix("Input").unwrap_or(name)
        )
    }

    fn schema(&self, name: &str, schema: &Value, differing: &BTreeSet<String>) -> Value {
        let mut members = Map::new();
        for (member, property) in properties(schema)
            .into_iter()
            .flatten()
            .filter(|(_, property)| !is_read_only(property))
        {
            match self.links.iter().find(|(id, ..)| id == member) {
                Some((_, slug, example)) => {
                    members.insert((*slug).to_owned(), by_slug(property, example))
                }
                None => members.insert(member.clone(), self.renamed(property, differing)),
            };
        }
        let required = self.required(name, schema, &members);
        json!({
            "type": "object", "description": schema.get("description").cloned().unwrap_or_default(),
            "properties": members, "required": required
        })
    }

    /// The members that a schema of the document requires: those that the record requires and that the service does not set, and
    /// those that only a document requires.
    fn required<'m>(
        &'m self,
        name: &str,
        schema: &'m Value,
        members: &Map<String, Value>,
    ) -> BTreeSet<&'m str> {
        let set_by_service = |member: &&str| {
            properties(schema)
                .and_then(|all| all.get(*member))
                .is_some_and(is_read_only)
        };
        let required = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        let required = required.filter(|member| !set_by_service(member));
        let renamed = required.map(|member| {
            self.links
                .iter()
                .find(|(id, ..)| *id == member)
                .map_or(member, |(_, slug, _)| slug)
        });
        let additional = self
            .required
            .iter()
            .filter(|(schema, _)| *schema == name)
            .map(|(_, member)| *member);
        renamed
            .filter(|member| members.contains_key(*member))
            .chain(additional)
            .collect()
    }

    fn renamed(&self, schema: &Value, differing: &BTreeSet<String>) -> Value {
        let mut schema = schema.clone();
        self.rename(&mut schema, differing);
        schema
    }

    fn rename(&self, value: &mut Value, differing: &BTreeSet<String>) {
        let name = value
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|target| target.rsplit('/').next())
            .map(str::to_owned);
        if let (Some(name), Some(members)) = (
            name.filter(|name| differing.contains(name)),
            value.as_object_mut(),
        ) {
            members.insert(
                "$ref".into(),
                reference(&self.name(&name))
                    .get("$ref")
                    .cloned()
                    .unwrap_or_default(),
            );
        }
        match value {
            Value::Object(members) => members
                .values_mut()
                .for_each(|member| self.rename(member, differing)),
            Value::Array(items) => items
                .iter_mut()
                .for_each(|item| self.rename(item, differing)),
            _ => {}
        }
    }
}

fn is_read_only(schema: &Value) -> bool {
    schema.get("readOnly") == Some(&json!(true))
}

fn refers_to_any(schema: &Value, names: &BTreeSet<String>) -> bool {
    let mut found = false;
    for_each_reference(schema, &mut |name| found |= names.contains(name));
    found
}

/// The schema of a link by slug that replaces a link by id. The link may be optional, and may be a list.
fn by_slug(by_id: &Value, example: &str) -> Value {
    let slug = json!({"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 200, "example": example});
    let description = by_id
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let description = description
        .replace("Ids of", "Slugs of")
        .replace("Id of", "Slug of");
    let mut schema = match by_id.get("type") {
        Some(Value::String(kind)) if kind == "array" => {
            json!({"type": "array", "items": slug, "example": [example]})
        }
        _ => slug,
    };
    if let Some(members) = schema.as_object_mut() {
        if let Some(kinds @ Value::Array(_)) = by_id.get("type") {
            members.insert("type".into(), kinds.clone());
        }
        members.insert("description".into(), json!(description));
        by_id
            .get("maxItems")
            .into_iter()
            .for_each(|most| drop(members.insert("maxItems".into(), most.clone())));
    }
    schema
}
