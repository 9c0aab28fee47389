//! Writing records: the commands, what a request body becomes, preconditions, and the author for the change log.

pub mod change_log;
pub mod merge_patch;
