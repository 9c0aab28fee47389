//! Writing records: commands, request bodies, preconditions, and the author for the change log.
//!
//! One rule: [`commands`] alone decides which checks a write passes and in which order. Start there.

pub mod change_log;
pub mod commands;
mod conflicts;
pub mod input;
pub mod merge_patch;
pub mod named;
pub mod precondition;

pub use conflicts::{conflicts_of, delete_problem, store_problem};
