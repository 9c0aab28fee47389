//! Keyset paging: a page starts after the last row of the one before, so that the last costs what the first does.
//!
//! A sort key is data, a [`Column`]; [`Page::seek`], [`Page::ordering`] and [`Page::key`] are the three pieces of SQL
//! that a list query composes. Every order ends in the id, so that no two rows tie.

mod cursor;
mod fragments;
mod sort;

pub use cursor::Start;
pub use fragments::{Days, Few, Key, Narrow, Narrowed, Ordering, Seek, Within};
pub use sort::{Cast, Column, Order, SortKey};

use super::http::problem::Problem;
use super::http::query::Values;
use crate::database::sql::Anywhere;
use crate::database::sql::full_text::Manner;
use crate::domain::PartialDate;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
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

/// The stretch of time in which the records of a list changed.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Changed {
    updated_after: Option<DateTime<Utc>>,
    updated_before: Option<DateTime<Utc>>,
}

/// Which page of a list is wanted that can be sorted by the keys `S`.
pub struct Page<S> {
    /// Where it starts.
    pub start: Start,
    /// True if the total is wanted.
    pub count: bool,
    /// True if it is not all records that are listed.
    pub filtered: bool,
    /// What is searched for.
    pub text: Option<String>,
    /// How it is searched for.
    pub manner: Manner,
    /// True if what is found is gathered before it is sorted.
    pub gathered: bool,
    changed: Changed,
    column: Column,
    order: Order,
    keys: PhantomData<S>,
}

impl<S: SortKey> Page<S> {
    /// The page that starts after the cursor; `None` on the first page.
    pub fn seek(&self) -> Option<Anywhere<Seek>> {
        let (key, id) = self.start.after.clone()?;
        Some(Anywhere(Seek {
            column: self.column,
            order: self.order,
            key,
            id,
        }))
    }

    /// The rows of the page out of a narrow table, if that has the sort key.
    pub fn narrowed(&self, narrow: &'static Narrow, value: &str) -> Option<Anywhere<Narrowed>> {
        let key = self.column.sql.rsplit('.').next()?;
        let key = narrow.keys.iter().find(|known| **known == key)?;
        let page = Narrowed {
            narrow,
            key,
            column: self.column,
            order: self.order,
            value: value.to_owned(),
            after: self.start.after.clone(),
            rows: self.rows(),
        };
        Some(Anywhere(page))
    }

    /// The records that changed in a stretch of time, if the list is of those and sorted by something else.
    pub fn changed(&self, table: &'static str) -> Option<Few> {
        let Changed {
            updated_after: after,
            updated_before: before,
        } = self.changed;
        let sorted_by_it = self.column.sql.ends_with(".updated_at");
        (!sorted_by_it && (after.is_some() || before.is_some())).then_some(Few {
            table,
            after,
            before,
        })
    }

    /// What a stretch of days that filters ask for means for the sort key, if that is a first day.
    pub fn within(
        &self,
        days: &'static Days,
        from: Option<PartialDate>,
        to: Option<PartialDate>,
    ) -> Option<Anywhere<Within>> {
        let known = days.keys.iter().any(|(key, order)| {
            *key == self.column.sql && order.is_none_or(|order| order == self.order)
        });
        let from = from
            .filter(|_| days.longest.is_some())
            .map(PartialDate::earliest);
        let within = Within {
            column: self.column,
            longest: days.longest.unwrap_or_default(),
            from,
            to: to.map(PartialDate::latest),
        };
        (known && (within.from.is_some() || within.to.is_some())).then_some(Anywhere(within))
    }

    /// The order of the list.
    pub fn ordering(&self) -> Anywhere<Ordering> {
        Anywhere(Ordering {
            column: self.column,
            order: self.order,
            gathered: self.gathered,
        })
    }

    /// The sort key of a row as text, for the cursor behind it.
    pub fn key(&self) -> Anywhere<Key> {
        Anywhere(Key {
            column: self.column,
        })
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
            .map(|(row, key)| self.start.cursor(key, id(row), self.manner));
        (rows.into_iter().map(|(row, _)| row).collect(), cursor)
    }

    fn of_request(request: &HttpRequest, default_sort: S) -> Result<Self, Problem> {
        let extensions = request.extensions();
        let values = extensions
            .get::<Values>()
            .ok_or_else(|| Problem::internal("the query was checked by nobody"))?;
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
        let start = Start::of(request, sort, column.cast)?;
        let filtered = values
            .iter()
            .any(|(name, _)| !OF_PAGE.contains(&name.as_str()));
        let text = values.get("q").and_then(Value::as_str).map(str::to_owned);
        // A phrase is far rarer than its words, which the server does not know: along the index of the sort key it would look
        // at all records for a few.
        let gathered = text.as_ref().is_some_and(|text| text.contains('"'));
        let changed = values.parse()?;
        let (count, manner) = (given.count.unwrap_or_default(), start.manner);
        Ok(Self {
            start,
            count,
            filtered,
            text,
            manner,
            gathered,
            changed,
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
        Self::of_request(request, sort)
    }
}

impl<S: SortKey> FromRequest for Page<S> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of_request(request, S::default()))
    }
}
