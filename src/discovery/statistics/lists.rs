//! The addresses of the lists that the statistics count.
//!
//! One rule: an address has the filters of the request and the group that is counted, so that the list has exactly the plans of the
//! number.

use crate::resources::plans::GroupedBy;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Display;
use uuid::Uuid;

const LIST: &str = "/v1/plans";

/// Parameters with the values that they have if they are left out.
const WITHOUT_EFFECT: [&str; 2] = ["active_by=period", "q_scope=plan"];

/// All characters except the unreserved ones (RFC 3986, section 2.3). A comma is part of the value only if it is encoded.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The lists that belong to the statistics of one request.
#[derive(Debug, Default)]
pub struct Lists {
    /// The query of the request, which contains the filters.
    query: String,
}

impl Lists {
    /// The lists under the filters of a query, as it was sent.
    pub fn new(query: &str) -> Self {
        let pairs = query.split('&');
        let pairs = pairs.filter(|pair| !pair.is_empty() && !WITHOUT_EFFECT.contains(pair));
        let query = pairs.collect::<Vec<_>>().join("&");
        Self { query }
    }

    /// The list of all counted plans.
    pub fn all(&self) -> String {
        self.with("")
    }

    /// The list of the counted plans of a group.
    pub fn of(&self, property: GroupedBy, value: impl Display) -> String {
        self.with(&group(property, value))
    }

    /// The list of the counted plans that have a theme and contribute to a goal.
    pub fn of_theme_and_goal(&self, theme: Uuid, goal: i32) -> String {
        let (theme, goal) = (group(GroupedBy::Theme, theme), group(GroupedBy::Sdg, goal));
        self.with(&format!("{theme}&{goal}"))
    }

    fn with(&self, groups: &str) -> String {
        match (self.query.as_str(), groups) {
            ("", "") => LIST.to_owned(),
            (query, "") => format!("{LIST}?{query}"),
            ("", groups) => format!("{LIST}?{groups}"),
            (query, groups) => format!("{LIST}?{query}&{groups}"),
        }
    }
}

fn group(property: GroupedBy, value: impl Display) -> String {
    let value = value.to_string();
    format!("group={property}:{}", utf8_percent_encode(&value, ESCAPED))
}
