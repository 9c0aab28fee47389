//! A collection as lines of JSON: each line is what `GET` of the record answers.

use super::Format;
use crate::conventions::context::Registry;
use crate::conventions::fields::Fields;
use crate::conventions::problem::Problem;
use crate::conventions::resource::Resource;

/// Lines of JSON, with all properties or some.
pub struct Ndjson {
    /// The properties that are wanted.
    pub fields: Fields,
}

impl<R: Resource> Format<R> for Ndjson {
    const MEDIA_TYPE: &'static str = "application/x-ndjson";

    fn begin(&mut self, _: &mut Vec<u8>) {}

    async fn prepare(&mut self, _: &Registry, _: &[R]) -> Result<(), Problem> {
        Ok(())
    }

    fn record(&mut self, record: &R, out: &mut Vec<u8>) -> Result<(), Problem> {
        self.fields.write(record, out)?;
        out.push(b'\n');
        Ok(())
    }

    fn end(&mut self, _: &mut Vec<u8>) {}
}
