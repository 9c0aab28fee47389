//! Queries in the form in which PostgreSQL reads them.

use super::lexeme::{
    Class, at_any_level, at_level, beginning, exact_name, organisation, other_name, quoted,
};
use super::query::Query;

/// No record. PostgreSQL does not like queries without words.
pub const NOTHING: &str = "'!'";

/// The levels at which words are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Levels {
    /// Those of words of names.
    pub names: &'static str,
    /// Those of words of other texts.
    pub texts: &'static str,
}

/// The records that a query finds.
pub fn matching(query: &Query) -> String {
    match query {
        Query::Word { stem, .. } => any_of(word(stem)),
        Query::Start { start, stems } => any_of(begun(start, stems)),
        Query::Sequence(parts) => joined(parts, " <-> ", matching),
        Query::All(parts) => joined(parts, " & ", matching),
        Query::Any(parts) => joined(parts, " | ", matching),
        Query::Not(query) => format!("!{}", matching(query)),
    }
}

/// The records in which a query finds its words at some levels. An index finds these without reading what begins with a word.
pub(super) fn at_levels(query: &Query, levels: Levels) -> String {
    let at = |part: &Query| at_levels(part, levels);
    match query {
        Query::Word { stem, .. } => {
            let in_names = word_at(Class::Name, stem, levels.names);
            let in_texts = word_at(Class::Text, stem, levels.texts);
            let words = [in_names, in_texts].into_iter();
            any_of(words.filter(|words| !words.is_empty()).collect())
        }
        Query::Sequence(parts) => joined(parts, " <-> ", at),
        Query::All(parts) => joined(parts, " & ", at),
        Query::Any(parts) => joined(parts, " | ", at),
        // What is excluded must be in no text.
        Query::Start { .. } | Query::Not(_) => matching(query),
    }
}

fn joined(parts: &[Query], operator: &str, write: impl Fn(&Query) -> String) -> String {
    group(parts.iter().map(write).collect(), operator)
}

/// The records that have one of these names, whatever its spelling.
pub fn any_name<'n>(names: impl IntoIterator<Item = &'n String>) -> String {
    let lexemes = names
        .into_iter()
        .flat_map(|name| [quoted(&exact_name(name)), quoted(&other_name(name))]);
    let lexemes = std::iter::once(NOTHING.to_owned()).chain(lexemes);
    lexemes.collect::<Vec<_>>().join(" | ")
}

/// The records that name an organisation with one of these names or acronyms, whatever its spelling.
pub fn any_organisation(names: &[String]) -> String {
    let lexemes = names.iter().map(|name| quoted(&organisation(name)));
    lexemes.collect::<Vec<_>>().join(" | ")
}

/// A word at any level.
fn word(stem: &str) -> Vec<String> {
    let stem = |class| format!("{}:*", quoted(&at_any_level(class, stem)));
    vec![stem(Class::Name), stem(Class::Text)]
}

/// Words that begin with a text.
fn begun(start: &str, stems: &[String]) -> Vec<String> {
    let classes = [Class::Form, Class::Name, Class::Text].into_iter();
    let starts = classes.map(|class| format!("{}:*", quoted(&beginning(class, start))));
    starts
        .chain(stems.iter().flat_map(|stem| word(stem)))
        .collect()
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

fn any_of(parts: Vec<String>) -> String {
    group(parts, " | ")
}

fn group(parts: Vec<String>, operator: &str) -> String {
    match parts.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        _ => format!("({})", parts.join(operator)),
    }
}
