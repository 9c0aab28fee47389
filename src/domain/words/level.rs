//! How much a word weighs in a record. Each word is indexed together with its level, so that the records in which a common word weighs
//! most are a short list of their own.

/// The levels, the best first; each is a character that no folded word has.
pub const ALL: &str = "ABCDEFGHIJKLMNOP";
/// The number of levels for each halving of the share that a word has in a name.
const LEVELS_OF_NAMES: f32 = 3.0;
/// The same for the share that a word has in the other texts.
const LEVELS_OF_TEXTS: f32 = 5.0;
/// The length of a usual record, in words.
const USUAL_LENGTH: f32 = 40.0;

/// The level of a word that makes up this share of the letters of a name and is this often in the other texts.
pub fn in_name(share: f32, in_texts: f32) -> char {
    let emphasis = 0.2 * (1.0 + in_texts).log2().min(1.5);
    at(LEVELS_OF_NAMES * (-share.log2() - emphasis))
}

/// The level of a word that is this often in the texts of a record, which have this many words. Each further time adds less.
pub fn in_texts(times: f32, length: f32) -> char {
    let relative_length = 0.25 + 0.75 * length / USUAL_LENGTH;
    let share = times / (times + 1.2 * relative_length);
    at(LEVELS_OF_TEXTS * -share.log2())
}

/// The level at a place; the first or the last one if there is none.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the conversion saturates, as it should"
)]
fn at(place: f32) -> char {
    let last = ALL.chars().next_back().unwrap_or_default();
    ALL.chars().nth(place as usize).unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::{in_name, in_texts};

    #[test]
    fn a_word_weighs_more_in_a_short_name_and_if_it_is_repeated() {
        assert_eq!(in_name(1.0, 0.0), 'A');
        assert!(in_name(0.5, 0.0) < in_name(0.2, 0.0));
        assert_eq!(in_name(0.0001, 0.0), 'P');
        assert!(in_texts(3.0, 40.0) < in_texts(1.0, 40.0));
        assert!(in_texts(1.0, 10.0) < in_texts(1.0, 80.0));
        assert_eq!(in_texts(0.5, 100_000.0), 'P');
    }
}
