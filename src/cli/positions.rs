//! Where a fault is in a file of JSON: the line and the column of what a JSON Pointer (RFC 6901) names.
//!
//! One rule: a position is that of the file as an editor shows it, from 1 and in characters. Start with [`Position::of`].

use serde::Serialize;

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Position {
    /// The line, from 1.
    pub(super) line: usize,
    /// The column, from 1, in characters.
    pub(super) column: usize,
}

impl Position {
    /// The position of the value that a pointer names in a valid text, or of the innermost value around it that there is.
    pub(super) fn of(text: &str, pointer: &str) -> Self {
        let mut scanner = Scanner { text, at: 0 };
        scanner.skip_space();
        let mut found = scanner.at;
        for segment in pointer.split('/').skip(1) {
            let segment = segment.replace("~1", "/").replace("~0", "~");
            if !scanner.enter(&segment) {
                break;
            }
            found = scanner.at;
        }
        let before = text.get(..found).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    }

    /// The position of an error of syntax.
    pub(super) fn of_error(text: &[u8], error: &serde_json::Error) -> Self {
        let number = error.line().max(1);
        let line = text.split(|byte| *byte == b'\n').nth(number - 1);
        let before = line.and_then(|line| line.get(..error.column().saturating_sub(1)));
        let before = before.map(String::from_utf8_lossy).unwrap_or_default();
        Self {
            line: number,
            column: before.chars().count() + 1,
        }
    }
}

/// Goes through a valid text of JSON.
struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl Scanner<'_> {
    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.next().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Goes to the member or item of that name of the value that begins here; `false` if there is none.
    fn enter(&mut self, segment: &str) -> bool {
        match self.next() {
            Some(b'{') => self.enter_object(segment),
            Some(b'[') => segment.parse().is_ok_and(|index| self.enter_array(index)),
            _ => false,
        }
    }

    fn enter_object(&mut self, name: &str) -> bool {
        loop {
            // Past the brace or the comma.
            self.at += 1;
            self.skip_space();
            if self.next() != Some(b'"') {
                return false;
            }
            let start = self.at;
            self.skip_value();
            let key = self.text.get(start..self.at).unwrap_or_default();
            let is_named = serde_json::from_str::<String>(key).is_ok_and(|key| key == name);
            self.skip_space();
            // Past the colon.
            self.at += 1;
            self.skip_space();
            if is_named {
                return true;
            }
            self.skip_value();
            self.skip_space();
            if self.next() != Some(b',') {
                return false;
            }
        }
    }

    fn enter_array(&mut self, index: usize) -> bool {
        for place in 0..=index {
            // Past the bracket or the comma.
            self.at += 1;
            self.skip_space();
            if self.next() == Some(b']') {
                return false;
            }
            if place == index {
                return true;
            }
            self.skip_value();
            self.skip_space();
            if self.next() != Some(b',') {
                return false;
            }
        }
        false
    }

    /// Goes past the value that begins here.
    fn skip_value(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.next() {
            match byte {
                b'"' => self.skip_string(),
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth == 0 => return,
                b'}' | b']' => depth -= 1,
                b',' | b':' if depth == 0 => return,
                byte if byte.is_ascii_whitespace() && depth == 0 => return,
                _ => {}
            }
            self.at += 1;
            let ended = matches!(byte, b'"' | b'}' | b']');
            if ended && depth == 0 {
                return;
            }
        }
    }

    /// Goes to the quotation mark that ends the string which begins here.
    fn skip_string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.next() {
            match byte {
                b'"' => return,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{\n  \"pl\\u0061n\": {\"title\": \"{\\\"é]\", \"status\": \"x\"},\n  \"cities\": [\n    {}, [1,2],\n    {\"a/b\": null}\n  ],\n  \"none\": []\n}\n";

    #[test]
    fn a_pointer_leads_to_the_line_and_column_of_the_file() {
        for (pointer, line, column) in [
            ("", 1, 1),
            ("/plan", 2, 16),
            ("/plan/title", 2, 26),
            ("/plan/status", 2, 44),
            ("/cities/0", 4, 5),
            ("/cities/1/1", 4, 12),
            ("/cities/2/a~1b", 5, 13),
            ("/cities/7", 3, 13),
            ("/none/0", 7, 11),
            ("/plan/missing/deeper", 2, 16),
        ] {
            assert_eq!(
                Position::of(TEXT, pointer),
                Position { line, column },
                "{pointer}"
            );
        }
    }

    #[test]
    fn an_error_of_syntax_has_the_position_that_an_editor_shows() {
        let text = "{\"a\": \"é\",\n \"é\": nope}".as_bytes();
        let error = serde_json::from_slice::<serde_json::Value>(text).unwrap_err();
        let position = Position::of_error(text, &error);
        assert_eq!((position.line, position.column), (2, 7));
    }
}
