//! The metadata columns that the table of every resource has.

use diesel::QueryResult;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Integer, Timestamptz, Uuid as SqlUuid};

/// The type of `id, version, created_at, updated_at`.
pub type MetadataType = (SqlUuid, Integer, Timestamptz, Timestamptz);

/// `id, version, created_at, updated_at`: what a write of one row returns.
#[derive(Debug, Clone, Copy)]
pub struct Metadata;

impl QueryFragment<Pg> for Metadata {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("id, version, created_at, updated_at");
        Ok(())
    }
}

impl Expression for Metadata {
    type SqlType = MetadataType;
}
impl<T> AppearsOnTable<T> for Metadata {}
impl<T> SelectableExpression<T> for Metadata {}
impl<G> ValidGrouping<G> for Metadata {
    type IsAggregate = is_aggregate::No;
}
impl QueryId for Metadata {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}
