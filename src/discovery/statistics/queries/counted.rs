//! The plans that are counted, and the order of the counts.

use crate::conventions::resource::selection::Selection;
use crate::database::sql::full_text::SearchMode;
use crate::database::sql::{In, SqlFragment};
use crate::discovery::statistics::lists::Lists;
use crate::resources::plans::{Plan, PlanFilter};
use crate::resources::references::PlanCount;
use diesel::QueryResult;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::sql_types::BigInt;
use diesel_async::AsyncPgConnection;

/// The plans that are counted.
#[derive(Clone, Copy)]
pub(super) struct Counted<'s> {
    selection: &'s Selection<PlanFilter>,
    mode: SearchMode,
    /// How they are counted.
    pub by: &'s PlanCount,
    /// The addresses of the lists of the counted plans.
    pub lists: &'s Lists,
}

impl<'s> Counted<'s> {
    /// The plans that the filters select.
    pub async fn new(
        connection: &AsyncPgConnection,
        selection: &'s Selection<PlanFilter>,
        by: &'s PlanCount,
        lists: &'s Lists,
    ) -> QueryResult<Self> {
        let mode = selection.search_mode::<Plan>(connection).await?;
        Ok(Self {
            selection,
            mode,
            by,
            lists,
        })
    }

    /// The number of plans in a group that has a row for each plan.
    pub fn rows(self, plan: &str) -> SqlLiteral<BigInt> {
        sql(&self.by.of_rows(plan))
    }

    /// The number of plans in a group that may have several rows for a plan.
    pub fn distinct(self, plan: &str) -> SqlLiteral<BigInt> {
        sql(&self.by.of_distinct(plan))
    }

    /// The condition that a column refers to one of the counted plans.
    pub fn refer_to(self, column: &'static str) -> SqlFragment<In> {
        SqlFragment(self.selection.referred_by::<Plan>(column, self.mode))
    }
}

/// Sorts the largest counts first; equal counts keep their order.
pub(super) fn sorted<T, C>(mut counts: Vec<(T, i64)>, count: impl Fn((T, i64)) -> C) -> Vec<C> {
    counts.sort_by_key(|(_, plans)| std::cmp::Reverse(*plans));
    counts.into_iter().map(count).collect()
}
