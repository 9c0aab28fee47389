//! Writing: what must hold before a record changes.
//!
//! One rule: a condition is evaluated inside the transaction that writes. Start with [`precondition::Precondition`].

pub mod precondition;
