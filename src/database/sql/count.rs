//! How many records of a table satisfy conditions: counted, up to a limit if there is one, or as the planner expects it.

use super::select::Conditions;
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Json};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

/// The number of records of a table that satisfy the conditions.
pub struct Count {
    /// The table.
    pub table: &'static str,
    /// The conditions.
    pub conditions: Conditions,
    /// The number of records after which counting stops.
    pub limit: Option<i64>,
}

impl QueryFragment<Pg> for Count {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT count(*) FROM (SELECT FROM ");
        out.push_sql(self.table);
        out.push_sql(" WHERE ");
        self.conditions.walk_ast(out.reborrow())?;
        if let Some(limit) = &self.limit {
            out.push_sql(" LIMIT ");
            out.push_bind_param::<BigInt, _>(limit)?;
        }
        out.push_sql(") AS counted");
        Ok(())
    }
}

impl QueryId for Count {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl Query for Count {
    type SqlType = BigInt;
}
impl diesel::RunQueryDsl<AsyncPgConnection> for Count {}

/// The number of records of a table that the planner expects to satisfy the conditions, with the values that these have. No record
/// is read.
pub struct ExpectedRows {
    /// The table.
    pub table: &'static str,
    /// The conditions.
    pub conditions: Conditions,
}

impl ExpectedRows {
    /// Asks the planner.
    ///
    /// # Errors
    /// The statement fails.
    pub async fn estimate(self, mut connection: &AsyncPgConnection) -> QueryResult<i64> {
        let plan: Value = self.get_result(&mut connection).await?;
        let rows = plan.pointer("/0/Plan/Plan Rows").and_then(Value::as_i64);
        Ok(rows.unwrap_or_default())
    }
}

impl QueryFragment<Pg> for ExpectedRows {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("EXPLAIN (FORMAT JSON) SELECT FROM ");
        out.push_sql(self.table);
        out.push_sql(" WHERE ");
        self.conditions.walk_ast(out)
    }
}

impl QueryId for ExpectedRows {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl Query for ExpectedRows {
    type SqlType = Json;
}
impl diesel::RunQueryDsl<AsyncPgConnection> for ExpectedRows {}
