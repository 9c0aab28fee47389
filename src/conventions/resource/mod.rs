//! What a resource is: its input document and metadata, its filters and sort keys, and the SQL that only it knows.
//!
//! A slice implements [`Resource`], [`Readable`] and [`Writable`] with ordinary statements on one connection; `reading`, `writing`
//! and `bulk` are written over these traits. What is the same for all resources stands in [`queries`].

pub mod assignment;
mod constraint;
pub mod filter;
mod input;
mod key;
mod nested;
pub mod queries;
mod record;
pub mod references;
mod relation;
pub mod selection;

pub use constraint::Constraint;
pub use input::{
    Assigned, Assignment, Input, LAST_POSITION, UNASSIGNED_POSITION, unassigned_position,
};
pub use key::Key;
pub use nested::Nested;
pub use record::Record;
pub use relation::{MOST, Relation};

use super::http::problem::RelatedRecord;
use super::paging::SortKey;
use crate::database::sql::Select;
use crate::database::sql::full_text::SearchSource;
use crate::domain::RecordKind;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use filter::ListFilter;
use futures_util::stream::LocalBoxStream;
use references::Conflict;
use serde::Serialize;
use uuid::Uuid;

/// A kind of record: its metadata, its input document, and the names of the records that it refers to.
#[expect(async_fn_in_trait, reason = "futures stay on the worker's thread")]
pub trait Resource: Serialize + Sized + 'static {
    /// Which kind.
    const KIND: RecordKind;
    /// Its input document.
    type Input: Input;

    /// The record with that metadata and that input document, without the names of those that it refers to.
    fn new(record: Record, input: Self::Input) -> Self;
    /// Its metadata.
    fn record(&self) -> &Record;
    /// The same, to be filled in.
    fn record_mut(&mut self) -> &mut Record;
    /// Its input document.
    fn input(&self) -> &Self::Input;

    /// Loads the names of the records that these refer to; `NotFound` if one of those is gone.
    async fn load_names(_connection: &AsyncPgConnection, _records: &mut [Self]) -> QueryResult<()> {
        Ok(())
    }
}

/// Records as the database sends them.
pub type Rows<'a, R> = LocalBoxStream<'a, QueryResult<R>>;

/// A row of a resource: metadata, input document, and the sort key if it was asked for.
pub type Row<R> = (Record, <R as Resource>::Input, Option<String>);

/// A resource that is listed, searched and exported.
#[expect(async_fn_in_trait, reason = "futures stay on the worker's thread")]
pub trait Readable: Resource {
    /// The filters of its list.
    type Filter: ListFilter;
    /// The sort keys of its list.
    type Sort: SortKey;

    /// Where its words are searched for.
    const SEARCH: SearchSource;
    /// The kinds of the records that its records refer to.
    const REFERS_TO: &'static [RecordKind] = &[];
    /// The relations whose records `include` can add to an answer.
    const RELATIONS: &'static [Relation] = &[];

    /// Executes a statement for the columns of its input document.
    async fn rows<'a>(
        connection: &'a AsyncPgConnection,
        select: Select,
    ) -> QueryResult<Rows<'a, Row<Self>>>;
}

/// A resource that is created, changed and deleted.
#[expect(async_fn_in_trait, reason = "futures stay on the worker's thread")]
pub trait Writable: Readable {
    /// The constraints of the database that its writes can run into.
    const CONSTRAINTS: &'static [Constraint];

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
    ) -> QueryResult<Record>;
    /// What stored records have against this input for the record `id`, beside its slug.
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
}
