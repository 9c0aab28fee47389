//! The folded form of a text, in which names are compared and sorted: lower case, no accents, no marks, the same for all spellings
//! of a name. `L’Aquila` and `L'Aquila` are `laquila`, `Saint-Étienne` is `saint etienne`, `ŁÓDŹ` is `lodz`.
//!
//! One rule: it depends on nothing but the tables here, so it is the same on every server. Start with [`fold`].

mod tables;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// The longest folded form, in characters: sort keys and indexes have room for it.
const MAX_LENGTH: usize = 300;

static REMOVED: LazyLock<Ranges> = LazyLock::new(|| Ranges::new(tables::REMOVED));
static SEPARATORS: LazyLock<Ranges> = LazyLock::new(|| Ranges::new(tables::SEPARATORS));
static LETTERS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let pairs = tables::LETTERS.iter();
    pairs
        .flat_map(|(from, to)| from.chars().zip(to.chars()))
        .collect()
});

/// The folded form of a text; a text without any letter or digit is its own.
pub fn fold(text: &str) -> String {
    let letters: Vec<char> = letters(text).chars().collect();
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for (place, character) in letters.iter().enumerate() {
        if is_part_of_word(*character) {
            if gap && !folded.is_empty() {
                folded.push(' ');
            }
            gap = false;
            folded.push(*character);
        } else {
            gap = gap || *character != '\'' || !joins(&letters, place);
        }
    }
    if folded.is_empty() {
        text.chars().take(MAX_LENGTH).collect()
    } else {
        folded.chars().take(MAX_LENGTH).collect()
    }
}

/// True if the apostrophe at that place, or the row of apostrophes that it belongs to, stands between letters.
fn joins(letters: &[char], place: usize) -> bool {
    let (before, after) = letters.split_at_checked(place).unwrap_or_default();
    let is_letter = |character: Option<&char>| character.is_some_and(|one| is_part_of_word(*one));
    is_letter(before.iter().rev().find(|one| **one != '\''))
        && is_letter(after.iter().find(|one| **one != '\''))
}

/// True for letters and digits, once they are folded.
pub fn is_part_of_word(folded: char) -> bool {
    matches!(folded, 'a'..='z' | '0'..='9') || !folded.is_ascii()
}

/// True for letters of scripts without word breaks, such as Chinese and Thai: each is a word.
pub fn is_word_of_its_own(letter: char) -> bool {
    matches!(letter, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The text in lower case and without accents. All apostrophes are `'`, all hyphens and dashes are `-`, and all other marks outside
/// ASCII are spaces.
pub fn letters(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase().replace('`', "'");
    }
    let mut folded = String::with_capacity(text.len());
    let mut before = ' ';
    let separated = text.chars().flat_map(|character| {
        let is_first = !is_superscript(std::mem::replace(&mut before, character));
        separated(character, is_first)
    });
    for character in separated.nfkd() {
        push_folded(&mut folded, character);
    }
    folded.nfc().collect()
}

/// The character, separated from the word before it if it is a mark that would become a letter or a digit of this word. Of several
/// superscript digits, the first is separated.
fn separated(character: char, is_first: bool) -> impl Iterator<Item = char> {
    let (first, second) = match character {
        '™' | '℠' => (' ', None),
        '´' => ('\'', None),
        digit if is_first && is_superscript(digit) => ('-', Some(digit)),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}

fn is_superscript(character: char) -> bool {
    matches!(character, '¹' | '²' | '³' | '⁰' | '⁴'..='⁹')
}

fn push_folded(folded: &mut String, character: char) {
    if character.is_ascii() && character != '`' {
        folded.push(character.to_ascii_lowercase());
        return;
    }
    if REMOVED.contains(character) {
        return;
    }
    folded.push(match character {
        '`' | '’' | '‘' | '‛' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ʾ' | 'ʿ' | 'ˈ' | '′' | '‵' | '՚' | '׳' => {
            '\''
        }
        '‐' | '‒' | '–' | '—' | '―' | '−' | '⁃' | '·' | '‧' | '־' | '゠' => '-',
        other if SEPARATORS.contains(other) => ' ',
        other => LETTERS.get(&other).copied().unwrap_or(other),
    });
    for (letter, letters) in [('ß', "ss"), ('æ', "ae"), ('œ', "oe"), ('þ', "th")] {
        if folded.ends_with(letter) {
            folded.pop();
            folded.push_str(letters);
        }
    }
}

/// Ranges of characters, in ascending order.
struct Ranges(Vec<(char, char)>);

impl Ranges {
    /// The ranges of a table: the first and the last character of each.
    fn new(table: &str) -> Self {
        let (first, last) = (table.chars().step_by(2), table.chars().skip(1).step_by(2));
        Self(first.zip(last).collect())
    }

    fn contains(&self, character: char) -> bool {
        let found = self.0.binary_search_by(|(first, last)| {
            if *last < character {
                Ordering::Less
            } else if *first > character {
                Ordering::Greater
            } else {
                Ordering::Equal
            }
        });
        found.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn spellings_of_a_name_have_the_same_folded_form() {
        for (spellings, folded) in [
            (&["Xi’an", "Xi'an", "Xian", "XIʼAN", "Xi`an"][..], "xian"),
            (&["L’Aquila", "L'Aquila", "l´aquila"], "laquila"),
            (&["Łódź", "ŁÓDŹ", "Lodz"], "lodz"),
            (&["Ústí nad Labem", "usti  nad-labem"], "usti nad labem"),
            (&["İzmir", "IZMIR", "ızmir"], "izmir"),
            (&["Saint-Étienne", "Saint–Etienne"], "saint etienne"),
            (&["Straßburg", "STRASSBURG", "STRAẞBURG"], "strassburg"),
            (&["Αθήνα", "ΑΘΉΝΑ"], "αθηνα"),
            (&["«Tapir»", "•Tapir", "Tapir™"], "tapir"),
            (&["大阪"], "大阪"),
            (&["서울"], "서울"),
        ] {
            for spelling in spellings {
                assert_eq!(fold(spelling), folded, "{spelling}");
            }
        }
    }

    #[test]
    fn a_text_without_letters_is_not_equal_to_another() {
        assert_eq!(fold("★"), "★");
        assert_eq!(fold("☆"), "☆");
    }
}
