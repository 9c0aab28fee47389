//! Turns the errors of schema validation into faults: a pointer, a code and a sentence that says what would be valid.
//!
//! One rule: one mistake of the client is one fault, even if several keywords of the schema reject it. Start with [`faults`].

use crate::domain::{Fault, FaultCode, formats, suggestion};
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{ValidationError, Validator};
use serde_json::{Value, json};

/// The maximum length to which an unknown name is repeated to the client, in characters.
pub(super) const MAX_ECHOED_NAME: usize = 200;

/// All faults that a validator finds in a value, in the order of the schema, without duplicates.
pub(super) fn faults(document: &Value, validator: &Validator, value: &Value) -> Vec<Fault> {
    if validator.is_valid(value) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for error in validator.iter_errors(value) {
        explain(document, &error, &mut found);
        if found.len() >= Fault::MAX_REPORTED {
            break;
        }
    }
    found.truncate(Fault::MAX_REPORTED);
    // The sentence about a format is more helpful than the one about the pattern beside it in the schema.
    drop_if_beside(&mut found, FaultCode::Pattern, FaultCode::Format);
    // What is not even a text is not one of the allowed texts either.
    drop_if_beside(&mut found, FaultCode::Type, FaultCode::Enum);
    // An empty text also violates the pattern for texts that are not blank.
    drop_if_beside(&mut found, FaultCode::MinLength, FaultCode::Pattern);
    let mut distinct: Vec<Fault> = Vec::with_capacity(found.len());
    for fault in found {
        if !distinct.contains(&fault) {
            distinct.push(fault);
        }
    }
    distinct
}

/// Drops the faults with the code `redundant` at places where there also is one with the code `better`.
fn drop_if_beside(found: &mut Vec<Fault>, redundant: FaultCode, better: FaultCode) {
    let places: Vec<_> = found
        .iter()
        .filter(|fault| fault.code == better)
        .map(|fault| fault.place.clone())
        .collect();
    found.retain(|fault| fault.code != redundant || !places.contains(&fault.place));
}

fn explain(document: &Value, error: &ValidationError<'_>, found: &mut Vec<Fault>) {
    let pointer = error.instance_path().as_str();
    match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            found.push(Fault::at(
                child(pointer, name),
                FaultCode::Required,
                format!("{name} is required"),
            ));
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let known = known_properties(document, error);
            for name in unexpected.iter().take(Fault::MAX_REPORTED) {
                let hint = suggestion(name, known.iter().map(String::as_str));
                let name: String = name.chars().take(MAX_ECHOED_NAME).collect();
                let detail = format!("there is no property {name:?}{hint}");
                found.push(Fault::at(child(pointer, &name), FaultCode::Unknown, detail));
            }
        }
        Kind::OneOfNotValid { context } | Kind::AnyOf { context } => {
            let describes_value = |branch: &&Vec<ValidationError<'static>>| {
                !branch.iter().any(|inner| requires_null(inner, pointer))
            };
            if let Some(branch) = context.iter().find(describes_value).or(context.first()) {
                branch
                    .iter()
                    .for_each(|inner| explain(document, inner, found));
            }
        }
        kind => {
            let (code, mut detail) = describe(kind, error.instance());
            if error.instance().is_null() {
                detail = format!("cannot be null; it {detail}");
            }
            found.push(Fault::at(pointer, code, detail));
        }
    }
}

/// True for the error of a branch that accepts nothing but null.
fn requires_null(error: &ValidationError<'_>, pointer: &str) -> bool {
    let null_only = matches!(error.kind(), Kind::Type { kind: TypeKind::Single(single) } if single.to_string() == "null");
    null_only && error.instance_path().as_str() == pointer
}

/// The code and the sentence for an error that concerns exactly one value.
fn describe(kind: &Kind, instance: &Value) -> (FaultCode, String) {
    match kind {
        Kind::Type { kind } => (FaultCode::Type, type_sentence(kind, instance)),
        Kind::Enum { options } => (FaultCode::Enum, enum_sentence(options, instance)),
        Kind::Constant { expected_value } => (FaultCode::Enum, format!("must be {expected_value}")),
        Kind::Pattern { pattern } => (FaultCode::Pattern, pattern_sentence(pattern, instance)),
        Kind::Format { format } => (FaultCode::Format, format_sentence(format, instance)),
        Kind::UniqueItems => (
            FaultCode::UniqueItems,
            "must not contain an item twice".into(),
        ),
        limit => describe_limit(limit),
    }
}

