//! The input document of a resource: the body of POST and PUT, and the document to which PATCH is applied.
//!
//! One rule: a property that the service assigns may be left out; a replaced record then keeps its value. Start with [`Input`].

use super::references::Reference;
use crate::domain::{Fault, FaultCode, Faults, Slug};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// The position of a record to which none was assigned yet. The service assigns the one after all others.
pub const UNASSIGNED_POSITION: i32 = -1;
/// The default position, for serde.
pub fn unassigned_position() -> i32 {
    UNASSIGNED_POSITION
}
/// The largest position.
pub const MAX_POSITION: i32 = 1_000_000_000;

/// The property that the service assigns if the input leaves it out.
pub enum Assigned<'i> {
    /// The slug, which is derived from a name.
    Slug {
        /// The slug.
        slug: &'i Slug,
        /// The name from which it is derived.
        name: &'i str,
    },
    /// The position among the records of one plan.
    Position {
        /// The plan.
        plan_id: Uuid,
        /// The position.
        position: i32,
    },
}

/// A value that the service assigns.
pub enum Assignment {
    /// A slug.
    Slug(Slug),
    /// A position.
    Position(i32),
}

/// The input document of a resource.
pub trait Input:
    Serialize + DeserializeOwned + Clone + PartialEq + utoipa::ToSchema + 'static
{
    /// Removes what a list contains more than once, where that is not a mistake: texts that differed before they were trimmed.
    fn remove_repetitions(&mut self) {}

    /// Adds a fault for each violated rule that the schema cannot express.
    fn validate(&self, faults: &mut Faults);

    /// The records that it refers to.
    fn references(&self) -> Vec<Reference> {
        Vec::new()
    }

    /// The property that the service assigns if it was left out.
    fn assigned(&self) -> Assigned<'_>;

    /// Sets that property.
    fn assign(&mut self, value: Assignment);

    /// Carries over the assigned property from the stored document if this one leaves it out. A slug that differs is a fault.
    fn carry_over(&mut self, stored: &Self) -> Option<Fault> {
        match (self.assigned(), stored.assigned()) {
            (Assigned::Slug { slug, .. }, Assigned::Slug { slug: stored, .. }) => {
                if slug.is_unassigned() {
                    self.assign(Assignment::Slug(stored.clone()));
                } else if slug != stored {
                    let detail = format!("the slug is {:?} and cannot be changed", stored.as_str());
                    return Some(Fault::at("/slug", FaultCode::Immutable, detail));
                }
            }
            (
                Assigned::Position { position, .. },
                Assigned::Position {
                    position: stored, ..
                },
            ) if position == UNASSIGNED_POSITION => self.assign(Assignment::Position(stored)),
            _ => {}
        }
        None
    }
}

/// Keeps only the first of equal items.
pub fn keep_first_of_equals<T: PartialEq>(items: &mut Vec<T>) {
    let mut kept: Vec<T> = Vec::with_capacity(items.len());
    for item in items.drain(..) {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    *items = kept;
}
