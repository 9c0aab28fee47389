//! The search terms of a user: words, `"phrases"`, `-exclusions`, and the operator `or`.

use super::splitting::split_term;
use super::stems::{is_stop_word, stem, stems_of_start};
use crate::domain::folding::fold;

/// The shortest beginning of a word that is searched for.
const MIN_START: usize = 3;

/// What a record must contain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// A word in any inflection.
    Word {
        /// The folded word.
        word: String,
        /// Its stem.
        stem: String,
    },
    /// A word that begins with a text.
    Start {
        /// The folded text.
        start: String,
        /// The stems of words that begin with the text although their stems do not.
        stems: Vec<String>,
    },
    /// Words that follow each other.
    Sequence(Vec<Query>),
    /// All of these.
    All(Vec<Query>),
    /// One of these.
    Any(Vec<Query>),
    /// Not this.
    Not(Box<Query>),
}

impl Query {
    /// Reads the search terms of a user. The last word may be the beginning of a word. Words that say little are only required in
    /// phrases, in capital letters, or if there are no other words. `None` if there are no words.
    pub fn parse(text: &str) -> Option<Self> {
        let is_shouted = !text.bytes().any(|byte| byte.is_ascii_lowercase());
        let terms = terms(text);
        let count = terms.len();
        let mut alternatives = Vec::new();
        let mut terms_since_or = Terms::default();
        for (index, term) in terms.into_iter().enumerate() {
            let is_last = index + 1 == count;
            if term.is_or() && !is_last && !terms_since_or.all.is_empty() {
                alternatives.extend(std::mem::take(&mut terms_since_or).query());
                continue;
            }
            let Some(query) = term.query(is_last) else {
                continue;
            };
            if term.is_required(is_shouted) {
                terms_since_or.required.push(query.clone());
            }
            terms_since_or.all.push(query);
        }
        alternatives.extend(terms_since_or.query());
        one_or(alternatives, Self::Any)
    }

    fn word(word: &str) -> Self {
        Self::Word {
            word: word.to_owned(),
            stem: stem(word),
        }
    }

    fn start(start: &str) -> Self {
        Self::Start {
            start: start.to_owned(),
            stems: stems_of_start(start),
        }
    }

    /// The same query without beginnings of words; `None` if it consists of nothing else.
    pub(super) fn whole_words(&self) -> Option<Self> {
        let parts = |parts: &[Self]| parts.iter().filter_map(Self::whole_words).collect();
        match self {
            Self::Start { .. } => None,
            Self::Word { .. } | Self::Not(_) => Some(self.clone()),
            Self::Sequence(all) => one_or(parts(all), Self::Sequence),
            Self::All(all) => one_or(parts(all), Self::All),
            Self::Any(all) => one_or(parts(all), Self::Any),
        }
    }

    /// True if every record that is found has one of the words.
    pub(super) fn needs_a_word(&self) -> bool {
        match self {
            Self::Word { .. } | Self::Start { .. } => true,
            Self::Not(_) => false,
            Self::Sequence(parts) | Self::All(parts) => parts.iter().any(Self::needs_a_word),
            Self::Any(parts) => parts.iter().all(Self::needs_a_word),
        }
    }

    /// True if there are words that a record must not contain.
    pub fn excludes(&self) -> bool {
        match self {
            Self::Word { .. } | Self::Start { .. } => false,
            Self::Sequence(parts) | Self::All(parts) | Self::Any(parts) => {
                parts.iter().any(Self::excludes)
            }
            Self::Not(_) => true,
        }
    }

    /// The words of the query, folded and without endings, apart from those that are excluded.
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::Word { stem, .. } => vec![stem.clone()],
            Self::Start { start, stems } => {
                let start = std::iter::once(start);
                start.chain(stems).cloned().collect()
            }
            Self::Sequence(parts) | Self::All(parts) | Self::Any(parts) => {
                parts.iter().flat_map(Self::words).collect()
            }
            Self::Not(_) => Vec::new(),
        }
    }
}

/// The terms between two operators.
#[derive(Default)]
struct Terms {
    all: Vec<Query>,
    required: Vec<Query>,
}

impl Terms {
    fn query(self) -> Option<Query> {
        let terms = if self.required.is_empty() {
            self.all
        } else {
            self.required
        };
        one_or(terms, Query::All)
    }
}

/// The only query, or several as one; `None` if there are none.
fn one_or(mut queries: Vec<Query>, several: fn(Vec<Query>) -> Query) -> Option<Query> {
    match queries.len() {
        0 | 1 => queries.pop(),
        _ => Some(several(queries)),
    }
}

/// A word or a phrase, as it was typed.
struct Term<'t> {
    text: &'t str,
    is_phrase: bool,
    is_excluded: bool,
}

