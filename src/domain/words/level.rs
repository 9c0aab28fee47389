//! How much a word weighs in a record. Each word is indexed together with its level, so that the records in which a common word weighs
//! most are a short list of their own.

/// The levels of words that are in the name, the best first; each is a character that no folded word has.
pub const NAME: &str = "ABCDEFGHIJKLMNOP";
/// The levels of words that are only in other texts, the best first.
pub const TEXT: &str = "QRSTUVWXYZ";
/// The number of levels of a name for each halving of the share that a word has in it.
const NAME_LEVELS_PER_HALF: f32 = 3.0;
/// The same for the share of words in texts.
const TEXT_LEVELS_PER_HALF: f32 = 5.0;
/// The length of a usual text, in words.
const USUAL_LENGTH: f32 = 40.0;

/// The level of a word that makes up this share of the letters of a name and is this often in the other texts.
pub fn in_name(share: f32, in_texts: f32) -> char {
    let emphasis = 0.2 * (1.0 + in_texts).log2().min(1.5);
    let distance = NAME_LEVELS_PER_HALF * (-share.log2() - emphasis);
    at(NAME, distance)
}

/// The level of a word that is this often in the texts of a record, which have this many words.
pub fn in_text(times: f32, length: f32) -> char {
    let relative_length = 0.25 + 0.75 * length / USUAL_LENGTH;
    let share = times / (times + 1.2 * relative_length);
    at(TEXT, TEXT_LEVELS_PER_HALF * -share.log2())
}

/// The character at a place; the first or last one if there is none.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the conversion saturates, as it should"
)]
fn at(levels: &str, place: f32) -> char {
    let last = levels.chars().next_back().unwrap_or_default();
    levels.chars().nth(place as usize).unwrap_or(last)
}
