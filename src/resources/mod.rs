//! The five resources, one folder each, and the vocabularies.
//!
//! A folder has the same four files: `mod.rs` says what the resource is and what its routes are, `model.rs` its fields
//! and rules, `queries.rs` all its SQL, `handlers.rs` its HTTP. None of them imports from another; what they say of
//! each other in short form is in [`references`].

pub mod activities;
pub mod cities;
pub mod outcomes;
pub mod plan_parts;
pub mod plans;
pub mod references;
pub mod themes;
pub mod vocabularies;

use crate::conventions::routes::Routes;
use crate::conventions::slice::Slice;

/// All resources: whatever goes over all kinds of records reads this list.
pub const SLICES: &[Slice] = &[
    Slice::new::<plans::Plan>(plans::routes),
    Slice::new::<cities::City>(cities::routes),
    Slice::new::<themes::Theme>(themes::routes),
    Slice::new::<activities::Activity>(activities::routes),
    Slice::new::<outcomes::Outcome>(outcomes::routes),
];

/// The routes of all resources.
pub fn routes() -> Routes {
    let slices = SLICES.iter().map(|slice| (slice.routes)());
    slices
        .fold(Routes::new(), Routes::and)
        .and(vocabularies::routes())
}

/// All resources, each behind those that its records refer to: the order in which to load them.
pub fn in_order_of_reference() -> Vec<&'static Slice> {
    let mut ordered: Vec<&Slice> = Vec::new();
    while ordered.len() < SLICES.len() {
        let known = |kind| ordered.iter().any(|slice| slice.kind == kind);
        let ready =
            |slice: &&Slice| !known(slice.kind) && slice.refers_to.iter().all(|kind| known(*kind));
        let Some(next) = SLICES.iter().find(ready) else {
            // Kinds that refer to each other in a circle have no order: they come as they stand in the list.
            let rest: Vec<_> = SLICES.iter().filter(|slice| !known(slice.kind)).collect();
            ordered.extend(rest);
            break;
        };
        ordered.push(next);
    }
    ordered
}
