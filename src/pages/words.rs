//! Words and kinds as pages show them.

use crate::domain::RecordKind;
use crate::domain::vocabularies::{COUNTRIES, PARTNERSHIPS, SDGS};

/// The kind of the record on whose page a record is shown. Records without a slug are parts of a plan and are shown on its page.
pub fn page_kind(kind: RecordKind) -> RecordKind {
    if kind.has_slug() {
        kind
    } else {
        RecordKind::Plan
    }
}

/// Name of a country by its code, or the code.
pub fn country(code: &str) -> String {
    let known = COUNTRIES.iter().find(|country| country.code == code);
    known.map_or_else(|| code.to_owned(), |country| country.name.clone())
}

/// A Sustainable Development Goal by its number.
pub fn goal(goal: i32) -> String {
    let known = SDGS.iter().find(|sdg| sdg.goal == goal);
    let title = known.map(|sdg| sdg.title.as_str()).unwrap_or_default();
    format!("SDG {goal} {title}")
}

/// A partnership of the Urban Agenda by its slug.
pub fn partnership(slug: &str) -> String {
    let known = PARTNERSHIPS.iter().find(|known| known.slug == slug);
    known.map_or_else(|| slug.to_owned(), |known| known.title.clone())
}
