//! The stems of English words: words with the same stem find each other.

use rust_stemmers::{Algorithm, Stemmer};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static ENGLISH: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));

/// Longer words are no words of a language.
const MAX_STEMMED_BYTES: usize = 1000;

/// English endings that consist of several letters.
const ENDINGS: &str = "ability able ably ality ally ance ate ated ation ational ative ator ed ement ency ent er es fully fulness \
    ial ical icality ication icity ied ies ified ing ion ional isation ise ish ism ist ity ive ively iveness ivity ization ize \
    izer less lessness ly ment ness or ous ously ousness";

/// English words that say little about what a text is about.
const STOP_WORDS: &str = " i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers \
    herself it its itself they them their theirs themselves what which who whom this that these those am is are was were be been \
    being have has had having do does did doing a an the and but if or because as until while of at by for with about against \
    between into through during before after above below to from up down in out on off over under again further then once here \
    there when where why how all any both each few more most other some such no nor not only own same so than too very s t can \
    will just don should now ";

/// The stem of a folded word. A word with digits is its own.
pub fn stem(word: &str) -> String {
    if word.len() > MAX_STEMMED_BYTES || word.bytes().any(|byte| byte.is_ascii_digit()) {
        return word.to_owned();
    }
    ENGLISH.stem(word).into_owned()
}

/// The stems of English words that begin with a text and have a stem that does not, because an ending is cut off within the text:
/// `renewab` becomes `renewable`, whose stem is `renew`.
pub fn stems_of_start(start: &str) -> Vec<String> {
    let own = stem(start);
    let mut stems = BTreeSet::new();
    for ending in ENDINGS.split_ascii_whitespace() {
        for typed in 1..ending.len() {
            let (begun, rest) = ending.split_at(typed);
            if start.ends_with(begun) {
                let stem = stem(&format!("{start}{rest}"));
                if stem.chars().count() > 2 && !stem.starts_with(start) && stem != own {
                    stems.insert(stem);
                }
            }
        }
    }
    stems.into_iter().collect()
}

/// True for the folded form of an English word that says little about what a text is about.
pub fn is_stop_word(word: &str) -> bool {
    !word.contains(' ') && STOP_WORDS.contains(&format!(" {word} "))
}

#[cfg(test)]
mod tests {
    use super::{is_stop_word, stem, stems_of_start};

    #[test]
    fn inflections_have_the_same_stem_and_words_with_digits_their_own() {
        for (word, stemmed) in [
            ("cities", "citi"),
            ("city", "citi"),
            ("planning", "plan"),
            ("who", "who"),
            ("co2es", "co2es"),
        ] {
            assert_eq!(stem(word), stemmed);
        }
    }

    #[test]
    fn the_beginning_of_a_word_has_the_stems_of_its_endings() {
        assert!(stems_of_start("renewab").contains(&"renew".to_owned()));
        assert!(stems_of_start("heat").is_empty());
    }

    #[test]
    fn stop_words_are_whole_words() {
        assert!(is_stop_word("the") && is_stop_word("now") && is_stop_word("i"));
        assert!(!is_stop_word("th") && !is_stop_word("") && !is_stop_word("the and"));
    }
}
