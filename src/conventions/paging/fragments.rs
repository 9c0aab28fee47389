//! The SQL of a page, as pieces that any query takes: where it starts, its order, the key of a row, and the way over a lookup table.

use super::{Column, Order};
use crate::domain::PartialDate;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryResult;
use diesel::expression::Expression;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Date, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

/// A lookup table beside that of a resource: it repeats a value to filter by and the sort keys, under the names that they have there.
#[derive(Debug)]
pub struct LookupTable {
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
    /// True to sort by an expression that no index has, so that the planner does not walk along one.
    pub(super) sort_after_filter: bool,
}

/// `column::text`.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub(super) column: Column,
}

impl QueryFragment<Pg> for Seek {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let comparison = if self.order == Order::Asc {
            ") > ("
        } else {
            ") < ("
        };
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

/// What is known of records that last from a first to a last day.
#[derive(Debug)]
pub struct DayKeys {
    /// The sort keys that are first days, for a record of which no first day is known after all others; and the order in which
    /// that holds, if not in both.
    pub keys: &'static [(&'static str, Option<Order>)],
    /// The largest number of days from a first to a last day, as SQL, if there is a bound worth asking for.
    pub longest: Option<&'static str>,
}

/// The days that filters ask for.
#[derive(Debug, Clone, Copy)]
pub struct DayBounds {
    /// What they mean for the sort keys.
    pub keys: &'static DayKeys,
    /// The first day.
    pub from: Option<PartialDate>,
    /// The last day.
    pub to: Option<PartialDate>,
}

/// `column >= from - longest AND column <= to`: follows from a filter by days, and says where to begin and to end.
#[derive(Debug, Clone, Copy)]
pub struct Within {
    pub(super) column: Column,
    pub(super) longest: &'static str,
    pub(super) from: Option<NaiveDate>,
    pub(super) to: Option<NaiveDate>,
}

impl QueryFragment<Pg> for Within {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if let Some(from) = &self.from {
            [self.column.sql, " >= "]
                .into_iter()
                .for_each(|part| out.push_sql(part));
            out.push_bind_param::<Date, _>(from)?;
            [" - least((", self.longest, "), "]
                .into_iter()
                .for_each(|part| out.push_sql(part));
            out.push_bind_param::<Date, _>(from)?;
            // The type of a day goes back further than the calendar of records, but not by as much as a stretch may last.
            out.push_sql(" - DATE '0001-01-01')");
        }
        if let Some(to) = &self.to {
            [
                if self.from.is_some() { " AND " } else { "" },
                self.column.sql,
                " <= ",
            ]
            .into_iter()
            .for_each(|part| out.push_sql(part));
            out.push_bind_param::<Date, _>(to)?;
        }
        Ok(())
    }
}

impl Expression for Within {
    type SqlType = Bool;
}

/// Asks whether only a few records of a table changed in a stretch of time: they are sort_after_filter sooner than met along the index of
/// a sort key, most of all if that depends on the time.
#[derive(Debug, Clone, Copy)]
pub struct FewChanged {
    /// The table.
    pub table: &'static str,
    /// The beginning.
    pub after: Option<DateTime<Utc>>,
    /// The end.
    pub before: Option<DateTime<Utc>>,
}

impl FewChanged {
    const MOST: i64 = 5000;
    const ENOUGH: i64 = Self::MOST + 1;

    /// True if they are few.
    ///
    /// # Errors
    /// The statement fails.
    pub async fn are_few(self, mut connection: &AsyncPgConnection) -> QueryResult<bool> {
        self.get_result(&mut connection).await
    }
}

impl QueryFragment<Pg> for FewChanged {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT count(*) <= ");
        out.push_bind_param::<BigInt, _>(&Self::MOST)?;
        [" FROM (SELECT FROM ", self.table, " WHERE true"]
            .into_iter()
            .for_each(|part| out.push_sql(part));
        for (comparison, time) in [
            (" AND updated_at > ", &self.after),
            (" AND updated_at < ", &self.before),
        ] {
            if let Some(time) = time {
                out.push_sql(comparison);
                out.push_bind_param::<Timestamptz, _>(time)?;
            }
        }
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&Self::ENOUGH)?;
        out.push_sql(") AS changed");
        Ok(())
    }
}

impl QueryId for FewChanged {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl Query for FewChanged {
    type SqlType = Bool;
}
impl diesel::RunQueryDsl<AsyncPgConnection> for FewChanged {}

/// `id IN (the ids of the page)`, where these are read from a lookup table.
#[derive(Debug, Clone)]
pub struct LookedUp {
    pub(super) table: &'static LookupTable,
    pub(super) key: &'static str,
    pub(super) column: Column,
    pub(super) order: Order,
    pub(super) value: String,
    pub(super) after: Option<(String, Uuid)>,
    pub(super) rows: i64,
}

impl LookedUp {
    /// `AND (key, id) > (after, last)`
    fn seek<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Some((after, last)) = &self.after else {
            return Ok(());
        };
        let comparison = if self.order == Order::Asc {
            ") > ("
        } else {
            ") < ("
        };
        push(
            &mut out,
            &[" AND (", self.key, ", ", self.table.id, comparison],
        );
        out.push_bind_param::<Text, _>(after)?;
        push(&mut out, &["::", self.column.cast.sql(), ", "]);
        out.push_bind_param::<diesel::sql_types::Uuid, _>(last)?;
        out.push_sql(")");
        Ok(())
    }
}

impl QueryFragment<Pg> for LookedUp {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let LookupTable {
            table, id, value, ..
        } = self.table;
        let direction = if self.order == Order::Asc {
            " ASC"
        } else {
            " DESC"
        };
        push(&mut out, &[self.column.id, " IN (SELECT ", id, " FROM "]);
        push(&mut out, &[table, " WHERE ", value, " = "]);
        out.push_bind_param::<Text, _>(&self.value)?;
        self.seek(out.reborrow())?;
        push(&mut out, &[" ORDER BY ", self.key, direction, ", "]);
        push(&mut out, &[id, direction, " LIMIT "]);
        out.push_bind_param::<BigInt, _>(&self.rows)?;
        out.push_sql(")");
        Ok(())
    }
}

fn push(out: &mut AstPass<'_, '_, Pg>, parts: &[&str]) {
    parts.iter().for_each(|part| out.push_sql(part));
}

impl Expression for LookedUp {
    type SqlType = Bool;
}

impl QueryFragment<Pg> for Ordering {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let direction = if self.order == Order::Asc {
            " ASC"
        } else {
            " DESC"
        };
        let (before, behind) = if self.sort_after_filter {
            ("(SELECT ", ")")
        } else {
            ("", "")
        };
        for part in [
            before,
            self.column.sql,
            behind,
            direction,
            ", ",
            self.column.id,
            direction,
        ] {
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
