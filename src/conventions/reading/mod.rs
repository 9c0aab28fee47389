//! Reading records: one by its key, or a page of a list, with chosen fields and included records.

pub mod fetch;
pub mod fields;
pub mod include;
pub mod list;
pub mod versioned;
