//! What is wrong with an input, all of it at once.
//!
//! A fault says where (a JSON Pointer into the body, RFC 6901, or the name of a query parameter), what kind, and what
//! would be right. Start with [`Faults::add`], which the rules of each resource call.

use serde::Serialize;
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
    /// A property or parameter that does not exist.
    Unknown,
    /// Not of the JSON type that is asked for.
    Type,
    /// Not one of the named values.
    Enum,
    /// Text that does not have the required form.
    Pattern,
    /// Text of the right form that names nothing: a day that no calendar has, a country that does not exist.
    Format,
    /// Text that is too short.
    MinLength,
    /// Text that is too long.
    MaxLength,
    /// A number that is too small.
    Minimum,
    /// A number that is too large.
    Maximum,
    /// A number with too many decimals.
    MultipleOf,
    /// A list with too few items.
    MinItems,
    /// A list with too many items.
    MaxItems,
    /// A list that has an item twice.
    UniqueItems,
    /// Values that do not fit together.
    Rule,
    /// A reference to a record that does not exist.
    UnknownReference,
    /// A record that can be more than one of the stored ones.
    Ambiguous,
    /// A value that another record already has.
    Duplicate,
    /// A value that cannot be changed once it is set.
    Immutable,
    /// A value that other records rely on.
    InUse,
    /// A parameter that may be given only once.
    Repeated,
    /// A cursor that does not belong to this list.
    Cursor,
    /// A line that is not valid JSON.
    Malformed,
}

/// Where a fault is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// JSON Pointer into the request body.
    Pointer(String),
    /// Name of a query parameter.
    Parameter(String),
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where it is.
    pub place: Place,
    /// What kind it is.
    pub code: FaultCode,
    /// What would be right, in a sentence.
    pub detail: String,
}

impl Fault {
    /// The most faults of shape that are looked for: who has made so many will not read more.
    pub const MOST: usize = 100;

    /// A fault of the body at `pointer`.
    pub fn at(pointer: impl Into<String>, code: FaultCode, detail: impl Into<String>) -> Self {
        Self {
            place: Place::Pointer(pointer.into()),
            code,
            detail: detail.into(),
        }
    }

    /// A fault of the query parameter `name`.
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

/// The faults of one input, in the order in which they were found.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Notes that the rule of `detail` is broken at `pointer`.
    pub fn add(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(Fault::at(pointer, FaultCode::Rule, detail));
    }

    /// Notes each item of a list whose key came before.
    pub fn repeated<T, K: PartialEq>(
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
