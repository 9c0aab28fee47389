//! The specification of the service, tested through HTTP with a real PostgreSQL server.
//!
//! Each test has its own database, cloned from a migrated template; `harness` starts the database server. `conventions` tests the
//! behaviour that all resources share, and `resources` the behaviour of each resource.

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
mod derived;
mod documents;
mod guide;
mod harness;
mod limits;
mod links;
mod openapi;
mod pages;
mod resources;
