//! Which records a search lists first.
//!
//! A search asks for the best records first, then for the next best, until the page is full. So it never looks at all records that
//! contain a common word. Start with [`Ranking`].

use super::lexeme::{Class, at_any_level, exact_name, other_name, quoted};
use super::level;
use super::query::Query;
use super::tsquery::{Field, any_of, begun_in, matching, within, word_at};
use std::collections::HashMap;

/// The ranks of a search, the best first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ranking {
    /// Sections of ranks.
    pub sections: Vec<Section>,
}

/// Consecutive ranks. No record has two of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The records of each rank, as queries of PostgreSQL that an index can answer.
    pub ranks: Vec<String>,
    /// What the records must match as well; empty if that is all.
    pub filter: String,
    /// Which of them have a better rank already; empty if none have.
    pub better: String,
}

/// How many records are estimated to match each of some queries of PostgreSQL.
pub type Estimates = HashMap<String, f64>;

impl Ranking {
    /// The ranks of a search. One word is ranked exactly: the record with exactly this name comes first, then names with the word in
    /// this form, names with another form, other texts, and then the same for words that begin with it; the more of its name or text
    /// a word makes up, the better. Several words are ranked by the rarest: first all in the name, then this one in the name, then
    /// the rest.
    pub fn new(text: &str, query: &Query, estimates: &Estimates) -> Self {
        let names = [exact_name(text), other_name(text)].map(|name| quoted(&name));
        let better = names.join(" | ");
        let mut sections = vec![Section {
            ranks: names.to_vec(),
            filter: String::new(),
            better: String::new(),
        }];
        match (single_word(query), leading(query, estimates)) {
            (Some(word), _) => sections.extend(word.sections(&better)),
            (None, Some(leading)) => sections.extend(led(&better, query, &leading)),
            (None, None) => sections.push(Section {
                ranks: vec![matching(query)],
                filter: String::new(),
                better,
            }),
        }
        Self { sections }
    }

    /// The number of ranks.
    pub fn len(&self) -> usize {
        self.sections.iter().map(|one| one.ranks.len()).sum()
    }

    /// True if there are no ranks.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The words of a query that must all be there, as queries of PostgreSQL: the rarest of them leads the search. Empty if there is
/// nothing to choose.
pub fn candidates(query: &Query) -> Vec<String> {
    let parts = match query {
        Query::All(parts) | Query::Sequence(parts) => parts,
        Query::Any(parts) => return parts.iter().flat_map(candidates).collect(),
        Query::Word { .. } | Query::Start { .. } | Query::Not(_) => return Vec::new(),
    };
    let required = parts.iter().filter(|part| !matches!(part, Query::Not(_)));
    let mut found: Vec<String> = parts.iter().flat_map(candidates).collect();
    let required: Vec<String> = required.map(matching).collect();
    if required.len() > 1 {
        found.extend(required);
    }
    found
}

/// The words of which every record that a query finds has one: those that are estimated to be the rarest. `None` if records are
/// found that have no particular word.
fn leading<'q>(query: &'q Query, estimates: &Estimates) -> Option<Vec<&'q Query>> {
    match query {
        Query::Word { .. } | Query::Start { .. } => Some(vec![query]),
        Query::Not(_) => None,
        Query::Any(parts) => {
            let leading: Option<Vec<_>> =
                parts.iter().map(|part| leading(part, estimates)).collect();
            leading.map(|parts| parts.concat())
        }
        Query::All(parts) | Query::Sequence(parts) => {
            let estimate = |part: &Query| estimates.get(&matching(part)).copied();
            let leading = parts
                .iter()
                .filter_map(|part| Some((estimate(part)?, leading(part, estimates)?)));
            let rarest = leading.min_by(|(one, _), (other, _)| one.total_cmp(other));
            let first = || parts.iter().find_map(|part| self::leading(part, estimates));
            rarest.map(|(_, leading)| leading).or_else(first)
        }
    }
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

