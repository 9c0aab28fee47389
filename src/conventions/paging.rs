//! Keyset paging: a page starts after the last row of the one before, so that the last costs what the first does.
//!
//! A sort key is data, a [`Column`]; [`Page::seek`], [`Page::ordering`] and [`Page::key`] are the three pieces of SQL
//! that a list query composes. Every order ends in the id, so that no two rows tie.

mod fragments;

pub use fragments::{Days, Few, Key, Narrow, Narrowed, Ordering, Seek, Within};

use super::context::Context;
use super::fields::Fields;
use super::include;
use super::problem::{Code, Problem};
use super::query::Values;
use super::reading::versioned::Tagged;
use super::resource::{PageBody, Resource};
use crate::database::Anywhere;
use crate::database::search::Manner;
use crate::domain::{Fault, FaultCode, PartialDate};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::future::{Ready, ready};
use std::marker::PhantomData;
use uuid::Uuid;

/// Items of a page if the request does not say how many.
const DEFAULT_LIMIT: i64 = 50;

/// The parameters that say nothing of which records are listed.
const OF_PAGE: [&str; 7] = [
    "limit", "cursor", "order", "sort", "count", "fields", "include",
];

/// Direction of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SortOrder)]
pub enum Order {
    /// Smallest first.
    #[default]
    Asc,
    /// Largest first.
    Desc,
}

/// The PostgreSQL type of a sort key: how its text in a cursor becomes a value again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cast {
    /// `timestamptz`
    Time,
    /// `date`
    Date,
    /// `text`
    Text,
    /// `bigint`
    Integer,
    /// `numeric`
    Decimal,
    /// `real`
    Real,
}

impl Cast {
    fn sql(self) -> &'static str {
        match self {
            Self::Time => "timestamptz",
            Self::Date => "date",
            Self::Text => "text",
            Self::Integer => "bigint",
            Self::Decimal => "numeric",
            Self::Real => "real",
        }
    }

    /// True if PostgreSQL will take the text as that type: a cursor is the client's word.
    fn takes(self, text: &str) -> bool {
        let bounded = |year: i32| (1..=9999).contains(&year);
        match self {
            Self::Time => {
                let parsed = chrono::DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z");
                parsed.is_ok_and(|time| {
                    bounded(time.year())
                        && text.ends_with("+00")
                        && text.starts_with(|first: char| first.is_ascii_digit())
                })
            }
            Self::Date => text
                .parse::<chrono::NaiveDate>()
                .is_ok_and(|date| bounded(date.year()) && date.to_string() == text),
            Self::Text => !text.contains('\0'),
            Self::Integer => text
                .parse::<i64>()
                .is_ok_and(|number| number.to_string() == text),
            Self::Real => text.parse::<f32>().is_ok_and(f32::is_finite),
            Self::Decimal => {
                let digits = text
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || b".-".contains(&byte));
                text.len() < 40 && digits && text.parse::<f64>().is_ok()
            }
        }
    }
}

/// The column of a sort key. It has an index together with the id and is never null.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The expression as SQL, qualified.
    pub sql: &'static str,
    /// The id of the same table, qualified.
    pub id: &'static str,
    /// Its type.
    pub cast: Cast,
}

/// The sort keys of a resource: an enum whose names are the values of `sort`.
pub trait SortKey:
    Copy + Default + Serialize + DeserializeOwned + utoipa::ToSchema + 'static
{
    /// The column to sort by in that direction; a key with unknown values has one for each, so that they come last.
    fn column(self, order: Order) -> Column;
}

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

/// Which page of the list of `R` is wanted.
pub struct Page<R> {
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
    resource: PhantomData<R>,
}

/// Where a page of any list starts, and how long it may be.
pub struct Start {
    /// How many items it may have.
    pub limit: i64,
    /// Sort key and id of the last item of the page before.
    pub after: Option<(String, Uuid)>,
    /// How the page before was searched for, if it was: this one goes on in that manner.
    pub manner: Manner,
    fingerprint: String,
}

impl Start {
    /// The start that a checked request wants, in a list that is sorted by `sort`, a key of that type.
    ///
    /// # Errors
    /// A cursor of another list.
    pub fn of(request: &HttpRequest, sort: impl Serialize, cast: Cast) -> Result<Self, Problem> {
        let extensions = request.extensions();
        let values = extensions
            .get::<Values>()
            .ok_or_else(|| Problem::internal("the query was checked by nobody"))?;
        let fingerprint = fingerprint(request.path(), values, sort);
        let cursor = values.get("cursor").and_then(Value::as_str);
        let after = cursor
            .map(|text| decode(text, &fingerprint, cast))
            .transpose()?;
        let limit = values
            .get("limit")
            .and_then(Value::as_i64)
            .unwrap_or(DEFAULT_LIMIT);
        let manner = if after.as_ref().is_some_and(|cursor| cursor.alike) {
            Manner::Likeness
        } else {
            Manner::Words
        };
        Ok(Self {
            limit,
            after: after.map(|cursor| (cursor.key, cursor.id)),
            manner,
            fingerprint,
        })
    }

