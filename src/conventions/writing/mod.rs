//! Writing records: the commands, what a request body becomes, preconditions, and the author for the change log.
//!
//! Everything that happens between a checked request and the tables, and in which order, is decided in [`commands`].

pub mod change_log;
pub mod commands;
mod conflicts;
pub mod input;
pub mod merge_patch;
pub mod precondition;

pub use conflicts::refusal;
