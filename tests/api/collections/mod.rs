//! Whole collections: exports and imports, changes, search, and statistics.

mod by_slug;
mod change_details;
pub mod changes;
mod compressed_imports;
mod cooperations;
mod discovery;
mod existing;
pub mod exports;
mod folding;
mod groups;
pub mod imports;
mod maps;
mod questions;
mod ranking;
mod refusals;
mod returns;
mod roles;
mod scopes;
mod search;
mod together;
mod words;
