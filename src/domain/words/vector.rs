//! The words of a record in the form in which PostgreSQL stores and indexes them.

use super::level;
use super::lexeme::{Class, at_level, exact_name, other_name, quoted};
use super::splitting::{MAX_CHARACTERS, split};
use super::stems::stem;
use std::collections::BTreeMap;

/// The last position that a vector of PostgreSQL knows.
const MAX_POSITION: usize = 16_383;
/// The number of positions of one word that PostgreSQL keeps.
const MAX_POSITIONS: usize = 255;

/// The words of a record.
#[derive(Debug, Default)]
pub struct Vector {
    /// The words of the record by their stems.
    words: BTreeMap<String, Word>,
    /// The letters of all words of the name.
    letters_of_name: usize,
    /// The words of all texts but the name.
    words_of_texts: usize,
    /// The position of the next word.
    position: usize,
    whole_names: Vec<String>,
}

/// A word of a record.
#[derive(Debug, Default)]
struct Word {
    /// Where it is in the texts.
    positions: Vec<usize>,
    /// The forms of the word in the name, with the position of each.
    forms: Vec<(String, usize)>,
    /// The number of its letters in the name.
    letters_of_name: usize,
    /// How often it is in the other texts; where the record says little about itself, it counts half.
    times: f32,
}

/// How much a text says about its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// What the record is about.
    Content,
    /// Names of organisations, remarks and the like.
    Detail,
}

impl Vector {
    /// Adds the name or title of the record.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        for word in split(name) {
            let letters = word.chars().count();
            self.letters_of_name += letters;
            let position = self.next_position();
            let entry = self.words.entry(stem(&word)).or_default();
            entry.letters_of_name += letters;
            entry.forms.push((word, position));
        }
        self
    }

    /// Adds texts. No phrase goes from one to the next.
    #[must_use]
    pub fn texts<'t>(
        mut self,
        weight: Weight,
        texts: impl IntoIterator<Item = &'t (impl AsRef<str> + ?Sized + 't)>,
    ) -> Self {
        let mut room = MAX_CHARACTERS;
        for text in texts {
            let text: &str = text.as_ref();
            self.position += 1;
            if let Some(shown) = within(text, &mut room) {
                self.add(weight, shown);
            }
        }
        self
    }

    fn add(&mut self, weight: Weight, text: &str) {
        for word in split(text) {
            self.words_of_texts += 1;
            let position = self.next_position();
            let entry = self.words.entry(stem(&word)).or_default();
            entry.positions.push(position);
            entry.times += match weight {
                Weight::Content => 1.0,
                Weight::Detail => 0.5,
            };
        }
    }

    /// Adds whole names, by which a record is found that has exactly this name.
    #[must_use]
    pub fn whole_names<'n>(
        mut self,
        name: &str,
        others: impl IntoIterator<Item = &'n String>,
    ) -> Self {
        self.whole_names.push(exact_name(name));
        self.whole_names
            .extend(others.into_iter().map(|other| other_name(other)));
        self
    }

    fn next_position(&mut self) -> usize {
        self.position += 1;
        self.position.min(MAX_POSITION)
    }

    /// The vector as PostgreSQL reads it.
    pub fn literal(&self) -> String {
        let mut literal = String::new();
        for (stem, word) in &self.words {
            let (class, level) = self.level(word);
            let in_name = word.forms.iter().map(|(_, position)| (*position, "A"));
            let in_texts = word.positions.iter().map(|position| (*position, ""));
            let positions = in_name.chain(in_texts);
            push(&mut literal, &at_level(class, stem, level), positions);
            for (form, position) in &word.forms {
                let form = at_level(Class::Form, form, level);
                push(&mut literal, &form, [(*position, "A")]);
            }
        }
        for name in &self.whole_names {
            push(&mut literal, name, []);
        }
        literal
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "no text is so long that it matters"
    )]
    fn level(&self, word: &Word) -> (Class, char) {
        if word.letters_of_name > 0 {
            let share = word.letters_of_name as f32 / self.letters_of_name as f32;
            (Class::Name, level::in_name(share, word.times))
        } else {
            let length = self.words_of_texts as f32;
            (Class::Text, level::in_texts(word.times, length))
        }
    }
}

/// The beginning of a text for which there is room.
fn within<'t>(text: &'t str, room: &mut usize) -> Option<&'t str> {
    let length = text.chars().count();
    let shown = if length <= *room {
        text
    } else {
        let (end, _) = text.char_indices().nth(*room)?;
        text.get(..end)?
    };
    *room = room.saturating_sub(length);
    Some(shown)
}

/// Adds a lexeme with its positions and their weights; A is the weight of names.
fn push(
    literal: &mut String,
    lexeme: &str,
    positions: impl IntoIterator<Item = (usize, &'static str)>,
) {
    if !literal.is_empty() {
        literal.push(' ');
    }
    literal.push_str(&quoted(lexeme));
    let mut mark = ':';
    for (position, weight) in positions.into_iter().take(MAX_POSITIONS) {
        literal.push(mark);
        literal.push_str(&position.to_string());
        literal.push_str(weight);
        mark = ',';
    }
}
