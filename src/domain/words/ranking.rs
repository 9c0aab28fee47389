//! Which records a search lists first.
//!
//! A search asks for the best records first, then for the next best, until the page is full. So it never looks at all records that
//! contain a common word. Start with [`ranks`].

use super::level;
use super::lexeme::{Class, at_any_level, exact_name, other_name, quoted};
use super::query::Query;
use super::tsquery::{Levels, NOTHING, at_levels, begun_in, matching, word_at};

/// The levels in texts at which several words are looked for, one after the other.
const STRONG: [&str; 3] = ["ABC", "ABCD", "ABCDE"];

/// Records that a search lists after better ones and before worse ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rank {
    /// The records, as a query of PostgreSQL that an index can answer.
    pub query: String,
    /// Those of them that have a better rank already.
    pub better: String,
}

/// The ranks of a search, the best first. One word is ranked exactly: the record with exactly this name comes first, then names with
/// the word in this form, names with another form, other texts, and then the same for words that begin with it; the more of its name
/// or text a word makes up, the better. Several words are ranked approximately: first all in the name, then all where they weigh
/// much, then the rest.
pub fn ranks(text: &str, query: &Query) -> Vec<Rank> {
    let mut ranks = Vec::new();
    let mut better = NOTHING.to_owned();
    // The text of a search that excludes words is not a name, even if it becomes one without its marks.
    if !query.excludes() {
        let names = [exact_name(text), other_name(text)].map(|name| quoted(&name));
        let nothing = std::mem::replace(&mut better, names.join(" | "));
        let [name, other_name] = names;
        ranks = vec![rank(name.clone(), nothing), rank(other_name, name)];
    }
    match (single_word(query), query.whole_words()) {
        (Some(word), _) => ranks.extend(word.ranks(&better)),
        (None, Some(whole)) if query.needs_a_word() => {
            ranks.extend(several(query, &whole, &better));
        }
        _ => ranks.push(rank(matching(query), better)),
    }
    ranks
}

/// True if a search is for one word, which may stand for the beginning of a word.
pub fn is_one_word(query: &Query) -> bool {
    single_word(query).is_some()
}

fn rank(query: String, better: String) -> Rank {
    Rank { query, better }
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
    fn ranks(&self, names: &str) -> Vec<Rank> {
        let any_form = quoted(&at_any_level(Class::Form, self.form));
        let other_forms = format!("{names} | {any_form}:*");
        let mut ranks = Vec::new();
        for (class, word, levels, better) in [
            (Class::Form, self.form, level::OF_NAMES, names),
            (Class::Name, self.stem, level::OF_NAMES, &other_forms),
            (Class::Text, self.stem, level::OF_TEXTS, names),
        ] {
            let levels = levels.chars().map(|level| level.to_string());
            ranks.extend(levels.map(|level| rank(word_at(class, word, &level), better.to_owned())));
        }
        if let Some((start, stems)) = self.start {
            let stem = |class| quoted(&at_any_level(class, self.stem));
            let (in_names, in_texts) = (stem(Class::Name), stem(Class::Text));
            let whole = format!("{names} | {in_names}:* | {in_texts}:*");
            let in_name = begun_in(Class::Name, start, stems);
            let better = format!("{whole} | {in_name}");
            ranks.push(rank(in_name, whole));
            ranks.push(rank(begun_in(Class::Text, start, stems), better));
        }
        ranks
    }
}

/// The ranks of several words, whose whole words are given as well.
fn several(query: &Query, whole: &Query, names: &str) -> Vec<Rank> {
    let at = |texts| {
        at_levels(
            whole,
            Levels {
                names: level::OF_NAMES,
                texts,
            },
        )
    };
    let mut ranks = Vec::new();
    let mut better = names.to_owned();
    for texts in [""].iter().chain(&STRONG).chain(&[level::OF_TEXTS]) {
        let found = at(texts);
        let above = format!("{names} | {found}");
        ranks.push(rank(found, std::mem::replace(&mut better, above)));
    }
    if whole != query {
        let better = format!("{names} | {}", matching(whole));
        ranks.push(rank(matching(query), better));
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::{Rank, ranks};
    use crate::domain::words::Query;

    fn ranked(text: &str) -> Vec<Rank> {
        ranks(text, &Query::parse(text).unwrap())
    }

    fn place(ranks: &[Rank], lexeme: &str) -> usize {
        let mut places = ranks.iter().map(|rank| rank.query.contains(lexeme));
        places.position(|contains| contains).unwrap()
    }

    #[test]
    fn one_word_is_looked_for_in_names_first_and_where_it_weighs_most() {
        let ranks = ranked("Cities");
        let places = [
            "'=cities'",
            "'~cities'",
            "'Fcities!A'",
            "'Fcities!B'",
            "'Nciti!A'",
            "'Tciti!A'",
            "'Tciti!P'",
            "'Tcities'",
        ]
        .map(|lexeme| place(&ranks, lexeme));
        assert!(places.is_sorted(), "{places:?}");
        assert_eq!(places.last(), Some(&(ranks.len() - 1)));
    }

    #[test]
    fn several_words_are_looked_for_in_the_name_then_in_strong_places_then_everywhere() {
        let ranks = ranked("green energy");
        assert_eq!(ranks.len(), 8);
        assert!(!ranks[2].query.contains("Tgreen"), "{:?}", ranks[2]);
        assert!(ranks[3].query.contains("'Tgreen!C'") && !ranks[3].query.contains("'Tgreen!D'"));
        assert!(ranks[6].query.contains("'Tgreen!P'") && !ranks[6].query.contains(":*"));
        assert!(ranks[7].query.contains("'Tenergy':*"));
        assert!(
            ranks
                .iter()
                .skip(3)
                .all(|rank| rank.better.contains("'=green energy'"))
        );
    }

    #[test]
    fn one_word_is_told_from_several() {
        let one = |text| super::is_one_word(&Query::parse(text).unwrap());
        assert!(one("energy") && one("ŁÓDŹ"));
        assert!(!one("green energy") && !one("-energy") && !one("energy or water"));
    }

    #[test]
    fn what_needs_no_word_has_one_rank() {
        assert_eq!(ranked("-energy").len(), 1);
    }

    #[test]
    fn the_text_of_a_search_that_excludes_a_word_is_not_a_name() {
        let name = |rank: &Rank| rank.query.contains("'=circular economy'");
        assert!(!ranked("circular -economy").iter().any(name));
        assert!(ranked("circular economy").iter().any(name));
    }
}
