//! Query parameters as the document describes them: flat, typed, repeatable, and never silently ignored.
//!
//! A repeated key or a comma means "or" (an encoded comma is part of the value).

use super::compiler::Compiler;
use super::explain::explained;
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::http::query::QueryValues;
use crate::domain::{Fault, FaultCode, Place, nearest, text};
use jsonschema::Validator;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The parameters of one operation.
pub struct Parameters {
    kinds: BTreeMap<String, Kind>,
    required: Vec<String>,
    validator: Validator,
    document: Arc<Value>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Kind {
    many: bool,
    numeric: bool,
    boolean: bool,
}

impl Parameters {
    /// The query parameters that an operation of the document has.
    ///
    /// # Errors
    /// A schema that cannot be compiled.
    pub fn compile(
        document: &Arc<Value>,
        compiler: &Compiler<'_>,
        operation: &Value,
    ) -> Result<Self, String> {
        let mut kinds = BTreeMap::new();
        let mut properties = Map::new();
        let mut required = Vec::new();
        let all = operation
            .get("parameters")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        for parameter in all.filter(|parameter| parameter.get("in") == Some(&json!("query"))) {
            let name = parameter
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let schema = parameter.get("schema").cloned().unwrap_or_default();
            let many = schema.get("type") == Some(&json!("array"));
            let item = if many {
                schema.get("items").cloned().unwrap_or_default()
            } else {
                schema.clone()
            };
            let is = |kind: &str| item.get("type") == Some(&json!(kind));
            kinds.insert(
                name.to_owned(),
                Kind {
                    many,
                    numeric: is("integer") || is("number"),
                    boolean: is("boolean"),
                },
            );
            if parameter.get("required") == Some(&json!(true)) {
                required.push(name.to_owned());
            }
            properties.insert(name.to_owned(), schema);
        }
        let validator = compiler.compile(json!({"type": "object", "properties": properties}))?;
        Ok(Self {
            kinds,
            required,
            validator,
            document: document.clone(),
        })
    }

    /// Reads and checks a query string.
    ///
    /// # Errors
    /// A problem that names every parameter that is not known or not valid.
    pub fn read(&self, query: &str) -> Result<QueryValues, Problem> {
        let mut values = Map::new();
        let mut faults = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, raw) = pair.split_once('=').unwrap_or((pair, ""));
            match decode(name).and_then(|name| self.take(&name, raw, &mut values)) {
                Ok(()) => {}
                Err(fault) => faults.push(fault),
            }
            if faults.len() >= Fault::MOST {
                break;
            }
        }
        let values = Value::Object(values);
        let missing = self
            .required
            .iter()
            .filter(|name| values.get(name.as_str()).is_none());
        faults.extend(missing.map(|name| {
            Fault::in_parameter(name, FaultCode::Required, format!("{name} is required"))
        }));
        faults.extend(self.faults(&values));
        match (faults.is_empty(), values) {
            (true, Value::Object(values)) => Ok(QueryValues::new(values)),
            _ => Err(Problem::from_faults(Code::InvalidParameters, faults)),
        }
    }

    fn take(&self, name: &str, raw: &str, values: &mut Map<String, Value>) -> Result<(), Fault> {
        let Some(kind) = self.kinds.get(name) else {
            let hint = nearest(name, self.kinds.keys().map(String::as_str));
            let hint = hint
                .map(|name| format!("; did you mean {name:?}?"))
                .unwrap_or_default();
            let shown: String = name.chars().take(200).collect();
            return Err(Fault::in_parameter(
                &shown,
                FaultCode::Unknown,
                format!("there is no parameter {shown:?} here{hint}"),
            ));
        };
        if kind.many {
            let items = raw
                .split(',')
                .map(|item| Ok(kind.value(decode(item)?)))
                .collect::<Result<Vec<_>, Fault>>()?;
            let list = values.entry(name).or_insert_with(|| json!([]));
            // One more than any list may have is enough to be refused.
            let room = |list: &Vec<Value>| Fault::MOST.saturating_sub(list.len());
            list.as_array_mut()
                .into_iter()
                .for_each(|list| list.extend(items.iter().take(room(list)).cloned()));
            return Ok(());
        }
        match values.insert(name.to_owned(), kind.value(decode(raw)?)) {
            None => Ok(()),
            Some(_) => Err(Fault::in_parameter(
                name,
                FaultCode::Repeated,
                format!("{name} can be given only once"),
            )),
        }
    }

    fn faults(&self, values: &Value) -> Vec<Fault> {
        if values.as_object().is_some_and(Map::is_empty) {
            return Vec::new();
        }
        let found = explained(&self.document, &self.validator, values);
        let named = found.into_iter().map(|fault| match &fault.place {
            Place::Pointer(pointer) => {
                let name = pointer.split('/').nth(1).unwrap_or_default().to_owned();
                Fault {
                    detail: format!("{name} {}", fault.detail),
                    place: Place::Parameter(name),
                    ..fault
                }
            }
            Place::Parameter(_) => fault,
        });
        named.collect()
    }
}

impl Kind {
    /// The JSON that a text stands for; what does not fit stays a text, and the schema says so.
    fn value(self, text: String) -> Value {
        let parsed = match self {
            Kind { numeric: true, .. } => serde_json::from_str(&text).ok().filter(Value::is_number),
            Kind { boolean: true, .. } => text.parse().ok().map(Value::Bool),
            _ => None,
        };
        let mut value = parsed.unwrap_or(Value::String(text));
        text::normalise_json(&mut value);
        value
    }
}

/// Percent-decoding of `application/x-www-form-urlencoded`, strict about UTF-8.
fn decode(raw: &str) -> Result<String, Fault> {
    let spaced = raw.replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&spaced).decode_utf8();
    decoded
        .map(Into::into)
        .map_err(|_| Fault::in_parameter(raw, FaultCode::Pattern, format!("{raw:?} is not UTF-8")))
}
