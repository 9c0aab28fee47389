//! Snapshots: if two statements see the same snapshot, no transaction was committed between them.

use crate::database::{Connection, DatabaseError};
use diesel::QueryResult;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use futures_util::future::try_join;

/// The transactions that a statement sees, in the notation of `pg_current_snapshot`.
pub type Snapshot = String;

/// The result of several statements, and the snapshots that the first and the last of them saw.
#[derive(Debug)]
pub struct Observed<T> {
    /// The result.
    pub value: T,
    /// The snapshot of the first statement.
    pub first: Snapshot,
    /// The snapshot of the last statement; `None` if it is not known.
    pub last: Option<Snapshot>,
}

impl<T> Observed<T> {
    /// True if all statements saw the same snapshot.
    pub fn is_consistent(&self) -> bool {
        self.last.as_ref() == Some(&self.first)
    }
}

/// The snapshot that a statement sees now.
///
/// # Errors
/// The statement fails.
pub async fn current_snapshot(mut connection: &Connection) -> QueryResult<Snapshot> {
    diesel::select(CurrentSnapshot)
        .get_result(&mut connection)
        .await
}

/// Runs `work` between two statements that only read the snapshot.
///
/// # Errors
/// The error of `work`, or [`DatabaseError`].
pub async fn observe<T, E: From<DatabaseError>>(
    connection: &Connection,
    work: impl AsyncFnOnce(&Connection) -> Result<T, E>,
) -> Result<Observed<T>, E> {
    // The statements are sent without waiting for the results in between.
    let first = async {
        let first = current_snapshot(connection).await;
        first.map_err(|error| E::from(DatabaseError::from(error)))
    };
    let (first, value) = try_join(first, work(connection)).await?;
    let last = current_snapshot(connection)
        .await
        .map_err(DatabaseError::from)?;
    Ok(Observed {
        value,
        first,
        last: Some(last),
    })
}

/// The current [`Snapshot`] as a column of any query.
#[derive(Debug, Clone, Copy)]
pub struct CurrentSnapshot;

impl QueryFragment<Pg> for CurrentSnapshot {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // As a subquery it is evaluated once for all rows.
        out.push_sql("(SELECT pg_current_snapshot()::text)");
        Ok(())
    }
}

impl Expression for CurrentSnapshot {
    type SqlType = Text;
}
impl<S> AppearsOnTable<S> for CurrentSnapshot {}
impl<S> SelectableExpression<S> for CurrentSnapshot {}
impl<G> ValidGrouping<G> for CurrentSnapshot {
    type IsAggregate = is_aggregate::Never;
}
impl QueryId for CurrentSnapshot {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}
