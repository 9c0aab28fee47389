//! A line of an import, parsed and checked against the schema and the rules of its resource.
//!
//! One rule: a fault of the line is reported in its own answer; only a failure of the service ends the import.
//! Start with [`Entry::parse`].

use super::lines::Line;
use super::report::faults_of;
use crate::conventions::contract::Contract;
use crate::conventions::http::body;
use crate::conventions::http::json::{self, JsonError};
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::Writable;
use crate::conventions::resource::assignment::lock_of;
use crate::conventions::writing::input;
use crate::domain::{Fault, FaultCode};
use serde_json::Value;
use uuid::Uuid;

/// A valid line.
pub(super) struct Entry<R: Writable> {
    /// The number of the line.
    pub line: u64,
    /// The id of the record, if the line states it.
    pub id: Option<Uuid>,
    /// The slug of the record, if the line states it.
    pub slug: Option<String>,
    /// The input document.
    pub input: R::Input,
    /// The length of the line.
    pub bytes: usize,
}

/// Why a line is not a valid entry.
pub(super) enum ParseError {
    /// The line has faults.
    Faulty {
        /// The id that the line states.
        id: Option<Uuid>,
        /// The faults.
        faults: Vec<Fault>,
    },
    /// The service failed.
    Failed(Problem),
}

impl From<Fault> for ParseError {
    fn from(fault: Fault) -> Self {
        Self::Faulty {
            id: None,
            faults: vec![fault],
        }
    }
}

impl<R: Writable> Entry<R> {
    /// Parses the line with that number.
    pub(super) fn parse(contract: &Contract, number: u64, line: Line) -> Result<Self, ParseError> {
        let Line::Whole(bytes) = line else {
            let detail = format!("a line can have at most {} bytes", body::LIMIT);
            return Err(Fault::at("", FaultCode::MaxLength, detail).into());
        };
        let value = parse_object(&bytes)?;
        let id = parse_id(&value)?;
        let slug = value
            .get("slug")
            .and_then(Value::as_str)
            .filter(|_| R::KIND.has_slug())
            .map(str::to_owned);
        match input::parse::<R>(contract, value) {
            Ok(input) => Ok(Self {
                line: number,
                id,
                slug,
                input,
                bytes: bytes.len(),
            }),
            Err(problem) => match faults_of(number, problem) {
                Ok(faults) => Err(ParseError::Faulty { id, faults }),
                Err(problem) => Err(ParseError::Failed(problem)),
            },
        }
    }

    /// The key of the advisory lock under which a slug is assigned to the record.
    pub(super) fn slug_lock(&self) -> Option<String> {
        lock_of(R::KIND, &self.input)
            .filter(|_| R::KIND.has_slug())
            .map(|lock| lock.key)
    }

    /// The position of the entry among those that are written together. Concurrent imports write the same records in the same
    /// order, so that they cannot deadlock.
    pub(super) fn write_order(&self) -> (Option<&str>, Option<Uuid>) {
        (self.slug.as_deref(), self.id)
    }

    /// True if both entries name the same record by id or by slug.
    pub(super) fn shares_key_with(&self, other: &Self) -> bool {
        (self.id.is_some() && self.id == other.id)
            || (self.slug.is_some() && self.slug == other.slug)
    }
}

fn parse_object(bytes: &[u8]) -> Result<Value, ParseError> {
    match json::parse(bytes) {
        Ok(value) if value.is_object() => Ok(value),
        Ok(_) => {
            let detail = "this line must be a JSON object";
            Err(Fault::at("", FaultCode::Type, detail).into())
        }
        Err(JsonError::Malformed(error)) => {
            let detail = describe_error(json::without_byte_order_mark(bytes), &error);
            Err(Fault::at("", FaultCode::Malformed, detail).into())
        }
        Err(JsonError::Repeated(faults)) => Err(ParseError::Faulty { id: None, faults }),
    }
}

/// Describes why a line is not JSON. The parser always reports line 1, so only the column is stated.
fn describe_error(line: &[u8], error: &serde_json::Error) -> String {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&position).unwrap_or(&message);
    let before = line.get(..error.column().saturating_sub(1));
    let column = String::from_utf8_lossy(before.unwrap_or(line))
        .chars()
        .count()
        + 1;
    format!("this line is not valid JSON: {message} at column {column}")
}

fn parse_id(value: &Value) -> Result<Option<Uuid>, Fault> {
    match value.get("id") {
        None | Some(Value::Null) => Ok(None),
        Some(id) => match id.as_str().and_then(|id| Uuid::try_parse(id).ok()) {
            Some(id) => Ok(Some(id)),
            None => Err(Fault::at("/id", FaultCode::Format, "must be a UUID")),
        },
    }
}
