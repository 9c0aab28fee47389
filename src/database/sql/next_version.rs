//! The assignments of every update of a row in addition to its columns.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::prelude::AsChangeset;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use std::marker::PhantomData;

/// `version = version + 1, updated_at = clock_timestamp()` of a table.
///
/// The time is the current time, not the start of the transaction, so that a writer that waited for another one gets the later
/// time.
pub struct NextVersion<T>(PhantomData<T>);

impl<T> NextVersion<T> {
    /// The assignments for a table.
    pub fn new(_: T) -> Self {
        Self(PhantomData)
    }
}

impl<T: diesel::QuerySource> AsChangeset for NextVersion<T> {
    type Target = T;
    type Changeset = Assignments;

    fn as_changeset(self) -> Assignments {
        Assignments
    }
}

/// The assignments as SQL.
pub struct Assignments;

impl QueryFragment<Pg> for Assignments {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("version = version + 1, updated_at = clock_timestamp()");
        Ok(())
    }
}

impl QueryId for Assignments {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}
