//! The SQL of the search: five branches of one shape, of which the best rows are kept, and then what to show of them.

use super::model::{SearchHit, SearchParameters};
use super::snippet;
use crate::conventions::paging::Start;
use crate::database::search::{Manner, can_be_alike, finds_alike};
use crate::discovery::RecordKind;
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Float, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use strum::IntoEnumIterator;
use uuid::Uuid;

/// How a kind of record is searched: its kind, its table, its slug, what people know it by, its title, and the text to show.
const KINDS: [(RecordKind, &str, &str, &str, &str, &str); 5] = [
    (
        RecordKind::Plan,
        "plans",
        "slug",
        "title",
        "title",
        "array_to_string(objectives || challenges, ' … ')",
    ),
    (
        RecordKind::City,
        "cities",
        "slug",
        "name",
        "name",
        "concat_ws(', ', nullif(array_to_string(alternative_names, ', '), ''), region)",
    ),
    (
        RecordKind::Theme,
        "themes",
        "slug",
        "name",
        "name",
        "concat_ws(' … ', nullif(array_to_string(aliases, ', '), ''), description)",
    ),
    (
        RecordKind::Activity,
        "activities",
        "NULL",
        "title",
        "title",
        "concat_ws(' … ', description, nullif(array_to_string(outputs, ' … '), ''))",
    ),
    (
        RecordKind::Outcome,
        "outcomes",
        "NULL",
        "coalesce(heading, '')",
        "coalesce(heading, left(description, 200))",
        "description",
    ),
];

/// Kind, id, slug, title, text, rank, and the stems of what was asked for.
type Row = (
    RecordKind,
    Uuid,
    Option<String>,
    String,
    String,
    f32,
    Vec<String>,
);

/// The records of a page, and, if there are more, the cursor behind its last.
pub async fn found(
    mut connection: &AsyncPgConnection,
    parameters: &SearchParameters,
    start: &Start,
) -> QueryResult<(Vec<SearchHit>, Option<String>)> {
    let kinds = if parameters.kind.is_empty() {
        RecordKind::iter().collect()
    } else {
        parameters.kind.clone()
    };
    let kinds: Vec<String> = kinds.iter().map(ToString::to_string).collect();
    let (rank, id) = start
        .after
        .clone()
        .map(|(key, id)| (key.parse().ok(), Some(id)))
        .unwrap_or_default();
    let search = |manner| Found {
        text: parameters.q.clone(),
        kinds: kinds.clone(),
        rank,
        id,
        limit: start.limit + 1,
        manner,
    };
    // The extension may have gone since the page before.
    let mut manner = if start.manner == Manner::Likeness && finds_alike(connection).await? {
        Manner::Likeness
    } else {
        Manner::Words
    };
    let mut rows: Vec<Row> = search(manner).load(&mut connection).await?;
    if rows.is_empty()
        && start.after.is_none()
        && can_be_alike(&parameters.q)
        && finds_alike(connection).await?
    {
        manner = Manner::Likeness;
        rows = search(manner).load(&mut connection).await?;
    }
    let room = usize::try_from(start.limit).unwrap_or(usize::MAX);
    let more = rows.len() > room;
    rows.truncate(room);
    let cursor = rows
        .last()
        .filter(|_| more)
        .map(|row| start.cursor(&row.5.to_string(), row.1, manner));
    Ok((rows.into_iter().map(hit).collect(), cursor))
}

fn hit((kind, id, slug, title, text, rank, stems): Row) -> SearchHit {
    let snippet = snippet::of(&title, &text, &stems);
    SearchHit {
        kind,
        id,
        slug,
        title,
        snippet,
        rank,
    }
}

struct Found {
    text: String,
    kinds: Vec<String>,
    rank: Option<f32>,
    id: Option<Uuid>,
    limit: i64,
    manner: Manner,
}

impl QueryFragment<Pg> for Found {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH asked AS MATERIALIZED (SELECT ");
        out.push_bind_param::<Text, _>(&self.text)?;
        out.push_sql("::text AS text, search_query(");
        // Once, and not for each row.
        out.push_bind_param::<Text, _>(&self.text)?;
        out.push_sql(") AS query, ");
        out.push_bind_param::<Array<Text>, _>(&self.kinds)?;
        out.push_sql("::text[] AS kinds, ");
        out.push_bind_param::<Nullable<Float>, _>(&self.rank)?;
        out.push_sql("::real AS rank, ");
        out.push_bind_param::<Nullable<SqlUuid>, _>(&self.id)?;
        out.push_sql("::uuid AS id), page AS MATERIALIZED (SELECT kind, id, rank FROM (");
        for (index, (kind, table, _, name, ..)) in KINDS.iter().enumerate() {
            let alike = self.manner == Manner::Likeness;
            let rank = if alike {
                [
                    "word_similarity(search_fold(asked.text), search_fold(",
                    name,
                    "))",
                ]
            } else {
                ["ts_rank(search, asked.query", "", ", 1)"]
            };
            let holds = if alike {
                ["search_fold(", name, ") %> search_fold(asked.text)"]
            } else {
                ["search @@ asked.query", "", ""]
            };
            let parts = [
                if index > 0 { " UNION ALL " } else { "" },
                "SELECT '",
                kind.name(),
                "' AS kind, ",
                table,
                ".id, ",
            ];
            parts
                .into_iter()
                .chain(rank)
                .for_each(|part| out.push_sql(part));
            [
                " AS rank FROM asked, ",
                table,
                " WHERE '",
                kind.name(),
                "' = ANY (asked.kinds) AND ",
            ]
            .into_iter()
            .chain(holds)
            .for_each(|part| out.push_sql(part));
        }
        out.push_sql(") AS hits WHERE (SELECT asked.rank IS NULL OR (hits.rank, hits.id) < (asked.rank, asked.id) FROM asked) ");
        out.push_sql("ORDER BY rank DESC, id DESC LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(
            ") SELECT page.kind, page.id, shown.slug, shown.title, shown.text, page.rank, ",
        );
        out.push_sql("tsvector_to_array(to_tsvector('english', search_words(asked.text))) FROM asked, page CROSS JOIN LATERAL (");
        for (index, (kind, table, slug, _, title, text)) in KINDS.iter().enumerate() {
            let union = if index > 0 { " UNION ALL " } else { "" };
            let parts = [
                union,
                "SELECT ",
                slug,
                "::text AS slug, ",
                title,
                " AS title, ",
                text,
                " AS text FROM ",
                table,
            ];
            parts
                .into_iter()
                .chain([" WHERE page.kind = '", kind.name(), "' AND id = page.id"])
                .for_each(|part| out.push_sql(part));
        }
        out.push_sql(") AS shown ORDER BY page.rank DESC, page.id DESC");
        Ok(())
    }
}

impl QueryId for Found {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl Query for Found {
    type SqlType = (
        Text,
        SqlUuid,
        Nullable<Text>,
        Text,
        Text,
        Float,
        Array<Text>,
    );
}
impl diesel::RunQueryDsl<AsyncPgConnection> for Found {}