    /// The cursor behind the item with that sort key and id on a page that was searched for in that manner.
    pub fn cursor(&self, key: &str, id: Uuid, manner: Manner) -> String {
        let cursor = Cursor {
            key: key.to_owned(),
            id,
            fingerprint: self.fingerprint.clone(),
            alike: manner == Manner::Likeness,
        };
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).unwrap_or_default())
    }

    /// The header `Link` with the address of the next page (RFC 8288).
    pub fn next_link(
        request: &HttpRequest,
        cursor: Option<&str>,
    ) -> Option<(header::HeaderName, String)> {
        let cursor = cursor?;
        let registry = request.app_data::<web::Data<super::context::Registry>>();
        let base = registry
            .map(|registry| registry.public_url.as_str())
            .unwrap_or_default();
        let others = request
            .query_string()
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
        let query = others
            .map(str::to_owned)
            .chain([format!("cursor={cursor}")])
            .collect::<Vec<_>>()
            .join("&");
        Some((
            header::LINK,
            format!("<{base}{}?{query}>; rel=\"next\"", request.path()),
        ))
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Cursor {
    #[serde(rename = "k")]
    key: String,
    #[serde(rename = "i")]
    id: Uuid,
    #[serde(rename = "f")]
    fingerprint: String,
    #[serde(rename = "l", default, skip_serializing_if = "std::ops::Not::not")]
    alike: bool,
}

impl<R: Resource> Page<R> {
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
    pub fn changed(&self) -> Option<Few> {
        let Changed {
            updated_after: after,
            updated_before: before,
        } = self.changed;
        let sorted_by_it = self.column.sql.ends_with(".updated_at");
        (!sorted_by_it && (after.is_some() || before.is_some())).then_some(Few {
            table: R::NAME.plural,
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

    /// Cuts the surplus row off; the cursor leads to the next page.
    pub fn finish(&self, mut rows: Vec<(R, String)>) -> (Vec<R>, Option<String>) {
        let room = usize::try_from(self.start.limit).unwrap_or(usize::MAX);
        let more = rows.len() > room;
        rows.truncate(room);
        let cursor = rows
            .last()
            .filter(|_| more)
            .map(|(row, key)| self.start.cursor(key, row.record().id, self.manner));
        (rows.into_iter().map(|(row, _)| row).collect(), cursor)
    }

    fn of_request(request: &HttpRequest, default_sort: R::Sort) -> Result<Self, Problem> {
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
        let column = R::Sort::column(sort, order);
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
            resource: PhantomData,
        })
    }

    /// The same page of a list that is sorted by `sort` unless the request says otherwise.
    ///
    /// # Errors
    /// A cursor of another list.
    pub fn sorted_by(request: &HttpRequest, sort: R::Sort) -> Result<Self, Problem> {
        Self::of_request(request, sort)
    }
}

impl<R: Resource> FromRequest for Page<R> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of_request(request, R::Sort::default()))
    }
}

/// A page as a response, with the address of the next one in `Link` (RFC 8288).
///
/// # Errors
/// 503.
pub async fn respond<R: Resource>(
    request: &HttpRequest,
    context: &Context,
    page: PageBody<R>,
) -> Result<Tagged<Sparse<PageBody<R>>>, Problem> {
    let next = Start::next_link(request, page.next_cursor.as_deref());
    Ok(Tagged {
        value: sparse(request, context, page).await?,
        header: next,
    })
}

/// A page with all properties of its items or with those that are wanted.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Sparse<T> {
    /// With all.
    Whole(T),
    /// With some.
    Cut(Value),
}

async fn sparse<R: Resource>(
    request: &HttpRequest,
    context: &Context,
    page: PageBody<R>,
) -> Result<Sparse<PageBody<R>>, Problem> {
    let fields = Fields::of(request);
    let mut included = include::load(context, request, &page.data).await?;
    if !fields.are_some() && included.is_empty() {
        return Ok(Sparse::Whole(page));
    }
    let ids: Vec<Uuid> = page.data.iter().map(|record| record.record().id).collect();
    let mut cut = serde_json::to_value(page).map_err(Problem::internal)?;
    let records = cut
        .get_mut("data")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten();
    for (record, id) in records.zip(ids) {
        fields.keep(record);
        include::insert(&mut included, id, record);
    }
    Ok(Sparse::Cut(cut))
}

/// What a list is: its address, filters and order, but not the size and number of its pages.
fn fingerprint(path: &str, values: &Values, sort: impl Serialize) -> String {
    let mut hash = Sha256::new();
    hash.update(path);
    hash.update(serde_json::to_vec(&sort).unwrap_or_default());
    for (name, value) in values.iter() {
        if !matches!(
            name.as_str(),
            "cursor" | "limit" | "count" | "sort" | "fields"
        ) {
            hash.update(name);
            hash.update(value.to_string());
        }
    }
    URL_SAFE_NO_PAD.encode(hash.finalize().get(..6).unwrap_or_default())
}

fn decode(text: &str, fingerprint: &str, cast: Cast) -> Result<Cursor, Problem> {
    let refuse = |detail: &str| {
        Problem::of_faults(
            Code::InvalidParameters,
            vec![Fault::of_parameter("cursor", FaultCode::Cursor, detail)],
        )
    };
    let bytes = URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| refuse("the cursor is not one of this service"))?;
    let cursor: Cursor = serde_json::from_slice(&bytes)
        .map_err(|_| refuse("the cursor is not one of this service"))?;
    if cursor.fingerprint != fingerprint {
        return Err(refuse(
            "the cursor belongs to a list with other filters or another order; start again without it",
        ));
    }
    if !cast.takes(&cursor.key) {
        return Err(refuse("the cursor is not one of this service"));
    }
    Ok(cursor)
}
