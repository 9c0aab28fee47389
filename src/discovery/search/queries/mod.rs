//! The SQL of the search. It finds the best records of all kinds, and joins them with what is shown of them.

mod matches;

use self::matches::{Matches, Similar, Words};
use super::model::{SearchHit, SearchParameters};
use super::snippet;
use crate::conventions::paging::Start;
use crate::conventions::slice::Slice;
use crate::database::sql::full_text::{SearchMode, SearchSource, can_use_trigrams, has_trigrams};
use crate::domain::RecordKind;
use crate::domain::words;
use crate::resources::SLICES;
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Float, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

/// The number of characters of a record in which a snippet is looked for: a record may have some million.
const MAX_EXCERPTED: usize = 100_000;

/// Kind, id, slug, title, text, rank, and the key by which the next page continues.
type Row = (
    RecordKind,
    Uuid,
    Option<String>,
    String,
    String,
    f32,
    String,
);

/// The records of a page, and the cursor of the next page if there is one.
pub type Found = (Vec<SearchHit>, Option<String>);

/// The first page of a search for one word. `None` if no record has the word.
pub async fn found_by_one_word(
    connection: &AsyncPgConnection,
    parameters: &SearchParameters,
    word: &words::Query,
    start: &Start,
) -> QueryResult<Option<Found>> {
    let mode = SearchMode::FullText;
    let rows = load(connection, parameters, Some(word), start, mode).await?;
    Ok((!rows.is_empty()).then(|| page(rows, start, mode, Some(word))))
}

/// A page of any search. `query` contains the words of the text, if it has any.
pub async fn found(
    connection: &AsyncPgConnection,
    parameters: &SearchParameters,
    query: Option<&words::Query>,
    start: &Start,
) -> QueryResult<Found> {
    // The extension may have been removed since the previous page.
    let mut mode = if start.mode == SearchMode::Trigram && has_trigrams(connection).await? {
        SearchMode::Trigram
    } else {
        SearchMode::FullText
    };
    let mut rows = load(connection, parameters, query, start, mode).await?;
    if rows.is_empty()
        && start.after.is_none()
        && can_use_trigrams(&parameters.q)
        && has_trigrams(connection).await?
    {
        mode = SearchMode::Trigram;
        rows = load(connection, parameters, query, start, mode).await?;
    }
    Ok(page(rows, start, mode, query))
}

fn page(
    mut rows: Vec<Row>,
    start: &Start,
    mode: SearchMode,
    query: Option<&words::Query>,
) -> Found {
    let room = usize::try_from(start.limit).unwrap_or(usize::MAX);
    let more = rows.len() > room;
    rows.truncate(room);
    let cursor = rows
        .last()
        .filter(|_| more)
        .map(|row| start.cursor(&row.6, row.1, mode));
    let words = query.map(words::Query::words).unwrap_or_default();
    let hits = rows.into_iter().map(|row| hit(row, &words));
    (hits.collect(), cursor)
}

async fn load(
    mut connection: &AsyncPgConnection,
    parameters: &SearchParameters,
    query: Option<&words::Query>,
    start: &Start,
    mode: SearchMode,
) -> QueryResult<Vec<Row>> {
    let matches = match (mode, query) {
        (SearchMode::Trigram, _) => Matches::Similar(Similar::new(&parameters.q, start)),
        (SearchMode::FullText, Some(query)) => {
            Matches::Words(Words::new(&parameters.q, query, start))
        }
        (SearchMode::FullText, None) => return Ok(Vec::new()),
    };
    let search = SearchQuery {
        matches,
        kinds: parameters.kind.clone(),
        limit: start.limit + 1,
    };
    search.load(&mut connection).await
}

fn hit((kind, id, slug, title, text, rank, _): Row, words: &[String]) -> SearchHit {
    let snippet = snippet::mark(&title, &text, words);
    SearchHit {
        kind,
        id,
        slug,
        title,
        snippet,
        rank,
    }
}

struct SearchQuery {
    matches: Matches,
    /// The kinds that are searched; all if there are none.
    kinds: Vec<RecordKind>,
    limit: i64,
}

impl SearchQuery {
    /// The kinds that are searched, each with its number.
    fn slices(&self) -> impl Iterator<Item = (usize, &'static Slice)> {
        let slices = SLICES.iter().enumerate();
        slices.filter(|(_, slice)| self.kinds.is_empty() || self.kinds.contains(&slice.kind))
    }

    /// The columns that are shown of a record.
    fn push_columns(&self, out: &mut AstPass<'_, '_, Pg>) {
        let mut union = "";
        for (_, slice) in self.slices() {
            let SearchSource {
                table, title, text, ..
            } = slice.search;
            let kind = slice.kind.singular();
            let slug = if slice.kind.has_slug() {
                "slug"
            } else {
                "NULL"
            };
            let columns = [
                std::mem::replace(&mut union, " UNION ALL "),
                "SELECT ",
                slug,
                "::text AS slug, ",
                title,
                " AS title, ",
                text,
                " AS text",
            ];
            let from = [
                " FROM ",
                table,
                " WHERE page.kind = '",
                kind,
                "' AND id = page.id",
            ];
            let parts = columns.into_iter().chain(from);
            parts.for_each(|part| out.push_sql(part));
        }
    }
}

impl QueryFragment<Pg> for SearchQuery {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH page AS MATERIALIZED (SELECT kind, id, rank, key, row_number() OVER () AS place FROM (");
        self.matches.push(self.slices(), &mut out)?;
        out.push_sql(") AS hits LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(") SELECT page.kind, page.id, shown.slug, shown.title, ");
        out.push_sql(&format!(
            "left(shown.text, {MAX_EXCERPTED}) AS text, page.rank, page.key "
        ));
        out.push_sql("FROM page CROSS JOIN LATERAL (");
        self.push_columns(&mut out);
        out.push_sql(") AS shown ORDER BY page.place");
        Ok(())
    }
}

impl QueryId for SearchQuery {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl Query for SearchQuery {
    type SqlType = (Text, SqlUuid, Nullable<Text>, Text, Text, Float, Text);
}
impl diesel::RunQueryDsl<AsyncPgConnection> for SearchQuery {}
