//! Whole collections: out as streams, in as lines.

mod changes;
mod compressed_imports;
mod discovery;
mod exports;
pub mod imports;
mod maps;
mod questions;
mod refusals;
mod returns;
mod search;
