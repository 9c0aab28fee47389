//! Whole collections: out as streams, in as lines.

mod changes;
mod discovery;
mod exports;
mod folding;
mod imports;
mod maps;
mod questions;
mod refusals;
mod returns;
mod search;
mod words;
