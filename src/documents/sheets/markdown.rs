//! Escaping for Markdown (CommonMark 0.31, section 2.4, and the extensions of GitHub).
//!
//! One rule: escaped text stays on its line and is never markup, wherever it is inserted. Only characters that can be markup get a
//! backslash, so that the source remains readable. `templates/askama.toml` applies the escaping to every value of `summary.md`.
//! Start with [`escape`].

use askama::filters::Escaper;
use std::fmt;

/// Characters that can be markup anywhere in a line: `$`, `~`, `^` and `{` in common extensions, and `@` in an email address, which
/// would become a link.
const ANYWHERE: &str = "\\`*_{[]<>&|~^#$@";

/// Escapes text for Markdown.
#[derive(Debug, Clone, Copy)]
pub struct MarkdownEscaper;

impl Escaper for MarkdownEscaper {
    fn write_escaped_str<W: fmt::Write>(&self, mut dest: W, string: &str) -> fmt::Result {
        dest.write_str(&escape(string))
    }
}

/// Escapes a text. Line breaks and tabs become spaces.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let block_marker = block_marker(text);
    for (index, letter) in text.char_indices() {
        if Some(index) == block_marker || ANYWHERE.contains(letter) || starts_link(text, index) {
            escaped.push('\\');
        }
        escaped.push(if letter.is_control() { ' ' } else { letter });
    }
    escaped
}

/// True if the character at an index would make a URL a link: the colon of `https://` or the first dot of `www.`.
fn starts_link(text: &str, index: usize) -> bool {
    let after_www = || {
        index
            .checked_sub(3)
            .and_then(|start| text.get(start..index))
            .is_some_and(|word| word.eq_ignore_ascii_case("www"))
    };
    text.get(index..)
        .is_some_and(|rest| rest.starts_with("://") || rest.starts_with('.') && after_www())
}

/// The index of the character that would make the line a list item, a thematic break or the underline of a heading.
fn block_marker(text: &str) -> Option<usize> {
    let start = text.trim_start();
    let indent = text.len() - start.len();
    if start.starts_with(['-', '+', '=', ':']) {
        return Some(indent);
    }
    let digits = start.bytes().take_while(u8::is_ascii_digit).count();
    let rest = start.get(digits..).unwrap_or_default();
    let item = rest
        .strip_prefix(['.', ')'])
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
    (digits > 0 && item).then_some(indent + digits)
}

#[cfg(test)]
mod tests {
    use super::escape;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    #[test]
    fn plain_text_is_not_changed() {
        for text in [
            "e-Mobility / Renewable Energy",
            "Chengdu (成都), 2.682.500",
            "1.277 km ²",
            "\"quoted\" isn't; so: yes!",
            "3.5 Mio",
            "مدينة",
        ] {
            assert_eq!(escape(text), text);
        }
    }

    #[test]
    fn characters_that_can_be_markup_are_escaped() {
        for (text, shown) in [
            ("# not a heading #", "\\# not a heading \\#"),
            ("- item", "\\- item"),
            ("+ item", "\\+ item"),
            ("1. item", "1\\. item"),
            ("2019) item", "2019\\) item"),
            ("---", "\\---"),
            ("=====", "\\====="),
            ("> quote", "\\> quote"),
            ("a | b", "a \\| b"),
            ("[a](b) ![c](d)", "\\[a\\](b) !\\[c\\](d)"),
            (
                "<b>&lt;`code` *a* _b_ ~c~",
                "\\<b\\>\\&lt;\\`code\\` \\*a\\* \\_b\\_ \\~c\\~",
            ),
            ("back\\slash", "back\\\\slash"),
            (
                "https://a.eu www.b.eu c@d.eu",
                "https\\://a.eu www\\.b.eu c\\@d.eu",
            ),
            ("two\nlines\tand\r\ntabs", "two lines and  tabs"),
        ] {
            assert_eq!(escape(text), shown);
        }
    }

    /// The text that a Markdown parser reads; `None` if it contains any other markup than paragraphs and lists.
    fn read(source: &str) -> Option<String> {
        let mut read = String::new();
        for event in Parser::new_ext(source, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
            match event {
                Event::Text(text) => read.push_str(&text),
                Event::Start(Tag::Paragraph | Tag::List(None) | Tag::Item)
                | Event::End(TagEnd::Paragraph | TagEnd::List(_) | TagEnd::Item) => {}
                _ => return None,
            }
        }
        Some(read)
    }

    #[test]
    fn every_short_string_of_special_characters_is_read_as_itself() {
        let marks = "\\`*_{}[]()<>#+-.!|~&=:$@^\"'1 a\n"
            .chars()
            .collect::<Vec<_>>();
        let strings = marks.iter().flat_map(|a| {
            marks
                .iter()
                .flat_map(|b| marks.iter().map(|c| String::from_iter([*a, *b, *c])))
                .collect::<Vec<_>>()
        });
        for text in strings.map(|text| format!("{text}a{text}")) {
            let meant = text.replace('\n', " ");
            let meant = meant.trim();
            for source in [
                escape(meant),
                format!("- {}", escape(meant)),
                format!("- x\n\n  {}", escape(meant)),
            ] {
                let read =
                    read(&source).unwrap_or_else(|| panic!("{text:?} is markup in {source:?}"));
                assert_eq!(
                    read.trim_start_matches('x')
                        .split_whitespace()
                        .collect::<String>(),
                    meant.split_whitespace().collect::<String>(),
                    "{source:?}"
                );
            }
        }
    }
}
