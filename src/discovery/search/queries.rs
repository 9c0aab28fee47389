//! The SQL of the search. A branch for each kind finds its matches; of all of them, the best are joined with what is shown of them.

use super::model::{SearchHit, SearchParameters};
use super::snippet;
use crate::conventions::paging::Start;
use crate::database::sql::full_text::{SearchMode, SearchSource, can_use_trigrams, has_trigrams};
use crate::domain::RecordKind;
use crate::resources::SLICES;
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Float, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use strum::IntoEnumIterator;
use uuid::Uuid;

/// The rank of a match. It is lower in longer texts.
const RANK: &str = "ts_rank(search, parameters.query, 1)";
/// Whoever has exactly the name that is searched for comes first, then whoever has it among the other names. `ts_rank` is below 1.
const NAME_RANK: &str = "CASE WHEN search @@ parameters.exact_name THEN 2 WHEN search @@ parameters.other_name THEN 1 ELSE 0 END::real";
const MATCHES: &str = "search @@ parameters.query";

/// Kind, id, slug, title, text, rank, and the query without its exclusions.
type Row = (
    RecordKind,
    Uuid,
    Option<String>,
    String,
    String,
    f32,
    Option<String>,
);

/// The records of a page, and the cursor of the next page if there is one.
pub async fn found(
    mut connection: &AsyncPgConnection,
    parameters: &SearchParameters,
    start: &Start,
) -> QueryResult<(Vec<SearchHit>, Option<String>)> {
    // The extension may have been removed since the previous page.
    let mut mode = if start.mode == SearchMode::Trigram && has_trigrams(connection).await? {
        SearchMode::Trigram
    } else {
        SearchMode::FullText
    };
    let search = SearchQuery::new(parameters, start, mode);
    let mut rows: Vec<Row> = search.load(&mut connection).await?;
    if rows.is_empty()
        && start.after.is_none()
        && can_use_trigrams(&parameters.q)
        && has_trigrams(connection).await?
    {
        mode = SearchMode::Trigram;
        let search = SearchQuery::new(parameters, start, mode);
        rows = search.load(&mut connection).await?;
    }
    let room = usize::try_from(start.limit).unwrap_or(usize::MAX);
    let more = rows.len() > room;
    rows.truncate(room);
    let cursor = rows
        .last()
        .filter(|_| more)
        .map(|row| start.cursor(&row.5.to_string(), row.1, mode));
    Ok((rows.into_iter().map(hit).collect(), cursor))
}

fn hit((kind, id, slug, title, text, rank, query): Row) -> SearchHit {
    let words = snippet::words(query.as_deref().unwrap_or_default());
    let snippet = snippet::mark(&title, &text, &words);
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
    text: String,
    kinds: Vec<String>,
    rank: Option<f32>,
    id: Option<Uuid>,
    limit: i64,
    mode: SearchMode,
}

impl SearchQuery {
    fn new(parameters: &SearchParameters, start: &Start, mode: SearchMode) -> Self {
        let kinds = if parameters.kind.is_empty() {
            RecordKind::iter().collect()
        } else {
            parameters.kind.clone()
        };
        let (rank, id) = start
            .after
            .clone()
            .map(|(key, id)| (key.parse().ok(), Some(id)))
            .unwrap_or_default();
        Self {
            text: parameters.q.clone(),
            kinds: kinds.iter().map(ToString::to_string).collect(),
            rank,
            id,
            limit: start.limit + 1,
            mode,
        }
    }

    /// The parameters as a table of one row, so that they are evaluated once and not for each record.
    fn push_parameters<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("parameters AS MATERIALIZED (SELECT ");
        out.push_bind_param::<Text, _>(&self.text)?;
        out.push_sql("::text AS text, search_query(");
        out.push_bind_param::<Text, _>(&self.text)?;
        out.push_sql(") AS query, search_name_query(");
        out.push_bind_param::<Text, _>(&self.text)?;
        out.push_sql(", '=') AS exact_name, search_name_query(");
        out.push_bind_param::<Text, _>(&self.text)?;
        out.push_sql(", '~') AS other_name, ");
        out.push_bind_param::<Array<Text>, _>(&self.kinds)?;
        out.push_sql("::text[] AS kinds, ");
        out.push_bind_param::<Nullable<Float>, _>(&self.rank)?;
        out.push_sql("::real AS rank, ");
        out.push_bind_param::<Nullable<SqlUuid>, _>(&self.id)?;
        out.push_sql("::uuid AS id)");
        Ok(())
    }

    /// The matching records of all kinds, with their ranks.
    fn push_hits(&self, out: &mut AstPass<'_, '_, Pg>) {
        for (index, slice) in SLICES.iter().enumerate() {
            let SearchSource { table, name, .. } = slice.search;
            let kind = slice.kind.singular();
            let union = if index > 0 { " UNION ALL " } else { "" };
            let (rank, condition) = match (self.mode, slice.search.has_proper_names) {
                (SearchMode::FullText, false) => (RANK.to_owned(), MATCHES.to_owned()),
                (SearchMode::FullText, true) => {
                    (format!("{RANK} + {NAME_RANK}"), MATCHES.to_owned())
                }
                (SearchMode::Trigram, _) => (
                    format!("word_similarity(search_fold(parameters.text), search_fold({name}))"),
                    slice.search.similar("parameters.text"),
                ),
            };
            let columns = [union, "SELECT '", kind, "' AS kind, ", table, ".id, "];
            let from = [
                " AS rank FROM parameters, ",
                table,
                " WHERE '",
                kind,
                "' = ANY (parameters.kinds) AND ",
            ];
            columns.into_iter().for_each(|part| out.push_sql(part));
            out.push_sql(&rank);
            from.into_iter().for_each(|part| out.push_sql(part));
            out.push_sql(&condition);
        }
    }

    /// The columns that are shown of a record.
    fn push_columns(out: &mut AstPass<'_, '_, Pg>) {
        for (index, slice) in SLICES.iter().enumerate() {
            let SearchSource {
                table, title, text, ..
            } = slice.search;
            let kind = slice.kind.singular();
            let slug = if slice.kind.has_slug() {
                "slug"
            } else {
                "NULL"
            };
            let union = if index > 0 { " UNION ALL " } else { "" };
            let columns = [
                union,
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
        out.push_sql("WITH ");
        self.push_parameters(&mut out)?;
        out.push_sql(", page AS MATERIALIZED (SELECT kind, id, rank FROM (");
        self.push_hits(&mut out);
        out.push_sql(") AS hits WHERE (SELECT parameters.rank IS NULL OR (hits.rank, hits.id) < (parameters.rank, parameters.id) FROM parameters) ");
        out.push_sql("ORDER BY rank DESC, id DESC LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(
            ") SELECT page.kind, page.id, shown.slug, shown.title, shown.text, page.rank, ",
        );
        out.push_sql("querytree(parameters.query) FROM parameters, page CROSS JOIN LATERAL (");
        Self::push_columns(&mut out);
        out.push_sql(") AS shown ORDER BY page.rank DESC, page.id DESC");
        Ok(())
    }
}

impl QueryId for SearchQuery {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl Query for SearchQuery {
    type SqlType = (
        Text,
        SqlUuid,
        Nullable<Text>,
        Text,
        Text,
        Float,
        Nullable<Text>,
    );
}
impl diesel::RunQueryDsl<AsyncPgConnection> for SearchQuery {}
