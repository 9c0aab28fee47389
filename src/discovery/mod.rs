//! Queries over the whole registry, which read the tables of all resources.
//!
//! [`changes`] lists all writes, [`search`] finds records of all kinds by their words, [`statistics`] counts plans, [`programmes`] and
//! [`organisations`] list the names that plans state, and [`includes`] adds related records to responses.

pub mod changes;
pub mod includes;
pub mod organisations;
pub mod programmes;
pub mod search;
pub mod statistics;

use crate::conventions::routes::Routes;

/// The routes of all these queries.
pub fn routes() -> Routes {
    Routes::new()
        .and(changes::routes())
        .and(search::routes())
        .and(statistics::routes())
        .and(programmes::routes())
        .and(organisations::routes())
}
