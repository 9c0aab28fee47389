//! The SQL of a page, as pieces that any query takes: where it starts, its order, the key of a row, and the way over a narrow table.

use super::{Column, Order};
use diesel::QueryResult;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Text};
use uuid::Uuid;

/// A narrow table beside that of a resource: with a value to filter by, and with sort keys under the names that they have there.
#[derive(Debug)]
pub struct Narrow {
    /// Its name.
    pub table: &'static str,
    /// The column with the id of the record.
    pub id: &'static str,
    /// The column with the value.
    pub value: &'static str,
    /// The sort keys; each has an index behind value, key and id.
    pub keys: &'static [&'static str],
}

/// `(column, id) > (key, id)`, or `<` in descending order.
#[derive(Debug, Clone)]
pub struct Seek {
    pub(super) column: Column,
    pub(super) order: Order,
    pub(super) key: String,
    pub(super) id: Uuid,
}

/// `column, id`, both in one direction.
#[derive(Debug, Clone, Copy)]
pub struct Ordering {
    pub(super) column: Column,
    pub(super) order: Order,
    /// True to sort by what no index has.
    pub(super) gathered: bool,
}

/// `column::text`.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub(super) column: Column,
}

impl QueryFragment<Pg> for Seek {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let comparison = if self.order == Order::Asc { ") > (" } else { ") < (" };
        for part in ["(", self.column.sql, ", ", self.column.id, comparison] {
            out.push_sql(part);
        }
        out.push_bind_param::<Text, _>(&self.key)?;
        out.push_sql("::");
        out.push_sql(self.column.cast.sql());
        out.push_sql(", ");
        out.push_bind_param::<diesel::sql_types::Uuid, _>(&self.id)?;
        out.push_sql(")");
        Ok(())
    }
}

/// `id IN (the ids of the page)`, where these are read from a narrow table.
#[derive(Debug, Clone)]
pub struct Narrowed {
    pub(super) narrow: &'static Narrow,
    pub(super) key: &'static str,
    pub(super) column: Column,
    pub(super) order: Order,
    pub(super) value: String,
    pub(super) after: Option<(String, Uuid)>,
    pub(super) rows: i64,
}

impl QueryFragment<Pg> for Narrowed {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Narrow { table, id, value, .. } = self.narrow;
        let (comparison, direction) = if self.order == Order::Asc { (") > (", " ASC") } else { (") < (", " DESC") };
        [self.column.id, " IN (SELECT ", id, " FROM ", table, " WHERE ", value, " = "].into_iter().for_each(|part| out.push_sql(part));
        out.push_bind_param::<Text, _>(&self.value)?;
        if let Some((after, last)) = &self.after {
            [" AND (", self.key, ", ", id, comparison].into_iter().for_each(|part| out.push_sql(part));
            out.push_bind_param::<Text, _>(after)?;
            ["::", self.column.cast.sql(), ", "].into_iter().for_each(|part| out.push_sql(part));
            out.push_bind_param::<diesel::sql_types::Uuid, _>(last)?;
            out.push_sql(")");
        }
        [" ORDER BY ", self.key, direction, ", ", id, direction, " LIMIT "].into_iter().for_each(|part| out.push_sql(part));
        out.push_bind_param::<diesel::sql_types::BigInt, _>(&self.rows)?;
        out.push_sql(")");
        Ok(())
    }
}

impl Expression for Narrowed {
    type SqlType = Bool;
}

impl QueryFragment<Pg> for Ordering {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let direction = if self.order == Order::Asc { " ASC" } else { " DESC" };
        let (before, behind) = if self.gathered { ("(SELECT ", ")") } else { ("", "") };
        for part in [before, self.column.sql, behind, direction, ", ", self.column.id, direction] {
            out.push_sql(part);
        }
        Ok(())
    }
}

impl QueryFragment<Pg> for Key {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("(");
        out.push_sql(self.column.sql);
        out.push_sql(")::text");
        Ok(())
    }
}

impl Expression for Seek {
    type SqlType = Bool;
}
impl Expression for Ordering {
    type SqlType = Text;
}
impl Expression for Key {
    type SqlType = Text;
}

/// Lets a fragment stand in any query: its columns are named by the resource that also names the table.
macro_rules! fragment {
    ($($type:ty),+) => { $(
        impl<S> AppearsOnTable<S> for $type {}
        impl<S> SelectableExpression<S> for $type {}
        impl<G> ValidGrouping<G> for $type {
            type IsAggregate = is_aggregate::No;
        }
        impl QueryId for $type {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }
    )+ };
}
fragment!(Seek, Narrowed, Ordering, Key);
