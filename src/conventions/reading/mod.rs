//! Reading records: one by its key, or a page of a list, with selected fields and included records.
//!
//! One rule: every response has an entity tag, and answers 304 to a client that already has the same representation. Start
//! with [`list::list`] or [`fetch::fetch`].

pub mod fetch;
pub mod fields;
pub mod include;
pub mod list;
pub mod versioned;
