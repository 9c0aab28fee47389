//! Query parameters as the document describes them: flat, typed and repeatable.
//!
//! One rule: no parameter is silently ignored; an unknown one is a fault. A repeated name or a comma means "or"; a
//! percent-encoded comma is part of the value. Start with [`Parameters::read`].

use super::compiler::{Compiler, LazyValidator};
use super::explain::MAX_ECHOED_NAME;
use super::ranges::{reversed, without_effect};
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::http::query::QueryValues;
use crate::domain::{Fault, FaultCode, Place, suggestion, text};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The query parameters of one operation.
pub struct Parameters {
    types: BTreeMap<String, ParameterType>,
    required: Vec<String>,
    validator: LazyValidator,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct ParameterType {
    is_list: bool,
    is_number: bool,
    is_boolean: bool,
}

impl Parameters {
    /// The query parameters of an operation of the document.
    pub fn new(compiler: &Arc<Compiler>, operation: &Value) -> Self {
        let mut types = BTreeMap::new();
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
            types.insert(name.to_owned(), ParameterType::from_schema(&schema));
            if parameter.get("required") == Some(&json!(true)) {
                required.push(name.to_owned());
            }
            properties.insert(name.to_owned(), schema);
        }
        let schema = json!({"type": "object", "properties": properties});
        Self {
            types,
            required,
            validator: LazyValidator::new(compiler, schema),
        }
    }

    /// The schema of all of them together.
    #[cfg(test)]
    pub(super) fn validator(&self) -> &LazyValidator {
        &self.validator
    }

    /// Parses and checks a query string.
    ///
    /// # Errors
    /// `invalid_parameters`, with every parameter that is unknown or not valid.
    pub fn read(&self, query: &str) -> Result<QueryValues, Problem> {
        let mut values = Map::new();
        let mut faults = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, raw) = pair.split_once('=').unwrap_or((pair, ""));
            let named = decode(name).ok_or_else(|| undecodable(&lossy(name)));
            match named.and_then(|name| self.add_value(&name, raw, &mut values)) {
                Ok(()) => {}
                Err(fault) => faults.push(fault),
            }
            if faults.len() >= Fault::MAX_REPORTED {
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
        faults.extend(self.validate(&values));
        if faults.is_empty() {
            let values = values.as_object();
            faults.extend(values.map(reversed).unwrap_or_default());
            faults.extend(values.map(without_effect).unwrap_or_default());
        }
        match (faults.is_empty(), values) {
            (true, Value::Object(values)) => Ok(QueryValues::new(values)),
            _ => Err(Problem::from_faults(Code::InvalidParameters, faults)),
        }
    }

    fn add_value(
        &self,
        name: &str,
        raw: &str,
        values: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        let Some(kind) = self.types.get(name) else {
            return Err(self.unknown_parameter(name));
        };
        let decoded = |text: &str| decode(text).ok_or_else(|| undecodable(name));
        if kind.is_list {
            let items = raw
                .split(',')
                .map(|item| Ok(kind.value(decoded(item)?)))
                .collect::<Result<Vec<_>, Fault>>()?;
            let list = values.entry(name).or_insert_with(|| json!([]));
            // The schemas allow fewer items than this, so a longer list is rejected without being stored in full.
            let capacity = |list: &Vec<Value>| Fault::MAX_REPORTED.saturating_sub(list.len());
            list.as_array_mut()
                .into_iter()
                .for_each(|list| list.extend(items.iter().take(capacity(list)).cloned()));
            return Ok(());
        }
        match values.insert(name.to_owned(), kind.value(decoded(raw)?)) {
            None => Ok(()),
            Some(_) => Err(Fault::in_parameter(
                name,
                FaultCode::Repeated,
                format!("{name} can be given only once"),
            )),
        }
    }

    fn unknown_parameter(&self, name: &str) -> Fault {
        let hint = suggestion(name, self.types.keys().map(String::as_str));
        let name: String = name.chars().take(MAX_ECHOED_NAME).collect();
        Fault::in_parameter(
            &name,
            FaultCode::Unknown,
            format!("there is no parameter {name:?} here{hint}"),
        )
    }

    fn validate(&self, values: &Value) -> Vec<Fault> {
        if values.as_object().is_some_and(Map::is_empty) {
            return Vec::new();
        }
        let found = self.validator.faults(values);
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

impl ParameterType {
    fn from_schema(schema: &Value) -> Self {
        let is_list = schema.get("type") == Some(&json!("array"));
        let item = if is_list {
            schema.get("items").unwrap_or(&Value::Null)
        } else {
            schema
        };
        let is = |name: &str| item.get("type") == Some(&json!(name));
        Self {
            is_list,
            is_number: is("integer") || is("number"),
            is_boolean: is("boolean"),
        }
    }

    /// Converts a text to JSON. A text that does not have this type stays a string, which the schema then rejects.
    fn value(self, text: String) -> Value {
        let parsed = if self.is_number {
            serde_json::from_str(&text).ok().filter(Value::is_number)
        } else if self.is_boolean {
            text.parse().ok().map(Value::Bool)
        } else {
            None
        };
        let mut value = parsed.unwrap_or(Value::String(text));
        text::normalise_json(&mut value);
        value
    }
}

/// Decodes `application/x-www-form-urlencoded` text; `None` if it is not UTF-8.
fn decode(raw: &str) -> Option<String> {
    let spaced = raw.replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&spaced).decode_utf8();
    decoded.ok().map(Into::into)
}

/// The name of a parameter whose encoding is wrong, as well as it can be read.
fn lossy(raw: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(raw).decode_utf8_lossy();
    decoded.chars().take(MAX_ECHOED_NAME).collect()
}

/// The fault of a parameter whose name or value is not UTF-8.
fn undecodable(name: &str) -> Fault {
    let detail = format!("the percent-encoding of {name} is not that of UTF-8 text");
    Fault::in_parameter(name, FaultCode::Pattern, detail)
}
