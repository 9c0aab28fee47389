//! The addresses of the pages.

use crate::domain::RecordKind;

/// Plans.
pub const PLANS: &str = "/plans";
/// A plan.
pub const PLAN: &str = "/plans/{plan_id}";
/// Cities.
pub const CITIES: &str = "/cities";
/// A city.
pub const CITY: &str = "/cities/{city_id}";
/// Themes.
pub const THEMES: &str = "/themes";
/// A theme.
pub const THEME: &str = "/themes/{theme_id}";
/// What was found.
pub const SEARCH: &str = "/search";

/// All addresses that have a page and nothing else.
pub const ALL: [&str; 7] = [PLANS, PLAN, CITIES, CITY, THEMES, THEME, SEARCH];

/// The kinds of records that have a page of their own.
const KINDS_WITH_PAGES: [RecordKind; 3] = [RecordKind::Plan, RecordKind::City, RecordKind::Theme];

/// The address of the page of a record, by its slug or id; the address of its JSON if its kind has no pages.
pub fn of(kind: RecordKind, key: impl std::fmt::Display) -> String {
    let base = if KINDS_WITH_PAGES.contains(&kind) {
        ""
    } else {
        "/v1"
    };
    format!("{base}/{}/{key}", kind.plural())
}
