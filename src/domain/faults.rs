//! The faults of an input, collected so that one response reports all of them.
//!
//! A fault has a place (a JSON Pointer into the body, RFC 6901, or the name of a query parameter), a code, and a sentence that
//! states what is valid. Start with [`Faults::add`], which the rules of each resource call.

use serde::Serialize;
use std::fmt;
use strum::{EnumIter, IntoStaticStr};

/// Kind of fault; the list only ever grows.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema, EnumIter, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FaultCode {
    /// A required property is missing.
    Required,
    /// A property or parameter does not exist.
    Unknown,
    /// A value does not have the required JSON type.
    Type,
    /// A value is not one of the allowed values.
    Enum,
    /// A text does not match the required pattern.
    Pattern,
    /// A text matches the pattern but is not valid: a day that is not in the calendar, a country code that is not assigned.
    Format,
    /// A text is too short.
    MinLength,
    /// A text is too long.
    MaxLength,
    /// A number is too small.
    Minimum,
    /// A number is too large.
    Maximum,
    /// A number has too many decimals.
    MultipleOf,
    /// A list has too few items.
    MinItems,
    /// A list has too many items.
    MaxItems,
    /// A list contains an item twice.
    UniqueItems,
    /// Values contradict each other.
    Rule,
    /// A reference leads to a record that does not exist.
    UnknownReference,
    /// A reference matches more than one stored record.
    Ambiguous,
    /// Another record already has the value.
    Duplicate,
    /// A value cannot be changed once it is set.
    Immutable,
    /// Other records depend on the value.
    InUse,
    /// A parameter that can be given only once, or the name of a member of an object, is repeated.
    Repeated,
    /// A cursor does not belong to this list.
    Cursor,
    /// A line is not valid JSON.
    Malformed,
}

/// The place of a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A JSON Pointer into the request body.
    Pointer(String),
    /// The name of a query parameter.
    Parameter(String),
}

/// One fault of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The place of the fault.
    pub place: Place,
    /// The kind of fault.
    pub code: FaultCode,
    /// A sentence that states what is valid.
    pub detail: String,
}

impl Fault {
    /// The maximum number of faults that are reported for one input.
    pub const MAX_REPORTED: usize = 100;

    /// Creates a fault of the body at `pointer`.
    pub fn at(pointer: impl Into<String>, code: FaultCode, detail: impl Into<String>) -> Self {
        Self {
            place: Place::Pointer(pointer.into()),
            code,
            detail: detail.into(),
        }
    }

    /// Creates a fault of the query parameter `name`.
    pub fn in_parameter(
        name: impl Into<String>,
        code: FaultCode,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            place: Place::Parameter(name.into()),
            code,
            detail: detail.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Pointer(place) | Place::Parameter(place) if !place.is_empty() => {
                write!(formatter, "{place}: {}", self.detail)
            }
            _ => formatter.write_str(&self.detail),
        }
    }
}

/// The faults of one input, in the order in which they were found.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Adds a violated rule at `pointer`; `detail` states the rule.
    pub fn add(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(Fault::at(pointer, FaultCode::Rule, detail));
    }

    /// Adds a fault for each item of a list that has the same key as an earlier item.
    pub fn add_duplicates<T, K: PartialEq>(
        &mut self,
        pointer: &str,
        items: &[T],
        key: impl Fn(&T) -> K,
        what: &str,
    ) {
        for (index, item) in items.iter().enumerate() {
            let earlier = items
                .iter()
                .take(index)
                .any(|before| key(before) == key(item));
            if earlier {
                self.0.push(Fault::at(
                    format!("{pointer}/{index}"),
                    FaultCode::UniqueItems,
                    format!("{what} is listed twice"),
                ));
            }
        }
    }

    /// The faults found so far.
    pub fn into_vec(self) -> Vec<Fault> {
        self.0
    }
}
