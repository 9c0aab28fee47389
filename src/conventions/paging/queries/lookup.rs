//! A page whose ids are read from a lookup table, which has an index over the filter and the sort keys together.
//!
//! One rule: only a filter by a single value can use it. Start with [`LookedUp`].

use super::{comparison, direction, push};
use crate::conventions::paging::{Column, Order};
use diesel::QueryResult;
use diesel::expression::Expression;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{BigInt, Bool, Text};
use uuid::Uuid;

/// A lookup table in addition to the table of a resource. It contains a value to filter by, and copies of sort keys under the same names.
#[derive(Debug)]
pub struct LookupTable {
    /// Its name.
    pub table: &'static str,
    /// The column with the id of the record.
    pub id: &'static str,
    /// The column with the value.
    pub value: &'static str,
    /// The sort keys. Each has an index over the value, the key and the id.
    pub keys: &'static [&'static str],
}

/// `id IN (SELECT …)`: the ids of the page, read from a lookup table.
#[derive(Debug, Clone)]
pub struct LookedUp {
    pub(crate) table: &'static LookupTable,
    pub(crate) key: &'static str,
    pub(crate) column: Column,
    pub(crate) order: Order,
    pub(crate) value: String,
    pub(crate) after: Option<(String, Uuid)>,
    pub(crate) limit: i64,
}

impl LookedUp {
    /// `AND (key, id) > (after)`, if the page is not the first.
    fn push_seek<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Some((after, last)) = &self.after else {
            return Ok(());
        };
        let comparison = comparison(self.order);
        push(out, &[" AND (", self.key, ", ", self.table.id, comparison]);
        out.push_bind_param::<Text, _>(after)?;
        push(out, &["::", self.column.cast.sql(), ", "]);
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
        push(&mut out, &[self.column.id, " IN (SELECT ", id]);
        push(&mut out, &[" FROM ", table, " WHERE ", value, " = "]);
        out.push_bind_param::<Text, _>(&self.value)?;
        self.push_seek(&mut out)?;
        let direction = direction(self.order);
        push(&mut out, &[" ORDER BY ", self.key, direction]);
        push(&mut out, &[", ", id, direction, " LIMIT "]);
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(")");
        Ok(())
    }
}

impl Expression for LookedUp {
    type SqlType = Bool;
}
