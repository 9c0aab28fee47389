//! Texts and numbers in the form in which a sheet shows them.
//!
//! One rule: a text consists of paragraphs and lines, and a line contains no line break, so that a text cannot end the Markdown
//! block or the table row that contains it. Start with [`Text`].

/// A text that is split into paragraphs, each of one or more lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// The paragraphs. Neither a paragraph nor a line is empty.
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

    /// Like [`Text::new`], but empty for `None`.
    pub fn maybe(text: Option<&str>) -> Self {
        text.map(Self::new).unwrap_or_default()
    }

    /// True if the text has no paragraphs.
    pub fn is_empty(&self) -> bool {
        self.paragraphs.is_empty()
    }
}

/// Joins a text to one line: every sequence of white space becomes a single space.
pub fn line(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// Formats a decimal number with narrow no-break spaces between groups of three digits, such as `1 277.5`.
pub fn grouped(number: &str) -> String {
    let (sign, digits) = number
        .strip_prefix('-')
        .map_or(("", number), |digits| ("\u{2212}", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut result = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
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
    fn blank_lines_separate_paragraphs_and_line_breaks_separate_lines() {
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
    fn digits_are_in_groups_of_three() {
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
