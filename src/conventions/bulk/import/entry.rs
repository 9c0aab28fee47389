//! A line of an import, parsed and checked against the schema and the rules of its resource.
//!
//! One rule: a fault of the line is reported in its own answer; only a failure of the service ends the import.
//! A line that is merged into a stored record, or that names records by slug, is only known in full together with these records;
//! until then, it is open.
//! Start with [`Entry::parse`].

use super::lines::Line;
use super::report::{OnExisting, faults_of};
use crate::conventions::contract::Contract;
use crate::conventions::http::body;
use crate::conventions::http::json::{self, JsonError};
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::Writable;
use crate::conventions::resource::assignment::lock_of;
use crate::conventions::writing::input;
use crate::conventions::writing::named::{Ids, Named};
use crate::domain::{Fault, FaultCode};
use serde_json::Value;
use uuid::Uuid;

/// A valid line.
pub(super) struct Entry<R: Writable> {
    /// Where it is, and the record that it names.
    pub head: Head,
    /// What it says of the record.
    pub content: Content<R>,
}

/// Where a line is, and the record that it names.
#[derive(Debug, Clone)]
pub(super) struct Head {
    /// The number of the line.
    pub line: u64,
    /// The id of the record, if the line states it.
    pub id: Option<Uuid>,
    /// The slug of the record, if the line states it.
    pub slug: Option<String>,
    /// The key of the advisory lock under which a slug would be assigned to the record.
    pub slug_lock: Option<String>,
    /// The length of the line.
    pub bytes: usize,
}

/// What a line says of its record.
pub(super) enum Content<R: Writable> {
    /// The whole input document.
    Whole(R::Input),
    /// What becomes the whole input document together with stored records.
    Open(Open),
}

/// A line that is only known in full together with stored records.
#[derive(Debug, Clone)]
pub(super) struct Open {
    /// The line.
    pub value: Value,
    /// The records that it names by slug.
    pub named: Named,
    /// True if it is a merge patch of its record, or the whole document if that record is not stored yet.
    pub merges: bool,
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
    pub(super) fn parse(
        contract: &Contract,
        on_existing: OnExisting,
        number: u64,
        line: Line,
    ) -> Result<Self, ParseError> {
        let Line::Whole(bytes) = line else {
            let detail = format!("a line can have at most {} bytes", body::LIMIT);
            return Err(Fault::at("", FaultCode::MaxLength, detail).into());
        };
        Self::from_value(
            contract,
            on_existing,
            number,
            parse_object(&bytes)?,
            bytes.len(),
        )
    }

    /// Checks the record of the line with that number and length.
    pub(super) fn from_value(
        contract: &Contract,
        on_existing: OnExisting,
        number: u64,
        value: Value,
        bytes: usize,
    ) -> Result<Self, ParseError> {
        let id = parse_id(&value)?;
        let slug = value
            .get("slug")
            .and_then(Value::as_str)
            .filter(|_| R::KIND.has_slug())
            .map(str::to_owned);
        let merges = on_existing == OnExisting::Merge && (id.is_some() || slug.is_some());
        let named = Named::find(&value);
        let parsed = if merges || !named.is_empty() {
            let open = Open {
                value,
                named,
                merges,
            };
            parse_open::<R>(contract, open)
        } else {
            parse_whole::<R>(contract, value)
        };
        let (content, slug_lock) = parsed.map_err(|problem| match faults_of(number, problem) {
            Ok(faults) => ParseError::Faulty { id, faults },
            Err(problem) => ParseError::Failed(problem),
        })?;
        let head = Head {
            line: number,
            id,
            slug,
            slug_lock,
            bytes,
        };
        Ok(Self { head, content })
    }
}

impl Head {
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

/// The content of an entry, and the key of its lock.
type Parsed<R> = (Content<R>, Option<String>);

fn parse_whole<R: Writable>(contract: &Contract, value: Value) -> Result<Parsed<R>, Problem> {
    let input = input::parse::<R>(contract, value)?;
    let lock = slug_lock::<R>(&input);
    Ok((Content::Whole(input), lock))
}

/// Checks an open line as far as possible. Whether a merge patch is also a whole document only matters if its record is not stored,
/// which is not known yet; but a slug that would be assigned to that record must be known.
fn parse_open<R: Writable>(contract: &Contract, open: Open) -> Result<Parsed<R>, Problem> {
    let mut value = open.value.clone();
    open.named.replace(&mut value, &Ids::new());
    let lock = if !open.merges {
        slug_lock::<R>(&input::parse::<R>(contract, value)?)
    } else {
        input::check_patch::<R>(contract, &value)?;
        let is_whole = R::KIND.has_slug() && input::conforms::<R>(contract, &value);
        let whole = is_whole.then(|| input::parse::<R>(contract, value));
        whole.and_then(|input| slug_lock::<R>(&input.ok()?))
    };
    Ok((Content::Open(open), lock))
}

fn slug_lock<R: Writable>(input: &R::Input) -> Option<String> {
    lock_of(R::KIND, input)
        .filter(|_| R::KIND.has_slug())
        .map(|lock| lock.key)
}

/// Parses a line as a JSON object.
pub(super) fn parse_object(bytes: &[u8]) -> Result<Value, ParseError> {
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