impl Single<'_> {
    fn sections(&self, names: &str) -> Vec<Section> {
        let any_form = quoted(&at_any_level(Class::Form, self.form));
        let section = |ranks, better: &str| Section {
            ranks,
            filter: String::new(),
            better: better.to_owned(),
        };
        let mut sections = vec![
            section(at_each_level(Class::Form, self.form), names),
            section(
                at_each_level(Class::Name, self.stem),
                &format!("{names} | {any_form}:*"),
            ),
            section(at_each_level(Class::Text, self.stem), names),
        ];
        if let Some((start, stems)) = self.start {
            let stem = [Class::Name, Class::Text].map(|class| quoted(&at_any_level(class, self.stem)));
            let whole = format!("{names} | {}:* | {}:*", stem[0], stem[1]);
            let in_name = begun_in(Class::Name, start, stems);
            let better = format!("{whole} | {in_name}");
            sections.push(section(vec![in_name], &whole));
            sections.push(section(vec![begun_in(Class::Text, start, stems)], &better));
        }
        sections
    }
}

fn at_each_level(class: Class, word: &str) -> Vec<String> {
    let levels = level::ALL.split("").filter(|level| !level.is_empty());
    levels.map(|level| word_at(class, word, level)).collect()
}

/// The sections of a query that finds only records with one of the leading words.
fn led(names: &str, query: &Query, leading: &[&Query]) -> Vec<Section> {
    let in_name = within(query, Field::Name);
    let section = |stage: &Stage, filter: &str, better: &str| Section {
        ranks: stage.ranks.clone(),
        filter: filter.to_owned(),
        better: [better, &stage.better].concat(),
    };
    let stages = stages(leading);
    let named = stages
        .iter()
        .filter(|stage| stage.class == Class::Name)
        .map(|stage| section(stage, &in_name, names));
    let better = format!("{names} | ({in_name})");
    let filter = matching(query);
    let all = stages.iter().map(|stage| section(stage, &filter, &better));
    named.chain(all).collect()
}

/// The records that have one of some words in a field.
struct Stage {
    class: Class,
    ranks: Vec<String>,
    /// Those of them that a stage before has, with the operator before it.
    better: String,
}

/// First the whole words in names and in texts, then words that begin with them.
fn stages(words: &[&Query]) -> Vec<Stage> {
    let stems: Vec<&str> = words.iter().filter_map(|word| stem_of(word)).collect();
    let whole = |class| {
        let stems = stems.iter().map(|stem| at_any_level(class, stem));
        any_of(stems.map(|stem| format!("{}:*", quoted(&stem))).collect())
    };
    let begun = |class| {
        let starts = words.iter().filter_map(|word| match word {
            Query::Start { start, stems } => Some(begun_in(class, start, stems)),
            _ => None,
        });
        starts.collect::<Vec<_>>()
    };
    let mut stages = Vec::new();
    let mut better = String::new();
    for class in [Class::Name, Class::Text] {
        match stems.as_slice() {
            [] => {}
            [stem] => stages.push(Stage {
                class,
                ranks: at_each_level(class, stem),
                better: String::new(),
            }),
            _ => stages.push(Stage {
                class,
                ranks: vec![whole(class)],
                better: better.clone(),
            }),
        }
        if !stems.is_empty() {
            better.push_str(&format!(" | {}", whole(class)));
        }
    }
    for class in [Class::Name, Class::Text] {
        let begun = begun(class);
        if !begun.is_empty() {
            let begun = any_of(begun);
            let above = format!("{better} | {begun}");
            stages.push(Stage {
                class,
                ranks: vec![begun],
                better: std::mem::replace(&mut better, above),
            });
        }
    }
    stages
}

fn stem_of(query: &Query) -> Option<&str> {
    match query {
        Query::Word { stem, .. } => Some(stem),
        _ => None,
    }
}
