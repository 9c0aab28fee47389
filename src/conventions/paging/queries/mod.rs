//! The SQL of a page, as fragments of which any list query can be composed: where it starts, its order, and its sort keys.
//!
//! One rule: every order ends with the id, so that no two rows compare equal. Start with [`Seek`] and [`Ordering`]; the other
//! files are alternatives for lists that these would read slowly.

mod day_range;
mod few_changed;
mod few_found;
mod lookup;

pub use day_range::{DayBounds, DayKeys, DayRange};
pub use few_changed::FewChanged;
pub use few_found::{FewFound, Sample};
pub use lookup::{LookedUp, Lookup, LookupTable, LookupValue};

use crate::conventions::paging::{Column, Order};
use diesel::QueryResult;
use diesel::expression::Expression;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Bool, Text};
use uuid::Uuid;

/// `(column, id) > (key, id)`, or `<` in descending order.
#[derive(Debug, Clone)]
pub struct Seek {
    pub(crate) column: Column,
    pub(crate) order: Order,
    pub(crate) key: String,
    pub(crate) id: Uuid,
}

/// `column, id`, both in the same direction.
#[derive(Debug, Clone, Copy)]
pub struct Ordering {
    pub(crate) column: Column,
    pub(crate) order: Order,
    /// True to sort by an expression that no index contains, so that the planner cannot scan the index of the column.
    pub(crate) sort_after_filter: bool,
}

/// `column::text`.
#[derive(Debug, Clone, Copy)]
pub struct SortKeyText {
    pub(crate) column: Column,
}

/// Appends several pieces of SQL.
fn push(out: &mut AstPass<'_, '_, Pg>, parts: &[&str]) {
    parts.iter().for_each(|part| out.push_sql(part));
}

/// The comparison of two rows that finds what follows in that direction.
fn comparison(order: Order) -> &'static str {
    match order {
        Order::Asc => ") > (",
        Order::Desc => ") < (",
    }
}

fn direction(order: Order) -> &'static str {
    match order {
        Order::Asc => " ASC",
        Order::Desc => " DESC",
    }
}

impl QueryFragment<Pg> for Seek {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Column { sql, id, cast } = self.column;
        push(&mut out, &["(", sql, ", ", id, comparison(self.order)]);
        out.push_bind_param::<Text, _>(&self.key)?;
        push(&mut out, &["::", cast.sql(), ", "]);
        out.push_bind_param::<diesel::sql_types::Uuid, _>(&self.id)?;
        out.push_sql(")");
        Ok(())
    }
}

impl QueryFragment<Pg> for Ordering {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Column { sql, id, .. } = self.column;
        let direction = direction(self.order);
        if self.sort_after_filter {
            push(&mut out, &["(SELECT ", sql, ")"]);
        } else {
            out.push_sql(sql);
        }
        push(&mut out, &[direction, ", ", id, direction]);
        Ok(())
    }
}

impl QueryFragment<Pg> for SortKeyText {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        push(&mut out, &["(", self.column.sql, ")::text"]);
        Ok(())
    }
}

impl Expression for Seek {
    type SqlType = Bool;
}
impl Expression for Ordering {
    type SqlType = Text;
}
impl Expression for SortKeyText {
    type SqlType = Text;
}
