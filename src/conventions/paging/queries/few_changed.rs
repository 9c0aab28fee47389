//! Whether only a few records changed in a period of time.
//!
//! The time of the last change and the sort key can be correlated, which the planner does not know. If few records changed, it
//! is always cheap to find those first and to sort them afterwards. Start with [`FewChanged::is_few`].

use super::push;
use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// The query whether only a few records of a table changed in a period.
#[derive(Debug, Clone, Copy)]
pub struct FewChanged {
    /// The table.
    pub table: &'static str,
    /// The beginning of the period.
    pub after: Option<DateTime<Utc>>,
    /// The end of the period.
    pub before: Option<DateTime<Utc>>,
}

impl FewChanged {
    /// The largest number of records that counts as few.
    const MAX: i64 = 5000;
    /// The number of records after which counting stops.
    const COUNT_LIMIT: i64 = Self::MAX + 1;

    /// True if few records were changed in the period.
    ///
    /// # Errors
    /// The statement fails.
    pub async fn is_few(self, mut connection: &AsyncPgConnection) -> QueryResult<bool> {
        self.get_result(&mut connection).await
    }
}

impl QueryFragment<Pg> for FewChanged {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT count(*) <= ");
        out.push_bind_param::<BigInt, _>(&Self::MAX)?;
        push(
            &mut out,
            &[" FROM (SELECT FROM ", self.table, " WHERE true"],
        );
        for (comparison, time) in [
            (" AND updated_at > ", &self.after),
            (" AND updated_at < ", &self.before),
        ] {
            if let Some(time) = time {
                out.push_sql(comparison);
                out.push_bind_param::<Timestamptz, _>(time)?;
            }
        }
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&Self::COUNT_LIMIT)?;
        out.push_sql(") AS changed");
        Ok(())
    }
}

impl QueryId for FewChanged {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl Query for FewChanged {
    type SqlType = Bool;
}
impl diesel::RunQueryDsl<AsyncPgConnection> for FewChanged {}
