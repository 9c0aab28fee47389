//! Whole collections: exports and imports, changes, search, and statistics.

mod changes;
mod discovery;
mod exports;
mod imports;
mod maps;
mod questions;
mod refusals;
mod returns;
mod search;
