//! The traits of a resource: its input document and metadata, its filters and sort keys, and the SQL that is specific to it.
//!
//! One rule: a slice implements [`Resource`], [`Readable`] and [`Writable`] with plain statements on one connection; `reading`,
//! `writing` and `bulk` are written once over these traits. The statements that all resources share are in [`queries`]. Start
//! with [`Resource`].

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
    Assigned, Assignment, Input, MAX_POSITION, UNASSIGNED_POSITION, keep_first_of_equals,
    unassigned_position,
};
pub use key::Key;
pub use nested::Nested;
pub use record::{FIRST_VERSION, Record};
pub use relation::{MAX_INCLUDED, Relation};

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

/// A kind of record: metadata, an input document, and the names of the records that it refers to.
#[expect(async_fn_in_trait, reason = "futures stay on the worker's thread")]
pub trait Resource: Serialize + Sized + 'static {
    /// The kind of record.
    const KIND: RecordKind;
    /// The input document.
    type Input: Input;

    /// Makes a record of its metadata and its input document, without the names of the records that it refers to.
    fn new(record: Record, input: Self::Input) -> Self;
    /// The metadata.
    fn record(&self) -> &Record;
    /// The metadata, for modification.
    fn record_mut(&mut self) -> &mut Record;
    /// The input document.
    fn input(&self) -> &Self::Input;

    /// Loads the names of the records that these refer to; `NotFound` if one of them does not exist any more.
    async fn load_names(_connection: &AsyncPgConnection, _records: &mut [Self]) -> QueryResult<()> {
        Ok(())
    }
}

/// Records as the database sends them.
pub type Rows<'a, R> = LocalBoxStream<'a, QueryResult<R>>;

/// A row of a resource: metadata, input document, and the sort key if it was requested.
pub type Row<R> = (Record, <R as Resource>::Input, Option<String>);

/// A resource that is listed, searched and exported.
#[expect(async_fn_in_trait, reason = "futures stay on the worker's thread")]
pub trait Readable: Resource {
    /// The filters of its list.
    type Filter: ListFilter;
    /// The sort keys of its list.
    type Sort: SortKey;

    /// The table and the columns that a search uses.
    const SEARCH: SearchSource;
    /// The kinds of the records that its records refer to.
    const REFERS_TO: &'static [RecordKind] = &[];
    /// The relations whose records `include` can add to an answer.
    const RELATIONS: &'static [Relation] = &[];

    /// Adds what a list says of a record because these filters selected it.
    fn annotate(&mut self, _filter: &Self::Filter) {}

    /// Executes a statement that selects the columns of its input document.
    async fn rows<'a>(
        connection: &'a AsyncPgConnection,
        select: Select,
    ) -> QueryResult<Rows<'a, Row<Self>>>;
}

/// A resource that is created, changed and deleted.
#[expect(async_fn_in_trait, reason = "futures stay on the worker's thread")]
pub trait Writable: Readable {
    /// The columns that are derived from the input document, such as sort keys. They are part of the row, not of the record.
    type Derived: Serialize;

    /// The constraints of the database that its writes can violate.
    const CONSTRAINTS: &'static [Constraint];
    /// The example bodies of its writes, as a JSON object with the members `create`, `replace` and `patch`. The one to replace is
    /// the record of the sample plan at the address in the examples, so sending it changes nothing.
    const EXAMPLES: &'static str;

    /// Derives these columns. Every write of a row writes them together with the input document.
    fn derived(input: &Self::Input) -> Self::Derived;

    /// Inserts a row.
    async fn insert(
        connection: &AsyncPgConnection,
        id: Uuid,
        input: Self::Input,
    ) -> QueryResult<Record>;
    /// Replaces a row and increments its version.
    async fn update(
        connection: &mut AsyncPgConnection,
        id: Uuid,
        input: Self::Input,
    ) -> QueryResult<Record>;
    /// The conflicts of an input for the record `id` with stored records, apart from references and the slug.
    async fn conflicts(
        _connection: &AsyncPgConnection,
        _id: Uuid,
        _input: &Self::Input,
    ) -> QueryResult<Vec<Conflict>> {
        Ok(Vec::new())
    }
    /// Some of the records that refer to this one and thereby prevent its deletion.
    async fn usage(_connection: &AsyncPgConnection, _id: Uuid) -> QueryResult<Vec<RelatedRecord>> {
        Ok(Vec::new())
    }
}
