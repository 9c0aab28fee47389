//! Lists of the records that belong to a record of another resource.
//!
//! One rule: such a list is the list of all records with one more filter. Start with [`Nested`].

use super::Readable;
use super::filter::RecordKeys;
use crate::domain::RecordKind;

/// A resource whose records are also listed under the record that they belong to, as in `GET /v1/plans/{plan_id}/activities`.
pub trait Nested: Readable {
    /// The kind of the record that they belong to.
    const PARENT: RecordKind;
    /// The sort key of that list, unless the request names one.
    const SORT: Self::Sort;

    /// The filter that selects the records which belong to the record of the path.
    fn parent(filter: &mut Self::Filter) -> &mut RecordKeys;
}
