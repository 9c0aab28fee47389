//! SQL that any query can be made of: fragments that may stand anywhere, search, the state that a statement sees, and
//! statements over many rows.
//!
//! One rule: nothing here knows a table of its own; which table is meant is said by whoever asks.

pub mod bulk;
mod fragment;
pub mod full_text;
mod snapshot;

pub use fragment::Anywhere;
pub use snapshot::{CurrentState, Seen, State, seen};
