//! `ucap import` and `ucap export`: plan documents between files and a registry.
//!
//! One rule: a file that fails is reported with all its faults and does not affect the others; the command then ends with
//! exit code 1. Start with [`import()`] and [`export()`].

mod document;
mod export;
mod import;

pub(super) use document::Document;
pub(super) use export::export;
pub(super) use import::import;

/// A number of plans, in words.
fn plans(count: usize) -> String {
    format!("{count} plan{}", if count == 1 { "" } else { "s" })
}
