//! Keyset paging: a page starts after the last row of the one before, so that the last costs what the first does.
//!
//! A sort key is data, a [`Column`]; [`Page::seek`], [`Page::ordering`] and [`Page::key`] are the three pieces of SQL
//! that a list query composes. Every order ends in the id, so that no two rows tie.

mod cursor;
mod fragments;
mod sort;

pub use cursor::Start;
pub use fragments::{
    DayBounds, DayKeys, FewChanged, Key, LookedUp, LookupTable, Ordering, Seek, Within,
};
pub use sort::{Cast, Column, Order, SortKey};

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

/// The parameters that say nothing of which records are listed.
const OF_PAGE: [&str; 7] = [
    "limit", "cursor", "order", "sort", "count", "fields", "include",
];

/// The parameters that every list has.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParameters {
    /// How many items the page may have.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    #[expect(dead_code, reason = "[`Start`] reads it")]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same filters and order.
    #[param(max_length = 2000, example = "eyJrIjoiTWFuY2hlc3RlciJ9")]
    #[expect(dead_code, reason = "[`Start`] reads it")]
    cursor: Option<String>,
    /// Direction.
    #[param(example = "desc")]
    order: Option<Order>,
    /// Adds `total`, the number of all items of the list; counting takes longer the more there are.
    #[param(example = true)]
    count: Option<bool>,
}

/// Which page of a list is wanted that can be sorted by the keys `S`.
pub struct Page<S> {
    /// Where it starts.
    pub start: Start,
    /// True if the total is wanted.
    pub count: bool,
    /// True if it is not all records that are listed.
    pub filtered: bool,
    /// How words are searched for.
    pub mode: SearchMode,
    /// True to find the records first and sort them afterwards, rather than walk along the index of the sort key.
    pub sort_after_filter: bool,
    column: Column,
    order: Order,
    keys: PhantomData<S>,
}

impl<S: SortKey> Page<S> {
    /// The page that starts after the cursor; `None` on the first page.
    pub fn seek(&self) -> Option<Seek> {
        let (key, id) = self.start.after.clone()?;
        Some(Seek {
            column: self.column,
            order: self.order,
            key,
            id,
        })
    }

    /// The rows of the page out of a lookup table, if that has the sort key.
    pub fn looked_up(&self, table: &'static LookupTable, value: String) -> Option<LookedUp> {
        let key = self.column.sql.rsplit('.').next()?;
        let key = table.keys.iter().find(|known| **known == key)?;
        Some(LookedUp {
            table,
            key,
            column: self.column,
            order: self.order,
            value,
            after: self.start.after.clone(),
            rows: self.rows(),
        })
    }

    /// True if the list is sorted by when its records last changed.
    pub fn is_sorted_by_change(&self) -> bool {
        self.column.sql.ends_with(".updated_at")
    }

    /// What the days that filters ask for mean for the sort key, if that is a first day.
    pub fn within(&self, days: &DayBounds) -> Option<Within> {
        let DayKeys { keys, longest } = days.keys;
        let known = keys.iter().any(|(key, order)| {
            *key == self.column.sql && order.is_none_or(|order| order == self.order)
        });
        let within = Within {
            column: self.column,
            longest: longest.unwrap_or_default(),
            from: days
                .from
                .filter(|_| longest.is_some())
                .map(PartialDate::earliest),
            to: days.to.map(PartialDate::latest),
        };
        (known && (within.from.is_some() || within.to.is_some())).then_some(within)
    }

    /// The order of the list.
    pub fn ordering(&self) -> Ordering {
        Ordering {
            column: self.column,
            order: self.order,
            sort_after_filter: self.sort_after_filter,
        }
    }

    /// The sort key of a row as text, for the cursor behind it.
    pub fn key(&self) -> Key {
        Key {
            column: self.column,
        }
    }

    /// One more than the page has room for: the surplus row says that there is a next page.
    pub fn rows(&self) -> i64 {
        self.start.limit + 1
    }

    /// Cuts the surplus row off, where `id` gives the id of a row; the cursor leads to the next page.
    pub fn finish<T>(
        &self,
        mut rows: Vec<(T, String)>,
        id: impl Fn(&T) -> Uuid,
    ) -> (Vec<T>, Option<String>) {
        let room = usize::try_from(self.start.limit).unwrap_or(usize::MAX);
        let more = rows.len() > room;
        rows.truncate(room);
        let cursor = rows
            .last()
            .filter(|_| more)
            .map(|(row, key)| self.start.cursor(key, id(row), self.mode));
        (rows.into_iter().map(|(row, _)| row).collect(), cursor)
    }

    fn from_request_sorted_by(request: &HttpRequest, default_sort: S) -> Result<Self, Problem> {
        let extensions = request.extensions();
        let values = QueryValues::from_extensions(&extensions)?;
        let given: PageParameters = values.parse()?;
        let sort = values
            .get("sort")
            .map(|sort| serde_json::from_value(sort.clone()));
        let sort = sort
            .transpose()
            .map_err(Problem::internal)?
            .unwrap_or(default_sort);
        let order = given.order.unwrap_or_default();
        let column = sort.column(order);
        let start = Start::from_query(request, sort, column.cast)?;
        let filtered = values
            .iter()
            .any(|(name, _)| !OF_PAGE.contains(&name.as_str()));
        let (count, mode) = (given.count.unwrap_or_default(), start.mode);
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

    /// The same page of a list that is sorted by `sort` unless the request says otherwise.
    ///
    /// # Errors
    /// A cursor of another list.
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
