//! The specification of the service, through HTTP, against a real PostgreSQL.
//!
//! Each test has a database of its own, cloned from a migrated template; `harness` starts the server that holds them.
//! `conventions` runs over all resources from one list, `resources` has what is peculiar to each.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that meets what it did not expect has failed"
)]

mod collections;
mod connections;
mod conventions;
mod database;
mod documents;
mod guide;
mod harness;
mod limits;
mod openapi;
mod pages;
mod resources;