impl Term<'_> {
    fn is_or(&self) -> bool {
        !self.is_phrase && !self.is_excluded && self.text.eq_ignore_ascii_case("or")
    }

    fn query(&self, is_last: bool) -> Option<Query> {
        let query = if self.is_phrase {
            let words = self.text.split_whitespace();
            let words = words.filter_map(|word| word_query(word, false));
            one_or(words.collect(), Query::Sequence)
        } else {
            word_query(self.text, is_last && !self.is_excluded)
        };
        if self.is_excluded {
            return query.map(|query| Query::Not(Box::new(query)));
        }
        query
    }

    /// True unless this is a word that says little. Written like an acronym, it is meant.
    fn is_required(&self, is_shouted: bool) -> bool {
        let is_acronym =
            self.text.len() > 1 && self.text.bytes().all(|byte| byte.is_ascii_uppercase());
        self.is_phrase
            || self.is_excluded
            || !is_stop_word(&fold(self.text))
            || is_acronym && !is_shouted
    }
}

/// A term without spaces: its parts must follow each other, or be written as one word (Xi'an and Xian). If it may be a beginning,
/// this is said of its last part.
fn word_query(term: &str, is_start: bool) -> Option<Query> {
    let (parts, whole) = split_term(term);
    let last = parts.len().checked_sub(1)?;
    let words = parts.iter().enumerate().map(|(place, part)| {
        let word = Query::word(part);
        if is_start && place == last && part.chars().count() >= MIN_START {
            return Query::Any(vec![word, Query::start(part)]);
        }
        word
    });
    let sequence = one_or(words.collect(), Query::Sequence)?;
    let Some(whole) = whole else {
        return Some(sequence);
    };
    let mut spellings = vec![sequence, Query::word(&whole)];
    if is_start {
        spellings.push(Query::start(&whole));
    }
    if let [word, ending] = parts.as_slice()
        && ending == "s"
    {
        spellings.push(Query::word(word));
    }
    Some(Query::Any(spellings))
}

/// The words and phrases of a text, in their order.
fn terms(text: &str) -> Vec<Term<'_>> {
    let mut terms = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after = rest.strip_prefix('-');
        let begins = |text: &str| text.starts_with('"') || text.starts_with(is_part_of_term);
        let is_excluded = after.is_some_and(begins);
        let term = after.filter(|_| is_excluded).unwrap_or(rest);
        if let Some(phrase) = term.strip_prefix('"') {
            let (text, after) = phrase.split_once('"').unwrap_or((phrase, ""));
            terms.push(Term {
                text,
                is_phrase: true,
                is_excluded,
            });
            rest = after;
        } else if begins(term) {
            let end = term
                .find(|character| !is_part_of_term(character))
                .unwrap_or(term.len());
            let (text, after) = term.split_at(end);
            terms.push(Term {
                text,
                is_phrase: false,
                is_excluded,
            });
            rest = after;
        } else {
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    terms
}

fn is_part_of_term(character: char) -> bool {
    !character.is_whitespace() && !r#""/,;|&+()[]{}<>="#.contains(character)
}

#[cfg(test)]
mod tests {
    use super::Query;

    /// The query in a short form.
    fn shown(query: &Query) -> String {
        let joined = |parts: &[Query], by: &str| {
            let parts: Vec<String> = parts.iter().map(shown).collect();
            format!("({})", parts.join(by))
        };
        match query {
            Query::Word { word, .. } => word.clone(),
            Query::Start { start, .. } => format!("{start}*"),
            Query::Sequence(parts) => joined(parts, " "),
            Query::All(parts) => joined(parts, " & "),
            Query::Any(parts) => joined(parts, " | "),
            Query::Not(query) => format!("!{}", shown(query)),
        }
    }

    #[test]
    fn words_phrases_exclusions_and_alternatives_are_told_apart() {
        for (text, query) in [
            ("hydrogen", "(hydrogen | hydrogen*)"),
            ("hydrogen bus", "(hydrogen & (bus | bus*))"),
            ("new id", "(new & id)"),
            ("\"green energy\" bus", "((green energy) & (bus | bus*))"),
            ("\"green energy", "(green energy)"),
            ("-bus energy", "(!bus & (energy | energy*))"),
            ("energy -bus", "(energy & !bus)"),
            ("energy -\"a bus\"", "(energy & !(a bus))"),
            ("- bus", "(bus | bus*)"),
            ("tram or bus", "(tram | (bus | bus*))"),
            ("or bus", "(bus | bus*)"),
            ("bus or", "bus"),
            ("the hague", "(hague | hague*)"),
            ("to be", "(to & be)"),
            ("WHO haag", "(who & (haag | haag*))"),
            ("THE HAAG", "(haag | haag*)"),
            ("Xi'an", "((xi an) | xian | xian*)"),
            ("Xi'an north", "(((xi an) | xian) & (north | north*))"),
            (
                "manchester's x",
                "(((manchester s) | manchesters | manchester) & x)",
            ),
            ("water/waste", "(water & (waste | waste*))"),
        ] {
            let parsed = Query::parse(text).unwrap();
            assert_eq!(shown(&parsed), query, "{text}");
        }
    }

    #[test]
    fn a_text_without_words_asks_for_nothing() {
        for text in ["", " ", "-", "\"\"", "()", "★", "- -"] {
            assert_eq!(Query::parse(text), None, "{text}");
        }
    }
}
