//! A plan document as it is read from a file. Start with [`Document::read`].

use crate::cli::faults::FileFault;
use crate::cli::positions::Position;
use crate::cli::sources::Source;
use crate::conventions::http::json::{self, JsonError};
use crate::domain::Slug;
use serde_json::Value;

/// A document of a file.
pub(crate) struct Document {
    /// The file.
    pub(crate) source: Source,
    /// What it contains.
    pub(crate) text: String,
    /// The same, parsed.
    pub(crate) value: Value,
    /// The slug of the plan.
    pub(crate) slug: Slug,
}

impl Document {
    /// Reads the document of a file.
    pub(crate) fn read(source: Source) -> Result<Self, (Source, Vec<FileFault>)> {
        match Self::parse(&source) {
            Ok((text, value, slug)) => Ok(Self {
                source,
                text,
                value,
                slug,
            }),
            Err(faults) => Err((source, faults)),
        }
    }

    fn parse(source: &Source) -> Result<(String, Value, Slug), Vec<FileFault>> {
        let bytes = source.read().map_err(|error| vec![FileFault::new(error)])?;
        let bytes = json::without_byte_order_mark(&bytes);
        let text = String::from_utf8_lossy(bytes).into_owned();
        let value = json::parse(bytes).map_err(|error| match error {
            JsonError::Malformed(error) => vec![syntax(source, bytes, &error)],
            JsonError::Repeated(faults) => FileFault::of_faults(&text, faults),
        })?;
        let slug = slug(&text, &value).map_err(|fault| vec![fault])?;
        Ok((text, value, slug))
    }
}

/// The fault of a file that is not JSON.
fn syntax(source: &Source, bytes: &[u8], error: &serde_json::Error) -> FileFault {
    // The parser ends its message with the position.
    let message = error.to_string();
    let end = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&end).unwrap_or(&message);
    let fault = FileFault::new(format!("is not valid JSON: {message}{}", hint(source)));
    fault.at(Position::of_error(bytes, error))
}

/// A hint for a file with lines of JSON, which needs another format.
fn hint(source: &Source) -> &'static str {
    match source {
        Source::File(path)
            if path
                .extension()
                .is_some_and(|extension| extension == "ndjson") =>
        {
            "; lines of JSON need --format ndjson"
        }
        _ => "",
    }
}

/// The slug of the plan, or the one that is made of its title.
fn slug(text: &str, value: &Value) -> Result<Slug, FileFault> {
    let member = |name: &str| {
        value
            .pointer(&format!("/plan/{name}"))
            .and_then(Value::as_str)
    };
    match (member("slug"), member("title")) {
        (Some(slug), _) => slug.parse().map_err(|_| {
            let detail = format!("{slug:?} is not a slug");
            FileFault::of_document(text, "/plan/slug".to_owned(), detail)
        }),
        (None, Some(title)) => Ok(Slug::derive(title, "plan")),
        (None, None) => Err(FileFault::new(
            "is not a plan document: /plan has neither a slug nor a title",
        )),
    }
}
