//! A page whose ids are read from a lookup table, which has an index over the filter and the sort keys together.
//!
//! One rule: only a filter by a single value can use it. Start with [`LookedUp`].

use super::{comparison, direction, push};
use crate::conventions::paging::{Column, Order};
use diesel::QueryResult;
use diesel::expression::Expression;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, BigInt, Bool, Text};
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
    /// The column with a list of tags, if the table has one.
    pub tags: Option<&'static str>,
    /// The sort keys. Each has an index over the value, the key and the id.
    pub keys: &'static [&'static str],
}

/// The value of a [`LookupTable`] by which records are found.
#[derive(Debug, Clone)]
pub enum LookupValue {
    /// A text.
    Text(String),
    /// The id of a record.
    Id(Uuid),
}

/// What to look up in which table.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// The table.
    pub table: &'static LookupTable,
    /// The value that the rows have.
    pub value: LookupValue,
    /// The rows have one of these tags, unless there are none.
    pub tags: Vec<String>,
}

impl Lookup {
    /// The condition that a row of the table is one of those.
    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        push(out, &[self.table.value, " = "]);
        match &self.value {
            LookupValue::Text(text) => out.push_bind_param::<Text, _>(text)?,
            LookupValue::Id(id) => out.push_bind_param::<diesel::sql_types::Uuid, _>(id)?,
        }
        if let Some(column) = self.table.tags.filter(|_| !self.tags.is_empty()) {
            push(out, &[" AND ", column, " && "]);
            out.push_bind_param::<Array<Text>, _>(&self.tags)?;
        }
        Ok(())
    }
}

/// `id IN (SELECT …)`: the ids of the page, read from a lookup table.
#[derive(Debug, Clone)]
pub struct LookedUp {
    pub(crate) lookup: Lookup,
    pub(crate) key: &'static str,
    pub(crate) column: Column,
    pub(crate) order: Order,
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
        let id = self.lookup.table.id;
        push(out, &[" AND (", self.key, ", ", id, comparison]);
        out.push_bind_param::<Text, _>(after)?;
        push(out, &["::", self.column.cast.sql(), ", "]);
        out.push_bind_param::<diesel::sql_types::Uuid, _>(last)?;
        out.push_sql(")");
        Ok(())
    }
}

impl QueryFragment<Pg> for LookedUp {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let LookupTable { table, id, .. } = self.lookup.table;
        push(&mut out, &[self.column.id, " IN (SELECT ", id]);
        push(&mut out, &[" FROM ", table, " WHERE "]);
        self.lookup.push(&mut out)?;
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
