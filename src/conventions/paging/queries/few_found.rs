//! Whether only a few of the next records of a list have the words of a search.
//!
//! The planner does not know how frequent most words are. If only few records have them, it is always cheap to find those first and
//! to sort them afterwards; if many have them, the next records of the list that do are near. Start with [`FewFound::is_few`].

use super::{Ordering, Seek, push};
use crate::database::sql::full_text::Search;
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// The query whether few of the next records of a list match a search.
#[derive(Debug, Clone)]
pub struct FewFound {
    /// The table.
    pub table: &'static str,
    /// The search.
    pub search: Search,
    /// Where the list continues; `None` at its beginning.
    pub seek: Option<Seek>,
    /// The order of the list.
    pub ordering: Ordering,
    /// How many records are looked at.
    pub sample: Sample,
}

/// How many records are looked at, and how many of them count as few.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    size: i64,
    max: i64,
}

impl Sample {
    /// For a text to search for.
    ///
    /// The index finds all records that have the words of a phrase, which may be very many more than those that have the phrase. So
    /// this only pays if there are hardly any of the latter. If what belongs to the records is searched, too, looking at a record
    /// costs more, and more of them count as few.
    pub fn of(text: &str, reaches_parts: bool) -> Self {
        let (size, max) = match (text.contains('"'), reaches_parts) {
            (true, _) => (1000, 0),
            (false, false) => (300, 4),
            (false, true) => (100, 5),
        };
        Self { size, max }
    }
}

impl FewFound {
    /// True if few of the next records match.
    ///
    /// # Errors
    /// The statement fails.
    pub async fn is_few(self, mut connection: &AsyncPgConnection) -> QueryResult<bool> {
        self.get_result(&mut connection).await
    }
}

impl QueryFragment<Pg> for FewFound {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT count(*) <= ");
        out.push_bind_param::<BigInt, _>(&self.sample.max)?;
        out.push_sql(" FROM (SELECT ");
        self.search.walk_ast(out.reborrow())?;
        push(&mut out, &[" AS matches FROM ", self.table]);
        if let Some(seek) = &self.seek {
            out.push_sql(" WHERE ");
            seek.walk_ast(out.reborrow())?;
        }
        out.push_sql(" ORDER BY ");
        self.ordering.walk_ast(out.reborrow())?;
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.sample.size)?;
        out.push_sql(") AS next WHERE matches");
        Ok(())
    }
}

impl QueryId for FewFound {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl Query for FewFound {
    type SqlType = Bool;
}
impl diesel::RunQueryDsl<AsyncPgConnection> for FewFound {}
