//! The lexemes of a vector of PostgreSQL, each with its positions.

use super::lexeme::quoted;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// The last position that a vector of PostgreSQL knows.
const MAX_POSITION: u16 = 16_383;
/// The number of positions of one word that PostgreSQL keeps.
const MAX_POSITIONS: usize = 255;

/// The lexemes of a record. They are written as PostgreSQL writes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lexemes(BTreeMap<String, Vec<Position>>);

/// The position of a word in the texts of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    place: u16,
    /// True for a word of the name.
    is_in_name: bool,
}

impl Position {
    /// The position of a word in the name.
    pub(super) fn in_name(place: usize) -> Self {
        let is_in_name = true;
        Self {
            is_in_name,
            ..Self::in_text(place)
        }
    }

    /// The position of a word in another text.
    pub(super) fn in_text(place: usize) -> Self {
        let place = u16::try_from(place).unwrap_or(MAX_POSITION);
        Self {
            place: place.min(MAX_POSITION),
            is_in_name: false,
        }
    }

    /// The position and its weight in the form in which PostgreSQL stores them: A for names, D for other texts.
    pub fn bits(self) -> u16 {
        const WEIGHT_A: u16 = 3 << 14;
        self.place | if self.is_in_name { WEIGHT_A } else { 0 }
    }
}

impl Lexemes {
    /// Adds a lexeme with its positions, which may have others already.
    pub(super) fn add(&mut self, lexeme: String, positions: impl IntoIterator<Item = Position>) {
        let all = self.0.entry(lexeme).or_default();
        all.extend(positions);
        all.sort_unstable();
        all.dedup_by_key(|position| position.place);
        all.truncate(MAX_POSITIONS);
    }

    /// The lexemes in their order, each with its positions in theirs.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &[Position])> {
        let pairs = self.0.iter();
        pairs.map(|(lexeme, positions)| (lexeme.as_str(), positions.as_slice()))
    }
}

impl fmt::Display for Lexemes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (lexeme, positions)) in self.iter().enumerate() {
            let space = if index > 0 { " " } else { "" };
            write!(formatter, "{space}{}", quoted(lexeme))?;
            for (index, position) in positions.iter().enumerate() {
                let mark = if index > 0 { ',' } else { ':' };
                let weight = if position.is_in_name { "A" } else { "" };
                write!(formatter, "{mark}{}{weight}", position.place)?;
            }
        }
        Ok(())
    }
}

impl Serialize for Lexemes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{Lexemes, Position};

    #[test]
    fn lexemes_are_written_in_their_order_with_ascending_positions() {
        let mut lexemes = Lexemes::default();
        lexemes.add("b'\\".to_owned(), []);
        let positions = [20_000, 3, 3].map(Position::in_text);
        lexemes.add("a".to_owned(), positions);
        lexemes.add("a".to_owned(), [Position::in_name(1)]);
        assert_eq!(lexemes.to_string(), "'a':1A,3,16383 'b''\\\\'");
    }
}
