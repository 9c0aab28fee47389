//! The words for kinds and vocabularies that several pages show.

use crate::domain::RecordKind;
use crate::domain::vocabularies::{country_name, partnership_title, sdg_title, topic_title};

/// The kind of the page that shows a record. Records without a slug are parts of a plan and are shown on its page.
pub fn kind_of_page(kind: RecordKind) -> RecordKind {
    if kind.has_slug() {
        kind
    } else {
        RecordKind::Plan
    }
}

/// The name of the country with the given code, or the code if it is unknown.
pub fn country(code: &str) -> String {
    country_name(code).to_owned()
}

/// The number and the title of a Sustainable Development Goal.
pub fn goal(goal: i32) -> String {
    format!("SDG {goal} {}", sdg_title(goal).unwrap_or_default())
}

/// The title of the partnership of the Urban Agenda with the given slug, or the slug if it is unknown.
pub fn partnership(slug: &str) -> String {
    partnership_title(slug).unwrap_or(slug).to_owned()
}

/// The title of the topic with the given slug, or the slug if it is unknown.
pub fn topic(slug: &str) -> String {
    topic_title(slug).unwrap_or(slug).to_owned()
}
