//! Whole collections: out as streams, in as lines.

mod exports;
mod imports;
mod maps;
mod search;
