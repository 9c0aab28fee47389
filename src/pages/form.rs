//! The form above a list: what can be chosen, what is chosen, and what each choice would be without.
//!
//! One rule: what the form has no field for is sent again as it is, so that no filter gets lost. Start with [`Form`].

use super::query::{Query, SHOWN};
use crate::conventions::http::query::QueryValues;
use actix_web::{HttpMessage, HttpRequest};
use serde_json::Value;

/// A form of filters.
#[derive(Debug, Default)]
pub struct Form {
    /// What is typed into the field of words.
    pub q: String,
    /// Fields to choose from.
    pub fields: Vec<Field>,
    /// Parameters that have no field.
    pub kept: Vec<(String, String)>,
    /// What is asked for, each with the address of the list without it.
    pub chosen: Vec<Chosen>,
}

/// A field with a list of values.
#[derive(Debug)]
pub struct Field {
    /// Name of the parameter.
    pub name: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// What its being empty means.
    pub any: &'static str,
    /// Its values.
    pub choices: Vec<Choice>,
}

/// A value that can be chosen.
#[derive(Debug)]
pub struct Choice {
    /// The value.
    pub value: String,
    /// What it is called.
    pub label: String,
    /// How many plans have it, if that was counted.
    pub plans: Option<i64>,
    /// True if it is chosen.
    pub is_chosen: bool,
}

/// A filter that applies.
#[derive(Debug)]
pub struct Chosen {
    /// The parameter, in words.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Address of the list without it.
    pub without: String,
}

impl Field {
    /// A field with values and what they are called.
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

    /// A field with values, what they are called, and how many plans have them.
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
            is_chosen: false,
        });
        Self {
            name,
            label,
            any,
            choices: choices.collect(),
        }
    }

    /// True if several values are chosen, so that it must let several be chosen.
    pub fn has_several(&self) -> bool {
        let chosen = self.choices.iter().filter(|choice| choice.is_chosen);
        chosen.count() > 1
    }

    /// Marks the values that a request names; what is not among them is added.
    fn choose(&mut self, given: &Value) {
        let given = given
            .as_array()
            .map_or(std::slice::from_ref(given), Vec::as_slice);
        for value in given.iter().map(text) {
            match self.choices.iter_mut().find(|choice| choice.value == value) {
                Some(choice) => choice.is_chosen = true,
                None => self.choices.push(Choice {
                    label: value.clone(),
                    plans: None,
                    value,
                    is_chosen: true,
                }),
            }
        }
    }
}

impl Form {
    /// The form of the list at a path, as the request fills it in.
    pub fn new(request: &HttpRequest, query: &Query, path: &str, mut fields: Vec<Field>) -> Self {
        let extensions = request.extensions();
        let Ok(values) = QueryValues::from_extensions(&extensions) else {
            return Self::default();
        };
        for field in &mut fields {
            if let Some(given) = values.get(field.name) {
                field.choose(given);
            }
        }
        let q = values.get("q").map(text).unwrap_or_default();
        let has_field = |name: &str| name == "q" || fields.iter().any(|field| field.name == name);
        let pairs = query.pairs();
        let kept = pairs.filter(|(name, _)| !has_field(name) && name != "cursor");
        let kept = kept.collect();
        let pairs = query.pairs().enumerate();
        let filters = pairs.filter(|(_, (name, _))| !SHOWN.contains(&name.as_str()));
        let chosen = filters.map(|(place, (name, value))| {
            let without = query.without_nth(place).without(&["cursor"]);
            Chosen {
                value: label(&fields, &name, value),
                name: called(&fields, &name),
                without: without.address(path),
            }
        });
        let chosen = chosen.collect();
        Self {
            q,
            fields,
            kept,
            chosen,
        }
    }
}

/// What a parameter is called.
fn called(fields: &[Field], name: &str) -> String {
    let field = fields.iter().find(|field| field.name == name);
    field.map_or_else(|| name.replace('_', " "), |field| field.label.to_owned())
}

/// What a value of a parameter is called, if a field knows.
fn label(fields: &[Field], name: &str, value: String) -> String {
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
