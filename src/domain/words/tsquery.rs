//! Queries in the form in which PostgreSQL reads them.

use super::level;
use super::query::Query;
use super::vector::{exact_name, form_lexeme, lexeme, other_name, quoted};

/// The records that a query finds, whatever the levels of the words.
pub fn matching(query: &Query) -> String {
    at_levels(query, &all_levels())
}

/// The records that have one of these names, whatever its spelling.
pub fn any_name<'n>(names: impl IntoIterator<Item = &'n String>) -> String {
    let lexemes = names
        .into_iter()
        .flat_map(|name| [quoted(&exact_name(name)), quoted(&other_name(name))]);
    lexemes.collect::<Vec<_>>().join(" | ")
}

/// All levels.
pub(super) fn all_levels() -> String {
    [level::NAME, level::TEXT].concat()
}

/// A query with its words at some levels.
pub(super) fn at_levels(query: &Query, levels: &str) -> String {
    written(query, levels, "")
}

/// A query with its words at some levels and, if weights are given, only where the words have these.
pub(super) fn written(query: &Query, levels: &str, weights: &str) -> String {
    let joined = |parts: &[Query], operator: &str| {
        let parts = parts.iter().map(|part| written(part, levels, weights));
        group(parts, operator)
    };
    match query {
        Query::Word { stem, .. } => word(stem, levels, weights),
        Query::Start { start, stems } => begun(start, stems, levels, weights),
        Query::Sequence(parts) => joined(parts, " <-> "),
        Query::All(parts) => joined(parts, " & "),
        Query::Any(parts) => joined(parts, " | "),
        // What is excluded is excluded at every level.
        Query::Not(query) => format!("!{}", written(query, &all_levels(), "")),
    }
}

/// A word in any inflection, at some levels.
pub(super) fn word(stem: &str, levels: &str, weights: &str) -> String {
    let mark = if weights.is_empty() { "" } else { ":" };
    let lexemes = levels
        .chars()
        .map(|level| format!("{}{mark}{weights}", quoted(&lexeme(level, stem))));
    group(lexemes, " | ")
}

/// A word in exactly this form in a name, at some levels.
pub(super) fn form(form: &str, levels: &str) -> String {
    let lexemes = levels
        .chars()
        .map(|level| quoted(&form_lexeme(level, form)));
    group(lexemes, " | ")
}

/// Words that begin with a text, at some levels.
pub(super) fn begun(start: &str, stems: &[String], levels: &str, weights: &str) -> String {
    let starts = levels
        .chars()
        .map(|level| format!("{}:*{weights}", quoted(&lexeme(level, start))));
    let stems = stems.iter().map(|stem| word(stem, levels, weights));
    group(starts.chain(stems), " | ")
}

fn group(parts: impl Iterator<Item = String>, operator: &str) -> String {
    let parts: Vec<String> = parts.collect();
    match parts.as_slice() {
        [only] => only.clone(),
        _ => format!("({})", parts.join(operator)),
    }
}
