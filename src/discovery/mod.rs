//! Questions over the whole registry, answered from the tables of all resources at once.
//!
//! [`search`] finds records of any kind by their words.

pub mod search;

use crate::conventions::routes::Routes;

/// The routes of all questions.
pub fn routes() -> Routes {
    Routes::new().and(search::routes())
}
