//! The SQL of groups of plans. Programmes are a vocabulary that grows with the plans: spellings with the same folded form, such as
//! "IUC-Asia" and "IUC Asia", are one programme.

use crate::domain::folding::fold;
use crate::domain::words::{NOTHING, any_organisation};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, Text};
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

/// The names of organisations that are those of `asked`: all spellings that activities and outcomes state.
///
/// # Errors
/// The statement fails.
pub async fn organisations(
    mut connection: &AsyncPgConnection,
    asked: &[String],
) -> QueryResult<Vec<String>> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let folded: HashSet<String> = asked.iter().map(|name| fold(name)).collect();
    let stated = StatedOrganisations(any_organisation(asked));
    let mut names: Vec<String> = stated.load(&mut connection).await?;
    names.retain(|name| folded.contains(&fold(name)));
    Ok(names)
}

/// The names of all organisations in the records that name one with certain names or acronyms.
struct StatedOrganisations(String);

impl QueryFragment<Pg> for StatedOrganisations {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT name FROM activities JOIN activity_organisations ON activity_id = id WHERE search @@ ",
        );
        out.push_bind_param::<Text, _>(&self.0)?;
        out.push_sql(
            "::tsquery UNION SELECT name FROM outcomes JOIN outcome_organisations ON outcome_id = id WHERE search @@ ",
        );
        out.push_bind_param::<Text, _>(&self.0)?;
        out.push_sql("::tsquery");
        Ok(())
    }
}

impl QueryId for StatedOrganisations {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}
impl Query for StatedOrganisations {
    type SqlType = Text;
}
impl diesel::RunQueryDsl<AsyncPgConnection> for StatedOrganisations {}

/// The condition that an activity or an outcome of a plan names an organisation in one of some spellings.
pub(super) struct Naming {
    /// The records that have these names, as names or as acronyms: an index finds them.
    search: String,
    names: Vec<String>,
}

impl Naming {
    pub fn new(names: Vec<String>) -> Self {
        let search = match names.as_slice() {
            [] => NOTHING.to_owned(),
            names => any_organisation(names),
        };
        Self { search, names }
    }
}

impl QueryFragment<Pg> for Naming {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for part in [
            "plans.id IN (SELECT plan_id FROM activities JOIN activity_organisations AS named ON named.activity_id = activities.id WHERE search @@ ",
            " UNION ALL SELECT plan_id FROM outcomes JOIN outcome_organisations AS named ON named.outcome_id = outcomes.id WHERE search @@ ",
        ] {
            out.push_sql(part);
            out.push_bind_param::<Text, _>(&self.search)?;
            out.push_sql("::tsquery AND named.name = ANY (");
            out.push_bind_param::<Array<Text>, _>(&self.names)?;
            out.push_sql(")");
        }
        out.push_sql(")");
        Ok(())
    }
}
