//! Whole collections as streams: exports on their way out, imports on their way in.

pub mod export;
pub mod import;
