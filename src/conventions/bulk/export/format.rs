//! How a collection is written, whatever the format.

use crate::conventions::context::ApplicationState;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::Readable;

/// How a collection is written.
#[expect(async_fn_in_trait, reason = "futures stay on the worker's thread")]
pub trait Format<R: Readable>: 'static {
    /// Its media type.
    const MEDIA_TYPE: &'static str;
    /// What comes before the first record.
    fn begin(&mut self, out: &mut Vec<u8>);
    /// Reads what it needs beside the next records.
    ///
    /// # Errors
    /// A statement fails.
    async fn prepare(&mut self, registry: &ApplicationState, records: &[R]) -> Result<(), Problem>;
    /// One record.
    ///
    /// # Errors
    /// A value that cannot be written.
    fn record(&mut self, record: &R, out: &mut Vec<u8>) -> Result<(), Problem>;
    /// What comes after the last one.
    fn end(&mut self, out: &mut Vec<u8>);
}

/// Writes the commas between the items of a list.
#[derive(Default)]
pub struct Separator(bool);

impl Separator {
    /// Comes before each item.
    pub fn next(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(if self.0 { b",\n" } else { b"\n" });
        self.0 = true;
    }
}
