//! A resource with its type erased, for code that goes over all resources: routes, search, exports and imports.
//!
//! The list of all slices is in `resources`. Start with [`Slice::new`].

use super::bulk::export::{self, Chunk, Column, Csv, Format, Ndjson, TableOptions, Tabular};
use super::bulk::import::{self, BeginKind, Import, ImportReport};
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

/// The bytes of an export, as they are written.
pub type ExportStream = LocalBoxStream<'static, Chunk>;
/// The bytes of an import, as they arrive.
pub type ImportStream<'s> = LocalBoxStream<'s, Result<Bytes, Problem>>;

type ExportFn =
    fn(Data<ApplicationState>) -> LocalBoxFuture<'static, Result<ExportStream, Problem>>;
type ImportFn = for<'a> fn(
    &'a Import<'a>,
    ImportStream<'a>,
) -> LocalBoxFuture<'a, Result<ImportReport, Problem>>;
type CheckFn = for<'a> fn(
    &'a Contract,
    ImportStream<'a>,
    &'a mut dyn FnMut(u64, Vec<Fault>),
) -> LocalBoxFuture<'a, Result<u64, Problem>>;

/// A resource with its type erased.
pub struct Slice {
    /// The kind of its records.
    pub kind: RecordKind,
    /// Makes its routes with their operations.
    pub routes: fn() -> Routes,
    /// The table and the columns that searches use.
    pub search: SearchSource,
    /// The kinds of the records that its records refer to.
    pub refers_to: &'static [RecordKind],
    /// Exports all records as lines of JSON that another registry can import.
    pub export_lines: ExportFn,
    /// Exports all records as a table.
    pub export_table: ExportFn,
    /// The paths in the JSON of a record from which the columns of the table are read.
    pub table_paths: fn() -> Vec<&'static str>,
    /// Imports lines of JSON.
    pub import_lines: ImportFn,
    /// Begins the lines of this kind in an import of several kinds.
    pub begin_lines: BeginKind,
    /// Checks lines of JSON as an import does, but without a database; returns the number of lines.
    pub check_lines: CheckFn,
}

impl Slice {
    /// Makes the slice of the resource `R`.
    pub const fn new<R: Writable + Tabular>(routes: fn() -> Routes) -> Self {
        Self {
            kind: R::KIND,
            routes,
            search: R::SEARCH,
            refers_to: R::REFERS_TO,
            export_lines: |state| export_all::<R, _>(state, Ndjson::portable()).boxed_local(),
            export_table: |state| {
                export_all::<R, _>(state, Csv::new(TableOptions::default())).boxed_local()
            },
            table_paths: || R::COLUMNS.iter().filter_map(Column::path).collect(),
            import_lines: |import, source| import.run::<R>(source).boxed_local(),
            begin_lines: import::begin::<R>,
            check_lines: |contract, source, report| {
                import::check::<R>(contract, source, report).boxed_local()
            },
        }
    }
}

async fn export_all<R: Readable, F: Format<R>>(
    state: Data<ApplicationState>,
    format: F,
) -> Result<ExportStream, Problem> {
    let chunks = export::chunks::<R, F>(state, Selection::default(), format).await?;
    Ok(chunks.boxed_local())
}
