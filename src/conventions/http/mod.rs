//! What HTTP itself asks of every request and answer, without resources and without a database.
//!
//! Everything else of the conventions builds on it. Start with [`problem`].

pub mod body;
pub mod entity_tag;
pub mod problem;
pub mod problem_document;
pub mod query;
pub mod request_id;
