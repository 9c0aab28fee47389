//! The schemas of a whole document, made from those of the records in it: the same fields, but other records are named by
//! slug and nothing is there that only the service sets.

use crate::conventions::contract::schema::reference;
use crate::conventions::contract::schema::{Components, for_each_reference, properties, reachable};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// What the schemas of a document are made from.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    /// Schema of the whole document.
    pub root: &'static str,
    /// What the names of schemas begin with that differ from those of the records.
    pub prefix: &'static str,
    /// Members that name records by id, the members by slug that take their places, and an example of a slug.
    pub links: &'static [(&'static str, &'static str, &'static str)],
    /// Schemas in which a member that the service otherwise sets is required.
    pub required: &'static [(&'static str, &'static str)],
}

impl Variant {
    /// Adds the schemas to those of the records.
    pub(super) fn add_to(&self, raw: &mut Components) {
        let parts = reachable(raw, self.root);
        let mut differing: BTreeSet<String> = parts
            .iter()
            .filter(|name| self.differs(name, raw))
            .cloned()
            .collect();
        loop {
            let leads_there = |name: &&String| {
                raw.get(*name)
                    .is_some_and(|schema| leads_to(schema, &differing))
            };
            let more: Vec<String> = parts
                .iter()
                .filter(|name| !differing.contains(*name))
                .filter(leads_there)
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

    fn differs(&self, name: &str, raw: &Components) -> bool {
        let all = raw.get(name).and_then(properties).into_iter().flatten();
        let mut members = all.map(|(member, schema)| {
            self.links.iter().any(|(id, ..)| id == member) || is_read_only(schema)
        });
        name.ends_with("Input") || members.any(|differs| differs)
    }

    /// `PlanInput` is `DocumentPlan`, `PlanCity` is `DocumentPlanCity`; what is of the document alone keeps its name.
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
        for (member, own) in properties(schema)
            .into_iter()
            .flatten()
            .filter(|(_, own)| !is_read_only(own))
        {
            match self.links.iter().find(|(id, ..)| id == member) {
                Some((_, slug, example)) => {
                    members.insert((*slug).to_owned(), by_slug(own, example))
                }
                None => members.insert(member.clone(), self.renamed(own, differing)),
            };
        }
        let required = self.required(name, schema, &members);
        json!({
            "type": "object", "description": schema.get("description").cloned().unwrap_or_default(),
            "properties": members, "required": required
        })
    }

    /// The members that the schema of the document requires: those that the record requires and the service does not set, and
    /// those that are required in a document alone.
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
        let own = self
            .required
            .iter()
            .filter(|(schema, _)| *schema == name)
            .map(|(_, member)| *member);
        renamed
            .filter(|member| members.contains_key(*member))
            .chain(own)
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

fn leads_to(schema: &Value, names: &BTreeSet<String>) -> bool {
    let mut found = false;
    for_each_reference(schema, &mut |name| found |= names.contains(name));
    found
}

/// The schema of a link by slug, in the place of one by id: of one record, of perhaps one, or of several.
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
