//! The trait that every format of an export implements.

use crate::conventions::context::ApplicationState;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::Readable;

/// A format in which a collection is exported.
#[expect(async_fn_in_trait, reason = "futures stay on the worker's thread")]
pub trait Format<R: Readable>: 'static {
    /// Its media type.
    const MEDIA_TYPE: &'static str;
    /// Writes what precedes the first record.
    fn begin(&mut self, out: &mut Vec<u8>);
    /// Loads what the format needs in addition to the next records.
    ///
    /// # Errors
    /// A statement fails.
    async fn prepare(&mut self, state: &ApplicationState, records: &[R]) -> Result<(), Problem>;
    /// Writes one record.
    ///
    /// # Errors
    /// A value cannot be written.
    fn record(&mut self, record: &R, out: &mut Vec<u8>) -> Result<(), Problem>;
    /// Writes what follows the last record.
    fn end(&mut self, out: &mut Vec<u8>);
}

/// Writes the commas between the items of a list.
#[derive(Default)]
pub struct Separator(bool);

impl Separator {
    /// Writes the separator before the next item.
    pub fn next(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(if self.0 { b",\n" } else { b"\n" });
        self.0 = true;
    }
}
