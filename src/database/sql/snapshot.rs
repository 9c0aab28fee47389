//! Which state of the database a statement sees: as long as it is the same, nothing was committed in between.

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

/// The transactions that a statement sees, in the notation of PostgreSQL.
pub type State = String;

/// What some statements found, and the states that the first and the last of them saw.
#[derive(Debug)]
pub struct Seen<T> {
    /// What they found.
    pub value: T,
    /// The state that the first saw.
    pub first: State,
    /// The state that the last saw; `None` if that is not known.
    pub last: Option<State>,
}

impl<T> Seen<T> {
    /// True if all of them saw the same.
    pub fn is_one_state(&self) -> bool {
        self.last.as_ref() == Some(&self.first)
    }
}

/// The state that a statement sees now.
///
/// # Errors
/// The statement fails.
pub async fn current_state(mut connection: &Connection) -> QueryResult<State> {
    diesel::select(CurrentState)
        .get_result(&mut connection)
        .await
}

/// Runs `work` between two statements that only ask for the state.
///
/// # Errors
/// What `work` returns, or [`DatabaseError`].
pub async fn seen<T, E: From<DatabaseError>>(
    connection: &Connection,
    work: impl AsyncFnOnce(&Connection) -> Result<T, E>,
) -> Result<Seen<T>, E> {
    // Sent one behind the other without waiting for answers.
    let first = async {
        let first = current_state(connection).await;
        first.map_err(|error| E::from(DatabaseError::from(error)))
    };
    let (first, value) = try_join(first, work(connection)).await?;
    let last = current_state(connection)
        .await
        .map_err(DatabaseError::from)?;
    Ok(Seen {
        value,
        first,
        last: Some(last),
    })
}

/// The [`State`] as a column of any query.
#[derive(Debug, Clone, Copy)]
pub struct CurrentState;

impl QueryFragment<Pg> for CurrentState {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // Once for all rows.
        out.push_sql("(SELECT pg_current_snapshot()::text)");
        Ok(())
    }
}

impl Expression for CurrentState {
    type SqlType = Text;
}
impl<S> AppearsOnTable<S> for CurrentState {}
impl<S> SelectableExpression<S> for CurrentState {}
impl<G> ValidGrouping<G> for CurrentState {
    type IsAggregate = is_aggregate::Never;
}
impl QueryId for CurrentState {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}
