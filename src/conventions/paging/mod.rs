//! Keyset pagination: a page starts after the last row of the previous one, so the last page is as cheap as the first.
//!
//! One rule: every order ends with the id, so that no two rows compare equal. A sort key is data, a [`Column`];
//! [`Page::seek`], [`Page::ordering`] and [`Page::key`] are the three fragments of SQL of which a list query is composed.
//! Start with [`Page`].

mod cursor;
mod position;
mod queries;
mod sort;
mod total;

pub use cursor::Start;
pub use position::Position;
pub use queries::{
    DayBounds, DayKeys, DayRange, FewChanged, FewFound, LookedUp, Lookup, LookupTable, LookupValue,
    Ordering, Sample, Seek, SortKeyText,
};
pub use sort::{Cast, Column, Order, SortKey};
pub use total::{CountMode, Total};

use super::http::problem::Problem;
use super::http::query::QueryValues;
use crate::database::sql::full_text::SearchMode;
use crate::domain::PartialDate;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use serde::Deserialize;
use std::future::{Ready, ready};
use std::marker::PhantomData;
use uuid::Uuid;

/// The parameters that do not restrict which records are listed.
const NON_FILTERS: [&str; 7] = [
    "limit", "cursor", "order", "sort", "count", "fields", "include",
];

/// The parameters that every list has.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParameters {
    /// Maximum number of items on the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    #[expect(dead_code, reason = "[`Start`] reads it")]
    limit: Option<i32>,
    /// Start of the page: the `next_cursor` of the previous page. Filters and order must be the same as for that page.
    #[param(max_length = 2000)]
    #[expect(dead_code, reason = "[`Start`] reads it")]
    cursor: Option<String>,
    /// Direction in which the list is sorted.
    #[param(example = "asc")]
    order: Option<Order>,
    /// `true` to add `total`, the number of all items in the list. It is exact up to 10 000; the total of a longer list is an
    /// estimate, which `total_is_estimate` marks. `exact` counts a list of any length, which takes as long as reading it.
    #[param(example = "false")]
    count: Option<CountMode>,
}

/// The page that a request asks for, in a list with the sort keys `S`.
pub struct Page<S> {
    /// Where the page starts.
    pub start: Start,
    /// Whether the total is requested.
    pub count: CountMode,
    /// True if the request has filters.
    pub filtered: bool,
    /// How words are searched for.
    pub mode: SearchMode,
    /// True to find the records first and sort them afterwards, instead of scanning the index of the sort key.
    pub sort_after_filter: bool,
    column: Column,
    order: Order,
    keys: PhantomData<S>,
}

impl<S: SortKey> Page<S> {
    /// The first page of a list that is read without a request, with the number of all items. No page can follow it.
    pub fn first(sort: S, order: Order, limit: i64) -> Self {
        Self {
            start: Start::first(limit),
            count: CountMode::True,
            filtered: true,
            mode: SearchMode::FullText,
            sort_after_filter: false,
            column: sort.column(order),
            order,
            keys: PhantomData,
        }
    }

    /// The condition that a row comes after the cursor; `None` for the first page.
    pub fn seek(&self) -> Option<Seek> {
        let (key, id) = self.start.after.clone()?;
        Some(Seek {
            column: self.column,
            order: self.order,
            key,
            id,
        })
    }

    /// The condition that a row is on the page, read from a lookup table; `None` if that table does not have the sort key.
    pub fn looked_up(&self, lookup: Lookup) -> Option<LookedUp> {
        let key = self.column.sql.rsplit('.').next()?;
        let key = lookup.table.keys.iter().find(|known| **known == key)?;
        Some(LookedUp {
            lookup,
            key,
            column: self.column,
            order: self.order,
            after: self.start.after.clone(),
            limit: self.row_limit(),
        })
    }

    /// True if the list is sorted by the time of the last change.
    pub fn is_sorted_by_change(&self) -> bool {
        self.column.sql.ends_with(".updated_at")
    }

    /// The range of the sort key that a filter by days implies; `None` if the sort key is not a first day.
    pub fn day_range(&self, days: &DayBounds) -> Option<DayRange> {
        let DayKeys { keys, longest } = days.keys;
        let is_first_day = keys.iter().any(|(key, order)| {
            *key == self.column.sql && order.is_none_or(|order| order == self.order)
        });
        let range = DayRange {
            column: self.column,
            longest: longest.unwrap_or_default(),
            from: days
                .from
                .filter(|_| longest.is_some())
                .map(PartialDate::earliest),
            to: days.to.map(PartialDate::latest),
        };
        (is_first_day && (range.from.is_some() || range.to.is_some())).then_some(range)
    }

    /// The order of the list.
    pub fn ordering(&self) -> Ordering {
        Ordering {
            column: self.column,
            order: self.order,
            sort_after_filter: self.sort_after_filter,
        }
    }

    /// The sort key of a row as text, which becomes part of the cursor.
    pub fn key(&self) -> SortKeyText {
        SortKeyText {
            column: self.column,
        }
    }

    /// The number of rows to read: one more than the page can hold, because that row shows that there is a next page.
    pub fn row_limit(&self) -> i64 {
        self.start.limit + 1
    }

    /// Removes the additional row and makes the cursor of the next page, if there is one. `id` returns the id of a row.
    pub fn finish<T>(
        &self,
        mut rows: Vec<(T, String)>,
        id: impl Fn(&T) -> Uuid,
    ) -> (Vec<T>, Option<String>) {
        let limit = usize::try_from(self.start.limit).unwrap_or(usize::MAX);
        let has_next = rows.len() > limit;
        rows.truncate(limit);
        let cursor = rows
            .last()
            .filter(|_| has_next)
            .map(|(row, key)| self.start.cursor(key, id(row), self.mode));
        (rows.into_iter().map(|(row, _)| row).collect(), cursor)
    }

    fn from_request_sorted_by(request: &HttpRequest, default_sort: S) -> Result<Self, Problem> {
        let extensions = request.extensions();
        let values = QueryValues::from_extensions(&extensions)?;
        let parameters: PageParameters = values.parse()?;
        let sort = values
            .get("sort")
            .map(|sort| serde_json::from_value(sort.clone()));
        let sort = sort
            .transpose()
            .map_err(Problem::internal)?
            .unwrap_or(default_sort);
        let order = parameters.order.unwrap_or_default();
        let column = sort.column(order);
        let start = Start::from_query(request, sort, column.cast)?;
        let filtered = values
            .iter()
            .any(|(name, _)| !NON_FILTERS.contains(&name.as_str()));
        let (count, mode) = (parameters.count.unwrap_or_default(), start.mode);
        Ok(Self {
            start,
            count,
            filtered,
            mode,
            sort_after_filter: false,
            column,
            order,
            keys: PhantomData,
        })
    }

    /// The page of a list that is sorted by `sort` unless the request states another sort key.
    ///
    /// # Errors
    /// The cursor belongs to another list.
    pub fn sorted_by(request: &HttpRequest, sort: S) -> Result<Self, Problem> {
        Self::from_request_sorted_by(request, sort)
    }
}

impl<S: SortKey> FromRequest for Page<S> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::from_request_sorted_by(request, S::default()))
    }
}
