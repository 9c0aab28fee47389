//! Lists of the records that belong to one record of another resource.

use super::Readable;
use super::filter::RecordKeys;
use crate::domain::RecordKind;

/// A resource whose records are also listed below a record of another, as in `GET /v1/plans/{plan_id}/activities`.
pub trait Nested: Readable {
    /// The kind of the other record.
    const PARENT: RecordKind;
    /// The sort key of that list if the request names none.
    const SORT: Self::Sort;

    /// The filter that is set to the record of the path.
    fn parent(filter: &mut Self::Filter) -> &mut RecordKeys;
}
