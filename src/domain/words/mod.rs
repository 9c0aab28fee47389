//! The words by which records are found, and what a search asks for.
//!
//! One rule: how a text is split into words is decided here and nowhere else, for the texts of records as for search terms.
//! PostgreSQL only stores the words and looks them up. [`Vector`] holds the words of a record, [`Query`] the terms of a search,
//! and [`Rank`] says which records come first. Start with [`split`].

mod level;
mod lexeme;
mod lexemes;
mod query;
mod ranking;
mod splitting;
mod stems;
mod tsquery;
mod vector;

pub use lexemes::{Lexemes, Position};
pub use query::Query;
pub use ranking::{Rank, is_one_word, ranks};
pub use splitting::split;
pub use tsquery::{NOTHING, any_name, any_organisation, matching};
pub use vector::{Vector, Weight};
