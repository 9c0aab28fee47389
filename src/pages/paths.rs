//! The paths of the pages.

use crate::domain::RecordKind;

/// The path of the list of plans.
pub const PLANS: &str = "/plans";
/// The path of the page of a plan.
pub const PLAN: &str = "/plans/{plan_id}";
/// The path of the list of cities.
pub const CITIES: &str = "/cities";
/// The path of the page of a city.
pub const CITY: &str = "/cities/{city_id}";
/// The path of the list of themes.
pub const THEMES: &str = "/themes";
/// The path of the page of a theme.
pub const THEME: &str = "/themes/{theme_id}";
/// The path of the search page.
pub const SEARCH: &str = "/search";

/// All paths that only have a page. The root has both a page and JSON.
pub const ALL: [&str; 7] = [PLANS, PLAN, CITIES, CITY, THEMES, THEME, SEARCH];

/// The kinds of records that have their own page.
const KINDS_WITH_PAGES: [RecordKind; 3] = [RecordKind::Plan, RecordKind::City, RecordKind::Theme];

/// The path of the page of the record with the given slug or id, or the path of its JSON if records of its kind have no page.
pub fn of_record(kind: RecordKind, key: impl std::fmt::Display) -> String {
    let base = if KINDS_WITH_PAGES.contains(&kind) {
        ""
    } else {
        "/v1"
    };
    format!("{base}/{}/{key}", kind.plural())
}
