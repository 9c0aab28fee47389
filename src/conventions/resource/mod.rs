//! What a resource is: its names, fields, rules, and the SQL that every slice writes in the same shape.
//!
//! A slice implements [`Resource`] with ordinary queries on one connection; `reading`, `writing` and `bulk` are written over it.

mod key;
pub mod references;
mod relation;
pub mod slugs;

pub use key::{Key, Name};
pub use relation::{MOST, Related, Relation};

use super::http::problem::{Problem, RelatedRecord};
use super::paging::{Page, SortKey};
use crate::database::Database;
use crate::database::sql::full_text::Searched;
use crate::domain::{Fault, FaultCode, Faults};
use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use futures_util::stream::LocalBoxStream;
use references::{Conflict, Queue, Reference};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// What the service itself keeps of each record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, utoipa::ToSchema)]
pub struct Record {
    /// UUIDv7 of the record.
    #[schema(read_only, example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub id: Uuid,
    /// Counts the writes that changed the record, from 1.
    #[schema(read_only, minimum = 1, example = 1)]
    pub version: i32,
    /// When the record was made.
    #[schema(read_only, example = "2026-03-01T09:30:00.123456Z")]
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    #[schema(read_only, example = "2026-03-01T09:30:00.123456Z")]
    pub updated_at: DateTime<Utc>,
}

/// The input document of a resource: what POST and PUT take and PATCH is applied to.
pub trait Input:
    Serialize + DeserializeOwned + Clone + PartialEq + utoipa::ToSchema + 'static
{
    /// Notes the rules across fields that it breaks.
    fn validate(&self, faults: &mut Faults);

    /// The records that it names.
    fn references(&self) -> Vec<Reference> {
        Vec::new()
    }

    /// Takes over from the stored document what was left out and is kept when left out; a fault for what cannot change.
    fn keep(&mut self, _stored: &Self) -> Option<Fault> {
        None
    }
}

/// What it means when a named constraint of the database refuses a write of this resource.
#[derive(Debug, Clone, Copy)]
pub struct Constraint {
    /// Its name in the migration.
    pub name: &'static str,
    /// Where in the body.
    pub pointer: &'static str,
    /// What kind of refusal.
    pub code: FaultCode,
}

impl Constraint {
    /// A constraint with its meaning.
    pub const fn new(name: &'static str, pointer: &'static str, code: FaultCode) -> Self {
        Self {
            name,
            pointer,
            code,
        }
    }
}

/// A kind of record with its table.
#[expect(async_fn_in_trait, reason = "futures stay on the worker's thread")]
pub trait Resource: Serialize + Sized + 'static {
    /// Its names.
    const NAME: Name;
    /// The constraints that its writes can run into.
    const CONSTRAINTS: &'static [Constraint];
    /// Its input document.
    type Input: Input;
    /// The filters of its list.
    type Filter: DeserializeOwned + utoipa::IntoParams + 'static;
    /// The sort keys of its list.
    type Sort: SortKey;

    /// Where to search for it.
    const SEARCHED: Searched;

    /// What the service keeps of it.
    fn record(&self) -> &Record;
    /// The same, to be filled in.
    fn record_mut(&mut self) -> &mut Record;
    /// The stored input document.
    fn input(&self) -> &Self::Input;

    /// Reads one record, without the names of others.
    async fn find(connection: &AsyncPgConnection, key: &Key) -> QueryResult<Option<Self>>;
    /// Reads some records, in the order of their ids, and keeps others from changing them until the end of the transaction.
    async fn lock(connection: &mut AsyncPgConnection, ids: &[Uuid]) -> QueryResult<Vec<Self>>;
    /// Reads the rows of a page and the sort key of each.
    async fn page(
        connection: &AsyncPgConnection,
        filter: &Self::Filter,
        page: &Page<Self::Sort>,
    ) -> Result<Vec<(Self, String)>, Problem>;
    /// True if the page is read from a narrow table, where the best way is the same whatever the values of the filter are.
    fn is_narrow(_filter: &Self::Filter, _page: &Page<Self::Sort>) -> bool {
        false
    }
    /// Settles what the filter looks at and no write has settled.
    async fn settle(_database: &Database, _filter: &Self::Filter) -> Result<(), Problem> {
        Ok(())
    }
    /// Counts all rows of the list of a page.
    async fn count(
        connection: &AsyncPgConnection,
        filter: &Self::Filter,
        page: &Page<Self::Sort>,
    ) -> Result<i64, Problem>;
    /// Reads the rows of all records that the filter describes, in the order of their ids, as the database sends them.
    async fn rows<'a>(
        connection: &'a AsyncPgConnection,
        filter: &Self::Filter,
    ) -> Result<Rows<'a, Self>, Problem>;
    /// Fills in the names of the records that these refer to; `NotFound` if one of those is gone.
    async fn embed(_connection: &AsyncPgConnection, _records: &mut [Self]) -> QueryResult<()> {
        Ok(())
    }
    /// The queue in which a record waits for what is assigned to it, so that no two get the same.
    fn queue(_input: &Self::Input) -> Option<Queue> {
        None
    }
    /// Assigns what the inputs left to the service, slugs or positions, one after another.
    async fn assign(
        _connection: &AsyncPgConnection,
        _inputs: &mut [&mut Self::Input],
    ) -> QueryResult<()> {
        Ok(())
    }
    /// What stored records have against this input for the record `id`.
    async fn conflicts(
        _connection: &AsyncPgConnection,
        _id: Uuid,
        _input: &Self::Input,
    ) -> QueryResult<Vec<Conflict>> {
        Ok(Vec::new())
    }
    /// Some of the records that keep this one from being removed.
    async fn usage(_connection: &AsyncPgConnection, _id: Uuid) -> QueryResult<Vec<RelatedRecord>> {
        Ok(Vec::new())
    }
    /// The record that consists of that.
    fn of(record: Record, input: Self::Input) -> Self;
    /// Writes a new row.
    async fn insert(
        connection: &AsyncPgConnection,
        id: Uuid,
        input: Self::Input,
    ) -> QueryResult<Record>;
    /// Writes a row anew, in the next version.
    async fn update(
        connection: &mut AsyncPgConnection,
        id: Uuid,
        input: Self::Input,
    ) -> QueryResult<Self>;
    /// Deletes a row and what belongs to it.
    async fn delete(connection: &mut AsyncPgConnection, id: Uuid) -> QueryResult<()>;
}

/// The rows of an export as the database sends them.
pub type Rows<'a, R> = LocalBoxStream<'a, QueryResult<R>>;
