//! Hand-written SQL as an expression of any diesel query. Diesel does not check its columns, so they must be qualified with the table.

use diesel::QueryResult;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};

/// A fragment that may occur in any query. It is not cached, because its SQL may differ from one value to the next.
#[derive(Debug, Clone, Copy)]
pub struct SqlFragment<F>(pub F);

impl<F: QueryFragment<Pg>> QueryFragment<Pg> for SqlFragment<F> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
}

impl<F: Expression> Expression for SqlFragment<F> {
    type SqlType = F::SqlType;
}
impl<S, F: Expression> AppearsOnTable<S> for SqlFragment<F> {}
impl<S, F: Expression> SelectableExpression<S> for SqlFragment<F> {}
impl<G, F> ValidGrouping<G> for SqlFragment<F> {
    type IsAggregate = is_aggregate::No;
}
impl<F> QueryId for SqlFragment<F> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
