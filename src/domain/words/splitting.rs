//! Splits a text into the words by which it is found.

use crate::domain::folding::{is_part_of_word, is_word_of_its_own, letters};

/// The number of characters of a text that are searched. A vector of PostgreSQL has at most 1 MiB, and a record may have more text
/// than that: three parts of this length always fit, whatever their script.
pub const MAX_CHARACTERS: usize = 40_000;
/// PostgreSQL stores no longer words.
const MAX_WORD_BYTES: usize = 2046;

/// The words of the first characters of a text, folded, in their order. The words that apostrophes or hyphens join (`l'économie`,
/// `Xi'an`, `e-Mobility`) are words by themselves; written as one, they follow after all others.
pub fn split(text: &str) -> Vec<String> {
    let text = first_characters(text);
    let letters = spaced(&letters(text));
    let mut all = String::with_capacity(letters.len() + 16);
    all.push_str(&letters);
    for compound in compounds(&letters) {
        all.push(' ');
        all.push_str(&compound);
    }
    runs(first_characters(&all))
        .filter(|word| word.len() <= MAX_WORD_BYTES)
        .map(str::to_owned)
        .collect()
}

/// The words of one term, and what is written as one if apostrophes or hyphens join all of them.
pub fn split_term(term: &str) -> (Vec<String>, Option<String>) {
    let letters = spaced(&letters(term));
    let parts: Vec<String> = runs(&letters).map(str::to_owned).collect();
    let whole = parts.concat();
    let compounds: Vec<String> = compounds(&letters).collect();
    let is_one = matches!(compounds.as_slice(), [only] if *only == whole);
    (parts, is_one.then_some(whole))
}

fn first_characters(text: &str) -> &str {
    if text.len() <= MAX_CHARACTERS {
        return text;
    }
    let end = text.char_indices().nth(MAX_CHARACTERS);
    end.and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// The folded text with spaces around each letter of a script without word breaks.
fn spaced(letters: &str) -> String {
    if letters.is_ascii() {
        return letters.to_owned();
    }
    let mut spaced = String::with_capacity(letters.len());
    for letter in letters.chars() {
        if is_word_of_its_own(letter) {
            spaced.extend([' ', letter, ' ']);
        } else {
            spaced.push(letter);
        }
    }
    spaced
}

/// The runs of letters and digits.
fn runs(letters: &str) -> impl Iterator<Item = &str> {
    letters
        .split(|letter| !is_part_of_word(letter))
        .filter(|run| !run.is_empty())
}

/// The words that single apostrophes or hyphens join, each written as one.
fn compounds(letters: &str) -> impl Iterator<Item = String> {
    let joined =
        letters.split(|letter: char| !is_part_of_word(letter) && !matches!(letter, '\'' | '-'));
    joined
        .flat_map(pieces)
        .filter(|pieces| pieces.len() > 1)
        .map(|pieces| pieces.concat())
}

/// The words that stand between apostrophes and hyphens, in groups between which stand two or more of these marks.
fn pieces(joined: &str) -> Vec<Vec<&str>> {
    let mut groups = vec![Vec::new()];
    for piece in joined.split(['\'', '-']) {
        match groups.last_mut() {
            Some(group) if !piece.is_empty() => group.push(piece),
            _ => groups.push(Vec::new()),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::{split, split_term};

    #[test]
    fn marks_separate_words_and_joined_words_are_one_word_as_well() {
        for (text, words) in [
            ("A “Hydrogen Valley” grows", "a hydrogen valley grows"),
            ("Manchester’s trams", "manchester s trams manchesters"),
            ("l’économie à Xi'an", "l economie a xi an leconomie xian"),
            ("Water/waste", "water waste"),
            ("v2.1-Bericht", "v2 1 bericht 1bericht"),
            ("www.example.eu/a-b.html", "www example eu a b html ab"),
            ("100 km² of", "100 km 2 of km2"),
            ("Weka™", "weka"),
            ("a--b 'c' d-e-f", "a b c d e f def"),
            ("成都市 x", "成 都 市 x"),
            ("Straße Ærø", "strasse aero"),
            ("", ""),
        ] {
            assert_eq!(split(text).join(" "), words, "{text}");
        }
    }

    #[test]
    fn a_term_is_written_as_one_only_if_marks_join_all_of_it() {
        let whole = |term| split_term(term).1;
        assert_eq!(whole("Xi’an").as_deref(), Some("xian"));
        assert_eq!(whole("v2.1-b"), None);
        assert_eq!(whole("xian"), None);
    }
}