/// The code and the sentence for a value that exceeds a limit.
fn describe_limit(kind: &Kind) -> (FaultCode, String) {
    let (code, text) = match kind {
        Kind::MinLength { limit } => (FaultCode::MinLength, at_least(*limit, "character")),
        Kind::MaxLength { limit } => (FaultCode::MaxLength, at_most(*limit, "character")),
        Kind::MinItems { limit } => (FaultCode::MinItems, at_least(*limit, "item")),
        Kind::MaxItems { limit } => (FaultCode::MaxItems, at_most(*limit, "item")),
        Kind::Minimum { limit } => (FaultCode::Minimum, format!("be at least {limit}")),
        Kind::Maximum { limit } => (FaultCode::Maximum, format!("be at most {limit}")),
        Kind::ExclusiveMinimum { limit } => (FaultCode::Minimum, format!("be more than {limit}")),
        Kind::ExclusiveMaximum { limit } => (FaultCode::Maximum, format!("be less than {limit}")),
        Kind::MultipleOf { multiple_of } => (
            FaultCode::MultipleOf,
            format!("be a multiple of {multiple_of}"),
        ),
        other => (
            FaultCode::Rule,
            format!("satisfy the schema keyword {}", other.keyword()),
        ),
    };
    (code, format!("must {text}"))
}

fn type_sentence(kind: &TypeKind, instance: &Value) -> String {
    if instance.is_null() {
        return format!("must be of the type {}", type_names(kind));
    }
    format!("must be {}, not {}", type_names(kind), type_of(instance))
}

fn at_least(limit: u64, noun: &str) -> String {
    format!("have at least {limit} {noun}{}", plural_ending(limit))
}

fn at_most(limit: u64, noun: &str) -> String {
    format!("have at most {limit} {noun}{}", plural_ending(limit))
}

fn plural_ending(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn enum_sentence(options: &Value, instance: &Value) -> String {
    let names: Vec<&str> = options
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let hint = instance
        .as_str()
        .map(|word| suggestion(word, names.iter().copied()))
        .unwrap_or_default();
    format!("must be one of {}{hint}", names.join(", "))
}

fn pattern_sentence(pattern: &str, instance: &Value) -> String {
    if pattern == crate::domain::text::PATTERN {
        let blank = instance.as_str().is_some_and(|text| text.trim().is_empty());
        return if blank {
            "must not be blank".into()
        } else {
            "must not contain control characters other than tabs and line breaks".into()
        };
    }
    let hint = instance
        .as_str()
        .and_then(|text| in_other_case(pattern, text))
        .map(|text| format!("; did you mean {text:?}?"))
        .unwrap_or_default();
    format!("must match the pattern {pattern}{hint}")
}

/// The text in lower or in upper case, if it then matches the pattern.
fn in_other_case(pattern: &str, text: &str) -> Option<String> {
    let validator = jsonschema::validator_for(&json!({"pattern": pattern})).ok()?;
    let other = [text.to_lowercase(), text.to_uppercase()];
    other
        .into_iter()
        .find(|other| validator.is_valid(&json!(other)))
}

fn format_sentence(format: &str, instance: &Value) -> String {
    if format == "uuid" {
        return "must be the id of a record, which is a UUID; a slug is not accepted here".into();
    }
    if format == "date-time" {
        return "must be a date and time such as 2026-03-01T09:30:00Z; in an address, the plus sign of an offset is written as %2B".into();
    }
    let specific = instance
        .as_str()
        .and_then(|text| formats::fault(format, text));
    specific.unwrap_or_else(|| format!("must be a valid {format}"))
}

fn type_names(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(single) => single.to_string(),
        TypeKind::Multiple(several) => several
            .iter()
            .map(|one| one.to_string())
            .collect::<Vec<_>>()
            .join(" or "),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The names of the properties that the object may have, taken from the schema whose keyword rejected it.
fn known_properties(document: &Value, error: &ValidationError<'_>) -> Vec<String> {
    let path = error.schema_path().as_str();
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let properties = document
        .pointer(parent)
        .and_then(|schema| schema.get("properties"))
        .and_then(Value::as_object);
    properties
        .map(|properties| properties.keys().cloned().collect())
        .unwrap_or_default()
}

/// The pointer to a member of an object (RFC 6901, section 3: `~` and `/` are escaped).
fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}
