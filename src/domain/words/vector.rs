//! The words of a record: where they are in its texts and how much each weighs in it. Start with [`Vector`].

use super::level;
use super::lexeme::{Class, at_level, exact_name, organisation, other_name};
use super::lexemes::{Lexemes, Position};
use super::splitting::{MAX_CHARACTERS, split};
use super::stems::stem;
use std::collections::BTreeMap;

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

    /// Adds names and acronyms of organisations, by which a record is found that names exactly this organisation.
    #[must_use]
    pub fn organisations<'n>(mut self, names: impl IntoIterator<Item = &'n String>) -> Self {
        let names = names.into_iter().map(|name| organisation(name));
        self.whole_names.extend(names);
        self
    }

    fn next_position(&mut self) -> usize {
        self.position += 1;
        self.position
    }

    /// The words of the record as lexemes.
    pub fn lexemes(&self) -> Lexemes {
        let mut lexemes = Lexemes::default();
        for (stem, word) in &self.words {
            let (class, level) = self.level(word);
            let in_name = word
                .forms
                .iter()
                .map(|(_, place)| Position::in_name(*place));
            let in_texts = word.positions.iter().map(|place| Position::in_text(*place));
            lexemes.add(at_level(class, stem, level), in_name.chain(in_texts));
            for (form, place) in &word.forms {
                let form = at_level(Class::Form, form, level);
                lexemes.add(form, [Position::in_name(*place)]);
            }
        }
        for name in &self.whole_names {
            lexemes.add(name.clone(), []);
        }
        lexemes
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
