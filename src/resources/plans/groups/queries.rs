//! The SQL of groups of plans. Programmes are a vocabulary that grows with the plans: spellings with the same folded form, such as
//! "IUC-Asia" and "IUC Asia", are one programme.

use crate::domain::folding::fold;
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use std::collections::HashSet;

/// The names by which the plans of some programmes are found: all stored spellings of them, and those that were asked for.
///
/// # Errors
/// The statement fails.
pub async fn spellings(
    mut connection: &AsyncPgConnection,
    asked: &[String],
) -> QueryResult<Vec<String>> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let folded: HashSet<String> = asked.iter().map(|name| fold(name)).collect();
    let mut names: Vec<String> = StoredProgrammes.load(&mut connection).await?;
    names.retain(|name| folded.contains(&fold(name)));
    // A programme without plans must find none, and not all.
    names.extend(asked.iter().cloned());
    Ok(names)
}

/// All stored spellings. There are few, so the index is asked for the next one again and again instead of reading all plans.
struct StoredProgrammes;

impl QueryFragment<Pg> for StoredProgrammes {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "WITH RECURSIVE stored (programme) AS ( \
                 (SELECT programme FROM plans WHERE programme IS NOT NULL ORDER BY programme LIMIT 1) \
                 UNION ALL \
                 SELECT (SELECT plans.programme FROM plans WHERE plans.programme > stored.programme \
                         ORDER BY plans.programme LIMIT 1) \
                 FROM stored WHERE stored.programme IS NOT NULL \
             ) SELECT programme FROM stored WHERE programme IS NOT NULL",
        );
        Ok(())
    }
}

impl QueryId for StoredProgrammes {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}
impl Query for StoredProgrammes {
    type SqlType = Text;
}
impl diesel::RunQueryDsl<AsyncPgConnection> for StoredProgrammes {}

/// The condition that a table links a plan to a value.
pub(super) struct Linked {
    /// The table.
    pub table: &'static str,
    /// The column with the value.
    pub column: &'static str,
    /// The value.
    pub value: String,
}

impl QueryFragment<Pg> for Linked {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Self { table, column, .. } = self;
        for part in [
            "plans.id IN (SELECT plan_id FROM ",
            table,
            " WHERE ",
            column,
            " = ",
        ] {
            out.push_sql(part);
        }
        out.push_bind_param::<Text, _>(&self.value)?;
        out.push_sql(")");
        Ok(())
    }
}

/// The condition that an activity or an outcome of a plan names an organisation.
pub(super) struct Naming(pub String);

impl QueryFragment<Pg> for Naming {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("plans.id IN (SELECT plan_id FROM activities WHERE search @@ ");
        out.push_bind_param::<Text, _>(&self.0)?;
        out.push_sql("::tsquery UNION ALL SELECT plan_id FROM outcomes WHERE search @@ ");
        out.push_bind_param::<Text, _>(&self.0)?;
        out.push_sql("::tsquery)");
        Ok(())
    }
}
