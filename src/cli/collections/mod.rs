//! `ucap export` and `ucap import` of whole collections: files of any size, streamed in both directions.
//!
//! One rule: the same code does the work for the database directly and for a request, so that both yield the same files and
//! the same answers. Start with [`export()`] and [`import()`].

mod export;
mod import;
mod lines;
mod named;

pub(super) use export::export;
pub(super) use import::import;
pub(super) use lines::lines_of;
pub(super) use named::named;
