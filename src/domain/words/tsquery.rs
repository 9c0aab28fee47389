//! Queries in the form in which PostgreSQL reads them.

use super::lexeme::{
    Class, at_any_level, at_level, beginning, exact_name, other_name, quoted,
};
use super::query::Query;

/// Where in a record words are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// In its name or title.
    Name,
    /// In all its texts.
    All,
}

/// The records that a query finds.
pub fn matching(query: &Query) -> String {
    within(query, Field::All)
}

/// The records that have one of these names, whatever its spelling.
pub fn any_name<'n>(names: impl IntoIterator<Item = &'n String>) -> String {
    let lexemes = names
        .into_iter()
        .flat_map(|name| [quoted(&exact_name(name)), quoted(&other_name(name))]);
    lexemes.collect::<Vec<_>>().join(" | ")
}

/// The records in which a query finds its words in that field.
pub(super) fn within(query: &Query, field: Field) -> String {
    let joined = |parts: &[Query], operator: &str| {
        let parts = parts.iter().map(|part| within(part, field));
        group(parts.collect(), operator)
    };
    match query {
        Query::Word { stem, .. } => any_of(words(stem, field)),
        Query::Start { start, stems } => any_of(begun(start, stems, field)),
        Query::Sequence(parts) => joined(parts, " <-> "),
        Query::All(parts) => joined(parts, " & "),
        Query::Any(parts) => joined(parts, " | "),
        // What is excluded must be in no text.
        Query::Not(query) => format!("!{}", within(query, Field::All)),
    }
}

fn words(stem: &str, field: Field) -> Vec<String> {
    let name = quoted(&at_any_level(Class::Name, stem));
    match field {
        Field::Name => vec![format!("{name}:*A")],
        Field::All => vec![
            format!("{name}:*"),
            format!("{}:*", quoted(&at_any_level(Class::Text, stem))),
        ],
    }
}

/// Words that begin with a text.
fn begun(start: &str, stems: &[String], field: Field) -> Vec<String> {
    let beginning = |class| quoted(&beginning(class, start));
    let mut begun = match field {
        Field::Name => vec![
            format!("{}:*A", beginning(Class::Form)),
            format!("{}:*A", beginning(Class::Name)),
        ],
        Field::All => vec![
            format!("{}:*", beginning(Class::Form)),
            format!("{}:*", beginning(Class::Name)),
            format!("{}:*", beginning(Class::Text)),
        ],
    };
    begun.extend(stems.iter().flat_map(|stem| words(stem, field)));
    begun
}

/// Words that begin with a text, of one class.
pub(super) fn begun_in(class: Class, start: &str, stems: &[String]) -> String {
    let starts = [class, Class::Form]
        .into_iter()
        .filter(|one| *one == class || class == Class::Name)
        .map(|class| format!("{}:*", quoted(&beginning(class, start))));
    let stems = stems
        .iter()
        .map(|stem| format!("{}:*", quoted(&at_any_level(class, stem))));
    any_of(starts.chain(stems).collect())
}

/// A word at some levels.
pub(super) fn word_at(class: Class, word: &str, levels: &str) -> String {
    let lexemes = levels
        .chars()
        .map(|level| quoted(&at_level(class, word, level)));
    any_of(lexemes.collect())
}

pub(super) fn any_of(parts: Vec<String>) -> String {
    group(parts, " | ")
}

fn group(parts: Vec<String>, operator: &str) -> String {
    match parts.as_slice() {
        [only] => only.clone(),
        _ => format!("({})", parts.join(operator)),
    }
}
