//! JSON from users, read into values in their normal form.
//!
//! One rule: an object with two members of one name is refused, because readers disagree about which of them counts (RFC 8259,
//! section 4). A byte order mark before the text is skipped (section 8.1). Start with [`parse`].

use super::problem::{Code, Problem};
use crate::domain::{Fault, FaultCode, text};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::cell::RefCell;
use std::fmt;

/// The byte order mark in UTF-8.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a text is refused.
#[derive(Debug)]
pub enum JsonError {
    /// It is not JSON. The position is that in the text without its byte order mark.
    Malformed(serde_json::Error),
    /// Objects in it have several members of one name.
    Repeated(Vec<Fault>),
}

impl From<JsonError> for Problem {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::Malformed(error) => Self::new(Code::MalformedJson, error.to_string()),
            JsonError::Repeated(faults) => Self::from_faults(Code::ValidationFailed, faults),
        }
    }
}

/// The text behind the byte order mark, if there is one.
pub fn without_byte_order_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

/// Parses a JSON text and normalises its texts and numbers.
///
/// # Errors
/// It is not JSON, or an object has several members of one name.
pub fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    let bytes = without_byte_order_mark(bytes);
    let repeated = RefCell::new(Vec::new());
    let reader = Reader {
        path: Path::Root,
        repeated: &repeated,
    };
    let mut source = serde_json::Deserializer::from_slice(bytes);
    let parsed = reader
        .deserialize(&mut source)
        .and_then(|value| source.end().map(|()| value));
    let mut value = parsed.map_err(JsonError::Malformed)?;
    let repeated = repeated.into_inner();
    if !repeated.is_empty() {
        return Err(JsonError::Repeated(repeated));
    }
    text::normalise_json(&mut value);
    Ok(value)
}

/// The place of a value: each object and list points to the one around it.
#[derive(Clone, Copy)]
enum Path<'p> {
    Root,
    Member(&'p Path<'p>, &'p str),
    Item(&'p Path<'p>, usize),
}

impl fmt::Display for Path<'_> {
    /// Writes the JSON Pointer to the value (RFC 6901, section 3: `~` and `/` are escaped).
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(parent, name) => {
                let name = name.replace('~', "~0").replace('/', "~1");
                write!(formatter, "{parent}/{name}")
            }
            Self::Item(parent, index) => write!(formatter, "{parent}/{index}"),
        }
    }
}

/// Reads one value and collects the repeated members in it.
#[derive(Clone, Copy)]
struct Reader<'p> {
    path: Path<'p>,
    repeated: &'p RefCell<Vec<Fault>>,
}

impl Reader<'_> {
    fn report(&self, name: &str) {
        let pointer = Path::Member(&self.path, name).to_string();
        let mut repeated = self.repeated.borrow_mut();
        if repeated.len() < Fault::MAX_REPORTED {
            let detail = "the object has several members with this name";
            repeated.push(Fault::at(pointer, FaultCode::Repeated, detail));
        }
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Value, D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value);
        number
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut source: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            let path = Path::Item(&self.path, items.len());
            match source.next_element_seed(Reader { path, ..self })? {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = source.next_key::<String>()? {
            if members.contains_key(&name) {
                self.report(&name);
            }
            let path = Path::Member(&self.path, &name);
            let member = source.next_value_seed(Reader { path, ..self })?;
            members.insert(name, member);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::{JsonError, parse};
    use crate::domain::{Fault, Place};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn repeated(text: &str) -> Vec<String> {
        let Err(JsonError::Repeated(faults)) = parse(text.as_bytes()) else {
            panic!("{text} is taken");
        };
        let pointer = |fault: Fault| match fault.place {
            Place::Pointer(pointer) => pointer,
            Place::Parameter(name) => panic!("{name}"),
        };
        faults.into_iter().map(pointer).collect()
    }

    #[test]
    fn members_of_one_name_are_refused_with_the_pointer_to_each() {
        for (text, pointers) in [
            (r#"{"a": 1, "a": 1}"#, &["/a"][..]),
            (r#"{"a": 1, "\u0061": 2}"#, &["/a"]),
            (r#"{"": 1, "": 2, "": 3}"#, &["/", "/"]),
            (r#"{"a/b~": 1, "a/b~": 2}"#, &["/a~1b~0"]),
            (
                r#"{"a": [{}, {"b": {"c": 1, "c": 2}}], "d": 0, "d": 0}"#,
                &["/a/1/b/c", "/d"],
            ),
            (r#"[[{"x": 1, "y": 2, "x": 3}]]"#, &["/0/0/x"]),
        ] {
            assert_eq!(repeated(text), pointers, "{text}");
        }
        let many = format!("{{{}\"a\": 0}}", "\"a\": 0,".repeat(1000));
        assert_eq!(repeated(&many).len(), Fault::MAX_REPORTED);
    }

    #[test]
    fn members_of_one_name_in_different_objects_are_different() {
        let text = r#"{"a": {"a": [{"a": 1}, {"a": 2}]}, "A": 3}"#;
        assert_eq!(
            parse(text.as_bytes()).unwrap(),
            json!({"a": {"a": [{"a": 1}, {"a": 2}]}, "A": 3})
        );
    }

    #[test]
    fn one_byte_order_mark_is_skipped_and_no_other() {
        assert_eq!(parse("\u{feff} {}".as_bytes()).unwrap(), json!({}));
        for text in [
            "\u{feff}\u{feff}{}",
            "{}\u{feff}",
            " \u{feff}{}",
            "\u{feff}",
        ] {
            let refused = matches!(parse(text.as_bytes()), Err(JsonError::Malformed(_)));
            assert!(refused, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused_as_before() {
        for text in [
            "",
            "{",
            "{} {}",
            "[1,]",
            "NaN",
            "1e400",
            "\"\\ud800\"",
            "nul",
        ] {
            let refused = matches!(parse(text.as_bytes()), Err(JsonError::Malformed(_)));
            assert!(refused, "{text:?}");
        }
        let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        assert!(parse(deep.as_bytes()).is_err());
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1e6..1e6_f64).prop_map(|number| json!(number.trunc() + 0.5)),
            "[a-z~/]{0,5}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 64, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("[a-z~/]{0,3}", inner, 0..5)
                    .prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_json_is_read_as_it_was_written(value in any_json()) {
            prop_assert_eq!(parse(value.to_string().as_bytes()).unwrap(), value);
        }
    }
}
