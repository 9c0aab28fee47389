//! Search as an expression of any query: by words, or by likeness where no record has the words.
//!
//! The functions of the migration `functions` say what a word is. Likeness needs the extension `pg_trgm`; without it, what is
//! spelled another way is not found, and nothing else changes. Start with [`Searched`].

use super::Anywhere;
use diesel::QueryResult;
use diesel::expression::Expression;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// Where to search.
#[derive(Debug, Clone, Copy)]
pub struct Searched {
    /// The table.
    pub table: &'static str,
    /// What people know its records by, as SQL, in the words of the index over its trigrams.
    pub name: &'static str,
}

/// How to search.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Manner {
    /// By the words of the text.
    #[default]
    Words,
    /// By likeness: there is nothing with these words.
    Likeness,
}

/// True for the records that are searched for.
#[derive(Debug, Clone)]
pub struct Search {
    searched: Searched,
    text: String,
    manner: Manner,
}

impl Searched {
    /// Finds out how to search for a text: by its words if any record has them, else by likeness if that is possible.
    ///
    /// # Errors
    /// The statement fails.
    pub async fn manner(
        self,
        mut connection: &AsyncPgConnection,
        text: &str,
    ) -> QueryResult<Manner> {
        if !can_be_alike(text) {
            return Ok(Manner::Words);
        }
        let asked = Asked {
            searched: self,
            text: text.to_owned(),
        };
        let (has_words, has_trigrams): (bool, bool) = asked.get_result(&mut connection).await?;
        Ok(if !has_words && has_trigrams {
            Manner::Likeness
        } else {
            Manner::Words
        })
    }

    /// The records that are found by a text; if it is not known how to search for it, that is found out.
    ///
    /// # Errors
    /// The statement fails.
    pub async fn search(
        self,
        connection: &AsyncPgConnection,
        text: &str,
        manner: Option<Manner>,
    ) -> QueryResult<Anywhere<Search>> {
        let manner = match manner {
            Some(manner) => manner,
            None => self.manner(connection, text).await?,
        };
        Ok(Anywhere(Search {
            searched: self,
            text: text.to_owned(),
            manner,
        }))
    }
}

/// True if likeness makes sense for a text: a phrase or an exclusion is meant to the letter.
pub fn can_be_alike(text: &str) -> bool {
    !text.contains('"')
        && !text
            .split_whitespace()
            .any(|word| word.starts_with('-') || word.eq_ignore_ascii_case("or"))
}

/// True if words that are spelled another way are found.
///
/// # Errors
/// The statement fails.
pub async fn finds_alike(mut connection: &AsyncPgConnection) -> QueryResult<bool> {
    HasTrigrams.get_result(&mut connection).await
}

/// The operator must be at hand: the extension may be there, but in a schema that is not searched.
const HAS_TRIGRAMS: &str = "to_regoperator('%>(text,text)') IS NOT NULL";

impl QueryFragment<Pg> for Search {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let before = if self.manner == Manner::Likeness {
            ["search_fold(", self.searched.name, ") %> search_fold("]
        } else {
            ["", self.searched.table, ".search @@ search_query("]
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
    searched: Searched,
    text: String,
}

impl QueryFragment<Pg> for Asked {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        [
            "SELECT EXISTS (SELECT FROM ",
            self.searched.table,
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
