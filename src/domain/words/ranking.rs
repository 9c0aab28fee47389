//! Which records a search lists first.
//!
//! A search asks for the best records first, then for the next best, until the page is full. So it never looks at all records that
//! contain a common word. Start with [`steps`].

use super::level;
use super::query::Query;
use super::tsquery::{all_levels, at_levels, begun, form, matching, word, written};
use super::vector::{exact_name, other_name, quoted};

/// Records of the same rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The records, as a query of PostgreSQL.
    pub records: String,
    /// Those that have a better rank, as a query of PostgreSQL; empty if there are none among them.
    pub better: String,
}

/// The ranks of a search, the best first. One word is ranked exactly: the record with exactly this name comes first, then names with
/// the word in this form, names with another form, and other texts; the more of its name or text a word makes up, the better.
/// Several words are ranked roughly: all in the name, some in the name, all in the texts.
pub fn steps(text: &str, query: &Query) -> Vec<Step> {
    let names = [exact_name(text), other_name(text)].map(|name| quoted(&name));
    let all_names = names.join(" | ");
    let [own_name, another_name] = names;
    let mut steps = vec![
        Step {
            records: own_name.clone(),
            better: String::new(),
        },
        Step {
            records: another_name,
            better: own_name,
        },
    ];
    match single_word(query) {
        Some(Single { form, stem, start }) => {
            steps.extend(of_word(&all_names, form, stem, start));
        }
        None => steps.extend(of_several(&all_names, query)),
    }
    steps
}

/// A query for one word.
struct Single<'q> {
    form: &'q str,
    stem: &'q str,
    /// The same as the beginning of a word, and the stems of such words.
    start: Option<(&'q str, &'q [String])>,
}

fn single_word(query: &Query) -> Option<Single<'_>> {
    let single = |form, stem, start| Some(Single { form, stem, start });
    match query {
        Query::Word { word, stem } => single(word, stem, None),
        Query::Any(parts) => match parts.as_slice() {
            [Query::Word { word, stem }, Query::Start { start, stems }] => {
                single(word, stem, Some((start, stems)))
            }
            _ => None,
        },
        _ => None,
    }
}

fn of_word(names: &str, exact: &str, stem: &str, start: Option<(&str, &[String])>) -> Vec<Step> {
    let each = |levels: &'static str| levels.split("").filter(|level| !level.is_empty());
    let mut steps = Vec::new();
    for level in each(level::NAME) {
        steps.push(Step {
            records: form(exact, level),
            better: names.to_owned(),
        });
    }
    for level in each(level::NAME) {
        steps.push(Step {
            records: word(stem, level, ""),
            better: format!("{names} | {}", form(exact, level)),
        });
    }
    for level in each(level::TEXT) {
        steps.push(Step {
            records: word(stem, level, ""),
            better: names.to_owned(),
        });
    }
    if let Some((start, stems)) = start {
        let whole = format!("{names} | {}", word(stem, &all_levels(), ""));
        for level in each(level::NAME).chain(each(level::TEXT)) {
            steps.push(Step {
                records: begun(start, stems, level, ""),
                better: whole.clone(),
            });
        }
    }
    steps
}

fn of_several(names: &str, query: &Query) -> Vec<Step> {
    let (high, medium) = level::NAME.split_at(level::NAME.len() / 2);
    let text = level::TEXT.split_at(level::TEXT.len() / 2).0;
    let mut ranks = Vec::new();
    if let Query::All(words) = query {
        let words: Vec<Query> = words
            .iter()
            .filter(|word| !matches!(word, Query::Not(_)))
            .cloned()
            .collect();
        // The words in this order; what is excluded follows from the query itself.
        if words.len() > 1 {
            let sequence = written(&Query::Sequence(words), level::NAME, "A");
            ranks.push(format!("{sequence} & {}", matching(query)));
        }
    }
    ranks.push(at_levels(query, high));
    ranks.push(at_levels(query, &[high, medium].concat()));
    ranks.extend(with_one_in_the_name(query));
    ranks.push(at_levels(query, &[level::NAME, text].concat()));
    ranks.push(matching(query));
    let mut better = names.to_owned();
    let mut steps = Vec::new();
    for records in ranks {
        let above = format!("{better} | {records}");
        steps.push(Step {
            records,
            better: std::mem::replace(&mut better, above),
        });
    }
    steps
}

/// The records that have at least one of several required words in their name.
fn with_one_in_the_name(query: &Query) -> Option<String> {
    let Query::All(words) = query else {
        return None;
    };
    let alternatives = words
        .iter()
        .filter(|word| !matches!(word, Query::Not(_)))
        .map(|word| at_levels(word, level::NAME));
    let alternatives: Vec<String> = alternatives.collect();
    if alternatives.is_empty() {
        return None;
    }
    Some(format!(
        "({}) & {}",
        alternatives.join(" | "),
        matching(query)
    ))
}
