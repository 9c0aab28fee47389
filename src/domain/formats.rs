//! The named text formats that the published schemas use in addition to the formats of JSON Schema, and the values that each of them accepts.
//!
//! A format is a check that a regular expression cannot express. Schema validation calls [`fault`] for it, so that the fault
//! gets its pointer; a valid value can always be parsed into its type.

use super::{CountryCode, PartialDate, Slug, suggestion, vocabularies};
use uuid::Uuid;

/// The names of the formats.
pub const NAMES: [&str; 6] = [
    "id-or-slug",
    "partial-date",
    "country-code",
    "slug",
    "urban-agenda-partnership",
    "topic",
];

/// The fault of a text that should have the given format; `None` if it is valid or if the format is not one of [`NAMES`].
pub fn fault(format: &str, text: &str) -> Option<String> {
    match format {
        "id-or-slug" => key_fault(text),
        "partial-date" => text.parse::<PartialDate>().err(),
        "country-code" => text.parse::<CountryCode>().err(),
        "slug" => text.parse::<Slug>().err(),
        "urban-agenda-partnership" => slug_fault(
            text,
            "partnership of the Urban Agenda for the EU",
            vocabularies::partnership_slugs(),
        ),
        "topic" => slug_fault(text, "topic", vocabularies::topic_slugs()),
        _ => None,
    }
}

/// The fault of a text that should be the id of a record, in the form with hyphens, or its slug.
fn key_fault(text: &str) -> Option<String> {
    match Uuid::try_parse(text) {
        Ok(id) if id.to_string() == text.to_lowercase() => None,
        Ok(id) => Some(format!("must be an id in the form {id}")),
        Err(_) => {
            let error = text.parse::<Slug>().err()?;
            Some(format!("must be the id or the slug of a record; {error}"))
        }
    }
}

/// The fault of a text that should be one of the slugs of a vocabulary.
fn slug_fault<'v>(
    text: &str,
    what: &str,
    slugs: impl Iterator<Item = &'v str> + Clone,
) -> Option<String> {
    if slugs.clone().any(|slug| slug == text) {
        return None;
    }
    let hint = suggestion(text, slugs);
    Some(format!("{text:?} is not a {what}{hint}"))
}
