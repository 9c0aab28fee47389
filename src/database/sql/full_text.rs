//! Search by words as a condition of any statement: full text, or trigrams where no record has the words.
//!
//! The SQL function `search_query` says what a word is. Trigrams need the extension `pg_trgm`; without it, what is spelled
//! another way is not found, and nothing else changes. Start with [`SearchSource`].

use diesel::QueryResult;
use diesel::expression::Expression;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// Where the words of a kind of record are searched for, and what is shown of a record that is found.
#[derive(Debug, Clone, Copy)]
pub struct SearchSource {
    /// The table.
    pub table: &'static str,
    /// The name of a record, as SQL, exactly as in the index over its trigrams.
    pub name: &'static str,
    /// The title to show, as SQL.
    pub title: &'static str,
    /// The text to show a part of, as SQL.
    pub text: &'static str,
}

/// How to search.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SearchMode {
    /// Full text search: the words of the text in any inflection.
    #[default]
    FullText,
    /// Trigram similarity of names, where no record has the words.
    Trigram,
}

/// True for the records that are searched for.
#[derive(Debug, Clone)]
pub struct Search {
    source: SearchSource,
    text: String,
    mode: SearchMode,
}

impl SearchSource {
    /// Finds out how to search for a text: full text if any record has its words, else trigrams if they are available.
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
        let asked = Asked {
            source: self,
            text: text.to_owned(),
        };
        let (has_words, has_trigrams): (bool, bool) = asked.get_result(&mut connection).await?;
        Ok(if !has_words && has_trigrams {
            SearchMode::Trigram
        } else {
            SearchMode::FullText
        })
    }

    /// The condition that a record is found by a text in that mode.
    pub fn condition(self, text: &str, mode: SearchMode) -> Search {
        Search {
            source: self,
            text: text.to_owned(),
            mode,
        }
    }
}

/// True if trigrams make sense for a text: a phrase or an exclusion is meant literally.
pub fn can_use_trigrams(text: &str) -> bool {
    !text.contains('"')
        && !text
            .split_whitespace()
            .any(|word| word.starts_with('-') || word.eq_ignore_ascii_case("or"))
}

/// True if the database has trigrams, so that words that are spelled another way are found.
///
/// # Errors
/// The statement fails.
pub async fn has_trigrams(mut connection: &AsyncPgConnection) -> QueryResult<bool> {
    HasTrigrams.get_result(&mut connection).await
}

/// The operator must be at hand: the extension may be there, but in a schema that is not searched.
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

/// Whether a table has a text's words, and whether likeness can be asked for.
struct Asked {
    source: SearchSource,
    text: String,
}

impl QueryFragment<Pg> for Asked {
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

impl QueryId for Asked {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl Query for Asked {
    type SqlType = (Bool, Bool);
}
impl diesel::RunQueryDsl<AsyncPgConnection> for Asked {}

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
