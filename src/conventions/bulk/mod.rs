//! Exports and imports of whole collections, as streams.
//!
//! One rule: memory does not grow with the size of a collection. Start with [`export::stream`] or [`import::respond`].

pub mod export;
pub mod import;
