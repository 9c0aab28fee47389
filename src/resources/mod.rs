//! The five resources, one folder each, and the vocabularies.
//!
//! A folder has the same four files: `mod.rs` says what the resource is and what its routes are, `model.rs` its fields
//! and rules, `queries.rs` all its SQL, `handlers.rs` its HTTP. None of them imports from another; what they say of
//! each other in short form is in [`references`].

pub mod activities;
pub mod cities;
pub mod outcomes;
pub mod plans;
pub mod references;
pub mod themes;
pub mod vocabularies;

use crate::conventions::routes::Routes;

/// The routes of all resources.
pub fn routes() -> Routes {
    Routes::new()
        .and(plans::routes())
        .and(cities::routes())
        .and(themes::routes())
        .and(activities::routes())
        .and(outcomes::routes())
        .and(vocabularies::routes())
}
