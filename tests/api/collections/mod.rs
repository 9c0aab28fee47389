//! Whole collections: exports and imports, changes, search, and statistics.

mod by_slug;
mod change_details;
mod changes;
mod compressed_imports;
mod cooperations;
mod discovery;
mod existing;
mod exports;
pub mod exports;
mod folding;
mod groups;
mod maps;
mod questions;
mod ranking;
mod refusals;
mod returns;
mod roles;
mod scopes;
mod search;
mod words;
pub mod imports;
