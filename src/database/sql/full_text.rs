//! Search as a condition of any statement: by full text, or by trigrams if no record contains the words.
//!
//! The SQL function `search_query` defines how a text is split into words. Trigrams need the extension `pg_trgm`; without it, names
//! that are spelled differently are not found; everything else works as before. Start with [`SearchSource`].

use diesel::QueryResult;
use diesel::expression::Expression;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// The table and the SQL expressions by which a kind of record is searched and its matches are shown.
#[derive(Debug, Clone, Copy)]
pub struct SearchSource {
    /// The table.
    pub table: &'static str,
    /// The name of a record, as SQL, exactly as in the trigram index.
    pub name: &'static str,
    /// The title that is shown, as SQL.
    pub title: &'static str,
    /// The text of which a snippet is shown, as SQL.
    pub text: &'static str,
}

/// How a text is searched for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SearchMode {
    /// Full-text search: the words of the text in any inflection.
    #[default]
    FullText,
    /// Trigram similarity of names, if no record contains the words.
    Trigram,
}

/// The condition that a record matches a search.
#[derive(Debug, Clone)]
pub struct Search {
    source: SearchSource,
    text: String,
    mode: SearchMode,
}

impl SearchSource {
    /// Chooses how to search for a text: by full text if any record contains its words, otherwise by trigrams if available.
    ///
    /// # Errors
    /// The statement fails.
    pub async fn mode(
        self,
        mut connection: &AsyncPgConnection,
        text: &str,
    ) -> QueryResult<SearchMode> {
        if !can_use_trigrams(text) {
            return Ok(SearchMode::FullText);
        }
        let query = ModeQuery {
            source: self,
            text: text.to_owned(),
        };
        let (has_words, has_trigrams): (bool, bool) = query.get_result(&mut connection).await?;
        Ok(if !has_words && has_trigrams {
            SearchMode::Trigram
        } else {
            SearchMode::FullText
        })
    }

    /// The condition that a record matches a text in a search mode.
    pub fn condition(self, text: &str, mode: SearchMode) -> Search {
        Search {
            source: self,
            text: text.to_owned(),
            mode,
        }
    }
}

/// True if similar names may match a text. A phrase, an alternative or an exclusion only matches literally.
pub fn can_use_trigrams(text: &str) -> bool {
    !text.contains('"')
        && !text
            .split_whitespace()
            .any(|word| word.starts_with('-') || word.eq_ignore_ascii_case("or"))
}

/// True if trigrams are available in the database.
///
/// # Errors
/// The statement fails.
pub async fn has_trigrams(mut connection: &AsyncPgConnection) -> QueryResult<bool> {
    HasTrigrams.get_result(&mut connection).await
}

/// Looks for the operator rather than for the extension, which may be in a schema that is not in the search path.
const HAS_TRIGRAMS: &str = "to_regoperator('%>(text,text)') IS NOT NULL";

impl QueryFragment<Pg> for Search {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let before = if self.mode == SearchMode::Trigram {
            ["search_fold(", self.source.name, ") %> search_fold("]
        } else {
            ["", self.source.table, ".search @@ search_query("]
        };
        before.into_iter().for_each(|part| out.push_sql(part));
        out.push_bind_param::<Text, _>(&self.text)?;
        out.push_sql(")");
        Ok(())
    }
}

impl Expression for Search {
    type SqlType = Bool;
}

/// Queries whether any record contains the words of a text, and whether trigrams are available.
struct ModeQuery {
    source: SearchSource,
    text: String,
}

impl QueryFragment<Pg> for ModeQuery {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        [
            "SELECT EXISTS (SELECT FROM ",
            self.source.table,
            " WHERE search @@ search_query(",
        ]
        .into_iter()
        .for_each(|part| out.push_sql(part));
        out.push_bind_param::<Text, _>(&self.text)?;
        ["))", ", ", HAS_TRIGRAMS]
            .into_iter()
            .for_each(|part| out.push_sql(part));
        Ok(())
    }
}

impl QueryId for ModeQuery {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl Query for ModeQuery {
    type SqlType = (Bool, Bool);
}
impl diesel::RunQueryDsl<AsyncPgConnection> for ModeQuery {}

struct HasTrigrams;

impl QueryFragment<Pg> for HasTrigrams {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT ");
        out.push_sql(HAS_TRIGRAMS);
        Ok(())
    }
}

impl QueryId for HasTrigrams {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}
impl Query for HasTrigrams {
    type SqlType = Bool;
}
impl diesel::RunQueryDsl<AsyncPgConnection> for HasTrigrams {}
