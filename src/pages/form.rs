//! The form above a list: the available filters, the active filters, and links that remove them.
//!
//! One rule: parameters without a field are sent again unchanged, so that no filter is lost. Start with [`Form`].

use super::query::{PRESENTATION, Query};
use crate::conventions::http::query::QueryValues;
use actix_web::{HttpMessage, HttpRequest};
use serde_json::Value;

/// A form of filters.
#[derive(Debug, Default)]
pub struct Form {
    /// The search words.
    pub q: String,
    /// The fields.
    pub fields: Vec<Field>,
    /// The parameters without a field, sent again unchanged.
    pub hidden: Vec<(String, String)>,
    /// The filters that the request applies.
    pub active: Vec<ActiveFilter>,
}

/// A field with a list of values.
#[derive(Debug)]
pub struct Field {
    /// The name of the parameter.
    pub name: &'static str,
    /// The label of the field.
    pub label: &'static str,
    /// The label of the empty choice.
    pub any: &'static str,
    /// The values that can be selected.
    pub choices: Vec<Choice>,
}

/// A value that can be selected.
#[derive(Debug)]
pub struct Choice {
    /// The value.
    pub value: String,
    /// The label of the value.
    pub label: String,
    /// The number of plans with this value, if it was counted.
    pub plans: Option<i64>,
    /// True if the value is selected.
    pub is_selected: bool,
}

/// A filter that the request applies.
#[derive(Debug)]
pub struct ActiveFilter {
    /// The label of the parameter.
    pub name: String,
    /// The label of the value.
    pub value: String,
    /// The URL of the list without this filter.
    pub without: String,
}

impl Field {
    /// Creates a field from values and their labels.
    pub fn new(
        name: &'static str,
        label: &'static str,
        any: &'static str,
        choices: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let counted = choices
            .into_iter()
            .map(|(value, label)| (value, label, None));
        Self::counted(name, label, any, counted)
    }

    /// Creates a field from values, their labels, and the number of plans with each value.
    pub fn counted(
        name: &'static str,
        label: &'static str,
        any: &'static str,
        choices: impl IntoIterator<Item = (String, String, Option<i64>)>,
    ) -> Self {
        let choices = choices.into_iter().map(|(value, label, plans)| Choice {
            value,
            label,
            plans,
            is_selected: false,
        });
        Self {
            name,
            label,
            any,
            choices: choices.collect(),
        }
    }

    /// True if several values are selected, in which case the field must allow it.
    pub fn has_several(&self) -> bool {
        let selected = self.choices.iter().filter(|choice| choice.is_selected);
        selected.count() > 1
    }

    /// Selects the values of the request. A value that is not among the choices is added to them.
    fn select(&mut self, given: &Value) {
        let given = given
            .as_array()
            .map_or(std::slice::from_ref(given), Vec::as_slice);
        for value in given.iter().map(text) {
            match self.choices.iter_mut().find(|choice| choice.value == value) {
                Some(choice) => choice.is_selected = true,
                None => self.choices.push(Choice {
                    label: value.clone(),
                    plans: None,
                    value,
                    is_selected: true,
                }),
            }
        }
    }
}

impl Form {
    /// Creates the form of the list at the given path, filled in with the values of the request.
    pub fn new(request: &HttpRequest, query: &Query, path: &str, mut fields: Vec<Field>) -> Self {
        let extensions = request.extensions();
        let Ok(values) = QueryValues::from_extensions(&extensions) else {
            return Self::default();
        };
        for field in &mut fields {
            if let Some(given) = values.get(field.name) {
                field.select(given);
            }
        }
        let q = values.get("q").map(text).unwrap_or_default();
        let has_field = |name: &str| name == "q" || fields.iter().any(|field| field.name == name);
        let pairs = query.pairs();
        let hidden = pairs.filter(|(name, _)| !has_field(name) && name != "cursor");
        let hidden = hidden.collect();
        let pairs = query.pairs().enumerate();
        let filters = pairs.filter(|(_, (name, _))| !PRESENTATION.contains(&name.as_str()));
        let active = filters.map(|(index, (name, value))| {
            let without = query.without_nth(index).without(&["cursor"]);
            ActiveFilter {
                value: value_label(&fields, &name, value),
                name: parameter_label(&fields, &name),
                without: without.url(path),
            }
        });
        let active = active.collect();
        Self {
            q,
            fields,
            hidden,
            active,
        }
    }
}

/// The label of a parameter: the label of its field, or its name.
fn parameter_label(fields: &[Field], name: &str) -> String {
    let field = fields.iter().find(|field| field.name == name);
    field.map_or_else(|| name.replace('_', " "), |field| field.label.to_owned())
}

/// The label of a value of a parameter: the label in its field, or the value itself.
fn value_label(fields: &[Field], name: &str, value: String) -> String {
    let field = fields.iter().find(|field| field.name == name);
    let mut choices = field.into_iter().flat_map(|field| &field.choices);
    let known = choices.find(|choice| choice.value == value);
    known.map_or(value, |choice| choice.label.clone())
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
