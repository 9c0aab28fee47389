//! Running text and numbers as a sheet shows them.
//!
//! A text is paragraphs of lines and never carries a line break inside a line, so that no text can end the block of
//! Markdown or the row of a table that it stands in.

/// Running text: paragraphs, each of one or more lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// The paragraphs; none is empty, nor is any line.
    pub paragraphs: Vec<Vec<String>>,
}

impl Text {
    /// Splits a text at its line breaks; a blank line ends a paragraph.
    pub fn new(text: &str) -> Self {
        let mut paragraphs = Vec::new();
        let mut lines = Vec::new();
        for line in text.lines().map(line) {
            if !line.is_empty() {
                lines.push(line);
            } else if !lines.is_empty() {
                paragraphs.push(std::mem::take(&mut lines));
            }
        }
        if !lines.is_empty() {
            paragraphs.push(lines);
        }
        Self { paragraphs }
    }

    /// Like [`Text::new`], and empty for `None`.
    pub fn maybe(text: Option<&str>) -> Self {
        text.map(Self::new).unwrap_or_default()
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.paragraphs.is_empty()
    }
}

/// A text as one line: every run of white space becomes one space.
pub fn line(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// A decimal number with its digits in groups of three, held together by narrow spaces that do not break: `1 277.5`.
pub fn grouped(number: &str) -> String {
    let (sign, digits) = number
        .strip_prefix('-')
        .map_or(("", number), |digits| ("\u{2212}", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut result = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            result.push('\u{202f}');
        }
        result.push(digit);
    }
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        result.push('.');
        result.push_str(fraction);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::{Text, grouped};

    #[test]
    fn blank_lines_part_paragraphs_and_breaks_part_lines() {
        let text = Text::new("  one\r\n\ttwo  words\n \n\n\nthree\n");
        assert_eq!(
            text.paragraphs,
            [
                vec!["one".to_owned(), "two words".to_owned()],
                vec!["three".to_owned()]
            ]
        );
        assert!(Text::new(" \n ").is_empty() && Text::maybe(None).is_empty());
    }

    #[test]
    fn digits_stand_in_groups_of_three() {
        for (number, shown) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1\u{202f}000"),
            ("2682500", "2\u{202f}682\u{202f}500"),
            ("1277.50", "1\u{202f}277.5"),
            ("20.00", "20"),
            ("-12000.25", "\u{2212}12\u{202f}000.25"),
        ] {
            assert_eq!(grouped(number), shown);
        }
    }
}
