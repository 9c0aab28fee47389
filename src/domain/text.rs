//! Text as the registry stores it: in Unicode normalization form C, trimmed, with line feeds as line ends.
//!
//! Input is normalised before it is validated; [`PATTERN`] then refuses blank texts and control characters.

use serde_json::Value;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// At least one visible character, and no control characters (Unicode category Cc) except tabs and line ends.
pub const PATTERN: &str = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$";

/// The maximum length of a text in characters, unless another limit is set.
pub const MAX_LENGTH: u64 = 10_000;

/// The maximum length of a list, unless another limit is set.
pub const MAX_ITEMS: u64 = 500;

/// Normalises one text.
pub fn normalise(text: &str) -> String {
    let text = if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text.to_owned()
    };
    let text = text.trim();
    if is_nfc(text) {
        text.to_owned()
    } else {
        text.nfc().collect()
    }
}

/// Normalises every text of a JSON value, and converts every whole number that is written with a decimal point to an integer.
pub fn normalise_json(value: &mut Value) {
    match value {
        Value::String(text) => *text = normalise(text),
        Value::Array(items) => items.iter_mut().for_each(normalise_json),
        Value::Object(members) => members.values_mut().for_each(normalise_json),
        Value::Number(number) => {
            if let Some(float) = number
                .as_f64()
                .filter(|float| number.is_f64() && float.fract() == 0.0 && float.abs() < 9e15)
            {
                #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
                let integer = float as i64;
                *number = integer.into();
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

/// An error and all its sources, in one line.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut below = error.source();
    while let Some(cause) = below {
        line += &format!(": {cause}");
        below = cause.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn text_is_composed_trimmed_and_keeps_its_lines() {
        let mut value = json!({"a": " Ko\u{304}riyama\r\nx\ry\t ", "n": [1917.0, 1.5]});
        super::normalise_json(&mut value);
        assert_eq!(
            value,
            json!({"a": "K\u{14d}riyama\nx\ny", "n": [1917, 1.5]})
        );
    }
}
