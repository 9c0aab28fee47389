//! Reading: how what was found becomes a response.
//!
//! One rule: every response that can be asked for conditionally is made here. Start with [`versioned::Versioned`].

pub mod versioned;
