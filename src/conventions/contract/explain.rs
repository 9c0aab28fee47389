//! The errors of schema validation as faults: a pointer, a kind and a sentence that says what would be right.

use crate::domain::{Fault, FaultCode, formats, nearest};
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

/// All faults that a validator finds in a value.
pub(super) fn explained(document: &Value, validator: &Validator, value: &Value) -> Vec<Fault> {
    if validator.is_valid(value) {
        return Vec::new();
    }
    faults(document, validator.iter_errors(value))
}

/// Every error as one or more faults, in the order of the document, none twice.
fn faults<'e>(document: &Value, errors: impl Iterator<Item = ValidationError<'e>>) -> Vec<Fault> {
    let mut found = Vec::new();
    for error in errors {
        explain(document, &error, &mut found);
        if found.len() >= Fault::MAX_REPORTED {
            break;
        }
    }
    found.truncate(Fault::MAX_REPORTED);
    // Where a format says what is wrong, the pattern that stands beside it in the schema need not.
    let formats: Vec<_> = found
        .iter()
        .filter(|fault| fault.code == FaultCode::Format)
        .map(|fault| fault.place.clone())
        .collect();
    found.retain(|fault| fault.code != FaultCode::Pattern || !formats.contains(&fault.place));
    // An empty text is blank, too; once is enough.
    let patterns: Vec<_> = found
        .iter()
        .filter(|fault| fault.code == FaultCode::Pattern)
        .map(|fault| fault.place.clone())
        .collect();
    found.retain(|fault| fault.code != FaultCode::MinLength || !patterns.contains(&fault.place));
    let mut distinct: Vec<Fault> = Vec::with_capacity(found.len());
    for fault in found {
        if !distinct.contains(&fault) {
            distinct.push(fault);
        }
    }
    distinct
}

/// How much of a name that nobody knows is repeated to the client.
const SHOWN: usize = 200;

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
                let hint = nearest(name, known.iter().map(String::as_str))
                    .map(|name| format!("; did you mean {name:?}?"));
                let shown: String = name.chars().take(SHOWN).collect();
                let detail = format!("there is no property {shown:?}{}", hint.unwrap_or_default());
                found.push(Fault::at(
                    child(pointer, &shown),
                    FaultCode::Unknown,
                    detail,
                ));
            }
        }
        Kind::OneOfNotValid { context } | Kind::AnyOf { context } => {
            let about_content = |branch: &&Vec<ValidationError<'static>>| {
                !branch.iter().any(|inner| is_null_branch(inner, pointer))
            };
            if let Some(branch) = context.iter().find(about_content).or(context.first()) {
                branch
                    .iter()
                    .for_each(|inner| explain(document, inner, found));
            }
        }
        kind => {
            let (code, detail) = sentence(kind, error.instance());
            found.push(Fault::at(pointer, code, detail));
        }
    }
}

/// True for the complaint of the branch that would only have taken null.
fn is_null_branch(error: &ValidationError<'_>, pointer: &str) -> bool {
    let wants_null = matches!(error.kind(), Kind::Type { kind: TypeKind::Single(single) } if single.to_string() == "null");
    wants_null && error.instance_path().as_str() == pointer
}

/// The code and the sentence of an error that concerns exactly one value.
fn sentence(kind: &Kind, instance: &Value) -> (FaultCode, String) {
    match kind {
        Kind::Type { kind } => (
            FaultCode::Type,
            format!("must be {}, not {}", type_names(kind), type_of(instance)),
        ),
        Kind::Enum { options } => enumeration(options, instance),
        Kind::Constant { expected_value } => (FaultCode::Enum, format!("must be {expected_value}")),
        Kind::Pattern { pattern } => (FaultCode::Pattern, pattern_sentence(pattern, instance)),
        Kind::Format { format } => (FaultCode::Format, format_sentence(format, instance)),
        Kind::UniqueItems => (FaultCode::UniqueItems, "must not have an item twice".into()),
        other => limit_sentence(other).unwrap_or_else(|| {
            (
                FaultCode::Rule,
                format!("does not satisfy {}", other.keyword()),
            )
        }),
    }
}

/// The code and the sentence for a value that is too long, too many, too large or too small.
fn limit_sentence(kind: &Kind) -> Option<(FaultCode, String)> {
    let (code, detail) = match kind {
        Kind::MinLength { limit } => (
            FaultCode::MinLength,
            format!("must have at least {limit} character(s)"),
        ),
        Kind::MaxLength { limit } => (
            FaultCode::MaxLength,
            format!("must have at most {limit} characters"),
        ),
        Kind::MinItems { limit } => (
            FaultCode::MinItems,
            format!("must have at least {limit} item(s)"),
        ),
        Kind::MaxItems { limit } => (
            FaultCode::MaxItems,
            format!("must have at most {limit} items"),
        ),
        Kind::Minimum { limit } => (FaultCode::Minimum, format!("must be at least {limit}")),
        Kind::Maximum { limit } => (FaultCode::Maximum, format!("must be at most {limit}")),
        Kind::ExclusiveMinimum { limit } => {
            (FaultCode::Minimum, format!("must be more than {limit}"))
        }
        Kind::ExclusiveMaximum { limit } => {
            (FaultCode::Maximum, format!("must be less than {limit}"))
        }
        Kind::MultipleOf { multiple_of } => (
            FaultCode::MultipleOf,
            format!("must be a multiple of {multiple_of}"),
        ),
        _ => return None,
    };
    Some((code, detail))
}

fn enumeration(options: &Value, instance: &Value) -> (FaultCode, String) {
    let names: Vec<&str> = options
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let hint = instance
        .as_str()
        .and_then(|word| nearest(word, names.iter().copied()));
    let hint = hint
        .map(|name| format!("; did you mean {name:?}?"))
        .unwrap_or_default();
    (
        FaultCode::Enum,
        format!("must be one of {}{hint}", names.join(", ")),
    )
}

fn pattern_sentence(pattern: &str, instance: &Value) -> String {
    if pattern == crate::domain::text::PATTERN {
        let blank = instance.as_str().is_some_and(|text| text.trim().is_empty());
        return if blank {
            "must not be blank".into()
        } else {
            "must not contain control characters other than tab and line end".into()
        };
    }
    format!("must have the form {pattern}")
}

fn format_sentence(format: &str, instance: &Value) -> String {
    if format == "uuid" {
        return "must be the id of a record, a UUID; a slug does not do here".into();
    }
    if format == "date-time" {
        return "must be a date and time such as 2026-03-01T09:30:00Z; in an address, the plus sign of an offset is written %2B".into();
    }
    let own = instance
        .as_str()
        .and_then(|text| formats::fault(format, text));
    own.unwrap_or_else(|| format!("must be a valid {format}"))
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

/// The names that the object could have had: those of the schema beside the keyword that refused it.
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

/// The pointer to a member (RFC 6901, section 3: `~` and `/` are escaped).
fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}
