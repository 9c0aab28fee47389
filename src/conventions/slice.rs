//! A resource as everything that goes over all resources sees it: its type erased, its routes, its search, its bulk.
//!
//! `resources` has the one list of them. Start with [`Slice::of`].

use super::bulk::export::{self, ByteOrderMark, Chunk, Column, Csv, Format, Ndjson, Tabular};
use super::bulk::import::{self, Answers, Import};
use super::context::ApplicationState;
use super::contract::Contract;
use super::http::problem::Problem;
use super::resource::selection::Selection;
use super::resource::{Readable, Writable};
use super::routes::Routes;
use crate::database::sql::full_text::SearchSource;
use crate::domain::{Fault, RecordKind};
use actix_web::web::{Bytes, Data};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::{LocalBoxStream, StreamExt};

/// Bytes of an export as they are written.
pub type Chunks = LocalBoxStream<'static, Chunk>;
/// Bytes of an import as they arrive.
pub type Source<'s> = LocalBoxStream<'s, Result<Bytes, Problem>>;

type Export = fn(Data<ApplicationState>) -> LocalBoxFuture<'static, Result<Chunks, Problem>>;
type Load = for<'a> fn(&'a Import<'a>, Source<'a>) -> LocalBoxFuture<'a, Result<Answers, Problem>>;
type Check = for<'a> fn(
    &'a Contract,
    Source<'a>,
    &'a mut dyn FnMut(u64, Vec<Fault>),
) -> LocalBoxFuture<'a, Result<u64, Problem>>;

/// A resource among others.
pub struct Slice {
    /// Its kind.
    pub kind: RecordKind,
    /// Its routes with their operations.
    pub routes: fn() -> Routes,
    /// Where its words are searched for.
    pub search: SearchSource,
    /// The kinds of the records that its records refer to.
    pub refers_to: &'static [RecordKind],
    /// Writes all its records as lines of JSON that another registry can take over.
    pub export_lines: Export,
    /// Writes all its records as a table.
    pub export_table: Export,
    /// The paths through a record by which the columns of its table are read.
    pub table_paths: fn() -> Vec<&'static str>,
    /// Stores lines of JSON.
    pub import_lines: Load,
    /// Checks lines of JSON without a database, as storing them does; returns how many there are.
    pub check_lines: Check,
}

impl Slice {
    /// The resource `R` with its routes.
    pub const fn of<R: Writable + Tabular>(routes: fn() -> Routes) -> Self {
        Self {
            kind: R::KIND,
            routes,
            search: R::SEARCH,
            refers_to: R::REFERS_TO,
            export_lines: |state| all::<R, _>(state, Ndjson::to_move()).boxed_local(),
            export_table: |state| {
                all::<R, _>(state, Csv::new(&ByteOrderMark::default())).boxed_local()
            },
            table_paths: || R::COLUMNS.iter().filter_map(Column::path).collect(),
            import_lines: |import, source| import.run::<R>(source).boxed_local(),
            check_lines: |contract, source, report| {
                import::check::<R>(contract, source, report).boxed_local()
            },
        }
    }
}

async fn all<R: Readable, F: Format<R>>(
    state: Data<ApplicationState>,
    format: F,
) -> Result<Chunks, Problem> {
    let chunks = export::chunks::<R, F>(state, Selection::default(), format).await?;
    Ok(chunks.boxed_local())
}
