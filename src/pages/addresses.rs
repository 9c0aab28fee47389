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

/// The address of the page of a record, by its slug or id.
pub fn of(kind: RecordKind, key: impl std::fmt::Display) -> String {
    format!("/{}/{key}", kind.plural())
}
