//! The named text formats that the published schemas use in addition to the formats of JSON Schema, and the values that each of them accepts.
//!
//! A format is a check that a regular expression cannot express. Schema validation calls [`fault`] for it, so that the fault
//! gets its pointer; a valid value can always be parsed into its type.

use super::{CountryCode, PartialDate, Slug, suggestion, vocabularies};

/// The names of the formats.
pub const NAMES: [&str; 5] = [
    "partial-date",
    "country-code",
    "slug",
    "urban-agenda-partnership",
    "topic",
];

/// The fault of a text that should have the given format; `None` if it is valid or if the format is not one of [`NAMES`].
pub fn fault(format: &str, text: &str) -> Option<String> {
    match format {
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
