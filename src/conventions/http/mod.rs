//! What HTTP itself requires of every request and response, independent of resources and of the database.
//!
//! One rule: every response with a status of 400 or more is a problem document, and [`problem_document`] alone builds it.
//! All other rooms build on this one. Start with [`problem`].

pub mod accept;
pub mod body;
pub mod content_coding;
pub mod entity_tag;
pub mod json;
pub mod old_version;
pub mod problem;
pub mod problem_document;
pub mod query;
pub mod request_id;
