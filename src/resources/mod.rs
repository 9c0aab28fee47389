//! The five resources, one folder each, and the vocabularies.
//!
//! All folders have the same five files: `mod.rs` describes the resource and has its routes, `model.rs` has its fields and
//! rules, `derived.rs` the columns that follow from them, such as sort keys and the words of the search, `queries.rs` all its
//! SQL, and `columns.rs` the columns of its CSV export. Handlers of operations that only one resource has are in its
//! `handlers.rs`; the handlers that all resources share are in
//! [`conventions::handlers`](crate::conventions::handlers). Resources do not import each other; the short forms in which a
//! resource shows others are in [`references`].

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

/// All resources: code that handles all kinds of records iterates over this list.
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

/// All resources in the order in which to import them: each comes after the resources to which its records refer.
pub fn in_order_of_reference() -> Vec<&'static Slice> {
    let mut ordered: Vec<&Slice> = Vec::new();
    while ordered.len() < SLICES.len() {
        let known = |kind| ordered.iter().any(|slice| slice.kind == kind);
        let ready =
            |slice: &&Slice| !known(slice.kind) && slice.refers_to.iter().all(|kind| known(*kind));
        let Some(next) = SLICES.iter().find(ready) else {
            // Kinds that refer to each other in a circle keep the order of the list.
            let rest: Vec<_> = SLICES.iter().filter(|slice| !known(slice.kind)).collect();
            ordered.extend(rest);
            break;
        };
        ordered.push(next);
    }
    ordered
}
