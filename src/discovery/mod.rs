//! Questions over the whole registry, answered from the tables of all resources at once.
//!
//! [`changes`] says what was written, [`search`] finds records of any kind by their words, [`statistics`] counts plans, [`includes`] loads related records into
//! answers of others.

pub mod changes;
pub mod includes;
pub mod search;
pub mod statistics;

use crate::conventions::routes::Routes;

/// The routes of all questions.
pub fn routes() -> Routes {
    Routes::new()
        .and(changes::routes())
        .and(search::routes())
        .and(statistics::routes())
}
