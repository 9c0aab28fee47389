//! Queries over the whole registry, which read the tables of all resources.
//!
//! [`changes`] lists what was written, [`search`] finds records of all kinds by their words, [`statistics`] counts plans, and
//! [`includes`] loads related records into the answers of other records.

pub mod changes;
pub mod includes;
pub mod search;
pub mod statistics;

use crate::conventions::routes::Routes;

/// The routes of all these queries.
pub fn routes() -> Routes {
    Routes::new()
        .and(changes::routes())
        .and(search::routes())
        .and(statistics::routes())
}
