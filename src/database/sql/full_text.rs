//! Search as a condition of any statement: by full text, or by trigrams if no record contains the words.
//!
//! What the words of a user ask for is decided in [`crate::domain::words`]. Trigrams need the extension `pg_trgm`; without it,
//! names that are spelled differently are not found; everything else works as before. Start with [`SearchSource`].

use crate::domain::folding::fold;
use crate::domain::words;
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
    /// The column with the folded name of a record, which has a trigram index.
    pub folded_name: &'static str,
    /// True if records have proper names: the exact name comes first, and typing errors in it are forgiven.
    pub has_proper_names: bool,
    /// The title that is shown, as SQL.
    pub title: &'static str,
    /// All other texts in which the record is searched, as SQL: a snippet is shown of them.
    pub text: &'static str,
    /// The records that belong to it and are searched, too. They are found by their words alone, not by similar names.
    pub parts: &'static [SearchedPart],
}

/// A table of records that belong to others and are found together with them.
#[derive(Debug, Clone, Copy)]
pub struct SearchedPart {
    /// The table.
    pub table: &'static str,
    /// Its column with the id of the record to which a row belongs.
    pub owner: &'static str,
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
    /// What is searched for, in the form of the mode: a query of PostgreSQL, or a folded text.
    text: String,
    mode: SearchMode,
    /// True to look at the parts of each record in turn, instead of finding all parts that match first.
    record_by_record: bool,
}

impl Search {
    /// The same condition for a list of which many records match: it is tested for one record after the other, in the order of the
    /// list.
    #[must_use]
    pub fn record_by_record(self) -> Self {
        Self {
            record_by_record: true,
            ..self
        }
    }

    /// True if it is also searched what belongs to the records.
    pub fn reaches_parts(&self) -> bool {
        !self.source.parts.is_empty()
    }

    /// The condition as SQL, with `?` for each place of the text.
    fn sql(&self) -> String {
        let SearchSource { table, parts, .. } = self.source;
        match self.mode {
            SearchMode::Trigram => self.source.similar("?"),
            SearchMode::FullText if parts.is_empty() => format!("{table}.search @@ ?::tsquery"),
            SearchMode::FullText if self.record_by_record => {
                // With a limit, the planner cannot find all parts of all records instead.
                let parts = parts.iter().map(|SearchedPart { table: part, owner }| {
                    format!(
                        " OR (SELECT true FROM {part} WHERE {part}.{owner} = {table}.id AND {part}.search @@ ?::tsquery LIMIT 1)"
                    )
                });
                let parts: String = parts.collect();
                format!("({table}.search @@ ?::tsquery{parts})")
            }
            SearchMode::FullText => {
                let parts = parts.iter().map(|SearchedPart { table, owner }| {
                    format!(" UNION ALL SELECT {owner} FROM {table} WHERE search @@ ?::tsquery")
                });
                let parts: String = parts.collect();
                format!("{table}.id IN (SELECT id FROM {table} WHERE search @@ ?::tsquery{parts})")
            }
        }
    }
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
            words: matching(text),
        };
        let (has_words, has_trigrams): (bool, bool) = query.get_result(&mut connection).await?;
        Ok(if !has_words && has_trigrams {
            SearchMode::Trigram
        } else {
            SearchMode::FullText
        })
    }

    /// The condition that the name of a record is similar to a folded text, which is given as SQL.
    pub fn similar(self, folded: &str) -> String {
        let name = self.folded_name;
        if self.has_proper_names {
            format!("{name} %>> {folded} AND search_is_misspelling({name}, {folded})")
        } else {
            format!("{name} %> {folded}")
        }
    }

    /// The condition that a record matches a text in a search mode.
    pub fn condition(self, text: &str, mode: SearchMode) -> Search {
        let text = match mode {
            SearchMode::FullText => matching(text),
            SearchMode::Trigram => fold(text),
        };
        Search {
            source: self,
            text,
            mode,
            record_by_record: false,
        }
    }
}

/// The records that have the words of a user, as a query of PostgreSQL; a text without words finds none.
fn matching(text: &str) -> String {
    let query = words::Query::parse(text);
    query.map_or_else(
        || words::NOTHING.to_owned(),
        |query| words::matching(&query),
    )
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
        let condition = self.sql();
        let mut parts = condition.split('?').peekable();
        while let Some(part) = parts.next() {
            out.push_sql(part);
            if parts.peek().is_some() {
                out.push_bind_param::<Text, _>(&self.text)?;
            }
        }
        Ok(())
    }
}

impl Expression for Search {
    type SqlType = Bool;
}

/// Queries whether any record contains the words of a text, and whether trigrams are available.
struct ModeQuery {
    source: SearchSource,
    words: String,
}

impl QueryFragment<Pg> for ModeQuery {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let parts = self.source.parts.iter().map(|part| part.table);
        let mut keyword = "SELECT ";
        for table in std::iter::once(self.source.table).chain(parts) {
            for part in [keyword, "EXISTS (SELECT FROM ", table, " WHERE search @@ "] {
                out.push_sql(part);
            }
            out.push_bind_param::<Text, _>(&self.words)?;
            out.push_sql("::tsquery)");
            keyword = " OR ";
        }
        out.push_sql(", ");
        out.push_sql(HAS_TRIGRAMS);
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
