//! A collection as lines of JSON: each line is what a `GET` of the record returns.

use super::Format;
use crate::conventions::context::ApplicationState;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::fields::Fields;
use crate::conventions::resource::Readable;
use serde::Deserialize;
use serde_json::Value;

/// The properties that belong to one registry. An import into another registry sets them anew.
const METADATA: [&str; 3] = ["version", "created_at", "updated_at"];

/// The query parameter of lines of JSON.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LineContent {
    /// False to omit `version`, `created_at` and `updated_at`, so that two registries with the same records export the same bytes.
    #[param(default = true, example = false)]
    metadata: Option<bool>,
}

/// Writes lines of JSON, with all properties or with the selected ones.
pub struct Ndjson {
    fields: Fields,
    metadata: bool,
}

impl Ndjson {
    /// Makes a writer of lines with those properties.
    pub fn new(fields: Fields, content: &LineContent) -> Self {
        Self {
            fields,
            metadata: content.metadata.unwrap_or(true),
        }
    }

    /// Makes a writer of lines that another registry can import.
    pub fn portable() -> Self {
        Self {
            fields: Fields::default(),
            metadata: false,
        }
    }
}

impl<R: Readable> Format<R> for Ndjson {
    const MEDIA_TYPE: &'static str = "application/x-ndjson";

    fn begin(&mut self, _: &mut Vec<u8>) {}

    async fn prepare(&mut self, _: &ApplicationState, _: &[R]) -> Result<(), Problem> {
        Ok(())
    }

    fn record(&mut self, record: &R, out: &mut Vec<u8>) -> Result<(), Problem> {
        if self.metadata {
            self.fields.write(record, out)?;
        } else {
            let mut value = serde_json::to_value(record).map_err(Problem::internal)?;
            self.fields.retain(&mut value);
            if let Value::Object(members) = &mut value {
                members.retain(|name, _| !METADATA.contains(&name.as_str()));
            }
            serde_json::to_writer(&mut *out, &value).map_err(Problem::internal)?;
        }
        out.push(b'\n');
        Ok(())
    }

    fn end(&mut self, _: &mut Vec<u8>) {}
}
