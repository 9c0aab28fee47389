//! The SQL of the records that a search finds, the best first: by their words, or by similar names.
//!
//! One rule: a statement yields its records in their order, so that PostgreSQL stops when the page is full. Start with [`Matches`].

use crate::conventions::paging::{Position, Start};
use crate::conventions::slice::Slice;
use crate::domain::folding::fold;
use crate::domain::words::{self, ranks};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use diesel::sql_types::{Array, BigInt, Float, Integer, Nullable, Text, Uuid as SqlUuid};
use uuid::Uuid;

/// How records are found.
pub(super) enum Matches {
    /// By their words.
    Words(Words),
    /// By similar names.
    Similar(Similar),
}

impl Matches {
    /// The columns kind, id, rank and key of the records, in their order.
    pub fn push<'b>(
        &'b self,
        slices: impl Iterator<Item = (usize, &'static Slice)>,
        out: &mut AstPass<'_, 'b, Pg>,
    ) -> QueryResult<()> {
        match self {
            Self::Words(words) => words.push(slices, out),
            Self::Similar(similar) => similar.push(slices, out),
        }
    }
}

/// Records that have the words of a search.
pub(super) struct Words {
    queries: Vec<String>,
    better: Vec<String>,
    after: Option<Position>,
    row: Option<String>,
}

impl Words {
    pub fn new(text: &str, query: &words::Query, start: &Start) -> Self {
        let ranks = ranks(text, query).into_iter();
        let (queries, better) = ranks.map(|rank| (rank.query, rank.better)).unzip();
        let after = start.after.as_ref().and_then(|(key, _)| key.parse().ok());
        Self {
            queries,
            better,
            after,
            row: after.map(Position::row),
        }
    }

    /// For each rank, the best first, its records of each kind in the order in which they are stored. The outer rows of a nested
    /// loop keep their order, and what an index finds by a bitmap comes in the order of storage: nothing is sorted.
    fn push<'b>(
        &'b self,
        slices: impl Iterator<Item = (usize, &'static Slice)>,
        out: &mut AstPass<'_, 'b, Pg>,
    ) -> QueryResult<()> {
        out.push_sql("SELECT hits.kind, hits.id, (1.0 / ranks.number)::real AS rank, ");
        out.push_sql("concat_ws(' ', ranks.number, hits.source, hits.stored) AS key FROM unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.queries)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.better)?;
        out.push_sql(") WITH ORDINALITY AS ranks (query, better, number) CROSS JOIN LATERAL (");
        let mut union = "";
        for (number, slice) in slices {
            let (kind, table) = (slice.kind.singular(), slice.search.table);
            out.push_sql(std::mem::replace(&mut union, " UNION ALL "));
            out.push_sql(&format!(
                "SELECT '{kind}' AS kind, {number} AS source, id, {table}.ctid AS stored FROM {table} \
                 WHERE search @@ ranks.query::tsquery AND NOT search @@ ranks.better::tsquery"
            ));
        }
        out.push_sql(") AS hits");
        if let (Some(after), Some(row)) = (&self.after, &self.row) {
            out.push_sql(" WHERE ranks.number >= ");
            out.push_bind_param::<BigInt, _>(&after.rank)?;
            out.push_sql(" AND (ranks.number, hits.source, hits.stored) > (");
            out.push_bind_param::<BigInt, _>(&after.rank)?;
            out.push_sql(", ");
            out.push_bind_param::<Integer, _>(&after.kind)?;
            out.push_sql(", ");
            out.push_bind_param::<Text, _>(row)?;
            out.push_sql("::tid)");
        }
        Ok(())
    }
}

/// Records whose names are similar to the text of a search.
pub(super) struct Similar {
    folded: String,
    rank: Option<f32>,
    id: Option<Uuid>,
}

impl Similar {
    pub fn new(text: &str, start: &Start) -> Self {
        let after = start.after.as_ref();
        Self {
            folded: fold(text),
            rank: after.and_then(|(key, _)| key.parse().ok()),
            id: after.map(|(_, id)| *id),
        }
    }

    fn push<'b>(
        &'b self,
        slices: impl Iterator<Item = (usize, &'static Slice)>,
        out: &mut AstPass<'_, 'b, Pg>,
    ) -> QueryResult<()> {
        out.push_sql("SELECT kind, id, rank, rank::text AS key FROM (SELECT ");
        out.push_bind_param::<Text, _>(&self.folded)?;
        out.push_sql("::text AS text, ");
        out.push_bind_param::<Nullable<Float>, _>(&self.rank)?;
        out.push_sql("::real AS last_rank, ");
        out.push_bind_param::<Nullable<SqlUuid>, _>(&self.id)?;
        out.push_sql("::uuid AS last_id) AS asked CROSS JOIN LATERAL (");
        let mut union = "";
        for (_, slice) in slices {
            let (kind, source) = (slice.kind.singular(), slice.search);
            let (name, table) = (source.folded_name, source.table);
            let is_similar = source.similar("asked.text");
            out.push_sql(std::mem::replace(&mut union, " UNION ALL "));
            out.push_sql(&format!(
                "SELECT '{kind}' AS kind, id, word_similarity(asked.text, {name}) AS rank FROM {table} WHERE {is_similar}"
            ));
        }
        out.push_sql(") AS found WHERE last_rank IS NULL OR (rank, id) < (last_rank, last_id) ");
        out.push_sql("ORDER BY rank DESC, id DESC");
        Ok(())
    }
}
