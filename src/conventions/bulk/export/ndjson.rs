//! A collection as lines of JSON: each line is what `GET` of the record answers.

use super::Format;
use crate::conventions::context::ApplicationState;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::fields::Fields;
use crate::conventions::resource::Readable;
use serde::Deserialize;
use serde_json::Value;

/// What a registry keeps of a record for itself; an import sets it anew.
const METADATA: [&str; 3] = ["version", "created_at", "updated_at"];

/// The parameter of lines.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LineContent {
    /// False to leave out `version`, `created_at` and `updated_at`: two registries with the same records then export the same bytes.
    #[param(default = true, example = false)]
    metadata: Option<bool>,
}

/// Lines of JSON, with all properties or some.
pub struct Ndjson {
    fields: Fields,
    metadata: bool,
}

impl Ndjson {
    /// Lines as the parameters want them.
    pub fn new(fields: Fields, content: &LineContent) -> Self {
        Self {
            fields,
            metadata: content.metadata.unwrap_or(true),
        }
    }

    /// Lines with all that another registry can take over.
    pub fn to_move() -> Self {
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
