//! The words of a vector, as PostgreSQL stores and compares them.
//!
//! One rule: a lexeme begins with its class, which no folded word contains, so that words of different classes are never confused.
//! Start with [`Class`].

use crate::domain::folding::fold;

/// What kind of word it is. Its letter is the first one of the lexeme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The stem of a word in the name or title of a record.
    Name,
    /// The stem of a word that is only in other texts.
    Text,
    /// A word of the name, as it stands there.
    Form,
}

impl Class {
    fn letter(self) -> char {
        match self {
            Self::Name => 'N',
            Self::Text => 'T',
            Self::Form => 'F',
        }
    }
}

/// A word at a level.
pub fn at_level(class: Class, word: &str, level: char) -> String {
    format!("{}{word}!{level}", class.letter())
}

/// The beginning that a word has in common at all levels.
pub fn at_any_level(class: Class, word: &str) -> String {
    format!("{}{word}!", class.letter())
}

/// The beginning of all words that begin with a text.
pub fn beginning(class: Class, start: &str) -> String {
    format!("{}{start}", class.letter())
}

/// The whole name of a record.
pub fn exact_name(name: &str) -> String {
    format!("={}", fold(name))
}

/// One of the other names of a record.
pub fn other_name(name: &str) -> String {
    format!("~{}", fold(name))
}

/// The whole name or the acronym of an organisation.
pub fn organisation(name: &str) -> String {
    format!("@{}", fold(name))
}

/// A lexeme in quotation marks.
pub fn quoted(lexeme: &str) -> String {
    format!("'{}'", lexeme.replace('\\', "\\\\").replace('\'', "''"))
}
