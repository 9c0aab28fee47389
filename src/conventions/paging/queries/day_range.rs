//! A range of days that a filter implies for the sort key, so that an index scan has a beginning and an end.
//!
//! Records last from a first to a last day. A filter by days bounds the last day from below and the first day from above, but
//! lists are sorted by the first day. The planner does not know that the two columns are correlated: it would scan the index of
//! the first day from its very beginning and discard every record before the filter. Start with [`DayRange`].

use super::push;
use crate::conventions::paging::{Column, Order};
use crate::domain::PartialDate;
use chrono::NaiveDate;
use diesel::QueryResult;
use diesel::expression::Expression;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Bool, Date};

/// The sort keys of a resource that are first days.
#[derive(Debug)]
pub struct DayKeys {
    /// The columns. A record without a first day has a value after all others in them. If a direction is given, this holds in
    /// that direction only.
    pub keys: &'static [(&'static str, Option<Order>)],
    /// The length of the longest record in days, as SQL; `None` if records can be open-ended.
    pub longest: Option<&'static str>,
}

/// The days that the filters of a list ask for.
#[derive(Debug, Clone, Copy)]
pub struct DayBounds {
    /// The sort keys that they bound.
    pub keys: &'static DayKeys,
    /// The first day.
    pub from: Option<PartialDate>,
    /// The last day.
    pub to: Option<PartialDate>,
}

/// `column >= from - longest AND column <= to`: implied by the filter, and usable as the bounds of an index scan.
#[derive(Debug, Clone, Copy)]
pub struct DayRange {
    pub(crate) column: Column,
    pub(crate) longest: &'static str,
    pub(crate) from: Option<NaiveDate>,
    pub(crate) to: Option<NaiveDate>,
}

impl QueryFragment<Pg> for DayRange {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if let Some(from) = &self.from {
            push(&mut out, &[self.column.sql, " >= "]);
            out.push_bind_param::<Date, _>(from)?;
            push(&mut out, &[" - least((", self.longest, "), "]);
            out.push_bind_param::<Date, _>(from)?;
            // The longest record can be longer than the dates of PostgreSQL reach back, so the result is limited to year 1.
            out.push_sql(" - DATE '0001-01-01')");
        }
        if let Some(to) = &self.to {
            if self.from.is_some() {
                out.push_sql(" AND ");
            }
            push(&mut out, &[self.column.sql, " <= "]);
            out.push_bind_param::<Date, _>(to)?;
        }
        Ok(())
    }
}

impl Expression for DayRange {
    type SqlType = Bool;
}
