//! What activities and outcomes have in common as parts of a plan: their links to cities and organisations, and their order.
//!
//! They are resources of their own; this is about how they are found by what they are linked to. Start with [`PartFilter`].

mod queries;

pub use queries::{PartFilter, PartTables, first_of_plans, plans_of};

use crate::conventions::resource::references::Reference;
use crate::domain::RecordKind;
use uuid::Uuid;

/// The references to records of one kind at numbered places of a list: `/cities/0/city_id`.
pub fn references(
    kind: RecordKind,
    ids: impl IntoIterator<Item = Uuid>,
    pointer: impl Fn(usize) -> String,
) -> impl Iterator<Item = Reference> {
    let ids = ids.into_iter().enumerate();
    ids.map(move |(index, id)| Reference {
        pointer: pointer(index),
        kind,
        id,
    })
}
