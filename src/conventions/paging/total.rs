//! The total of a list: how many items it has.
//!
//! One rule: a short list is counted exactly; the total of a long one is an estimate that says so, unless the request asks for the
//! exact number. Start with [`Total`].

use serde::{Deserialize, Serialize};

/// Whether a page states how many items the whole list has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CountMode {
    /// It does not.
    #[default]
    False,
    /// It does: exactly up to 10 000 items, by an estimate beyond.
    True,
    /// It does, exactly.
    Exact,
}

/// How many items a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Total {
    /// The number of items.
    #[serde(rename = "total")]
    pub items: i64,
    /// True if this number is an estimate.
    #[serde(rename = "total_is_estimate")]
    pub is_estimate: bool,
}

impl Total {
    /// The largest total that is counted even if the request does not ask for the exact number.
    pub const MAX_COUNTED: i64 = 10_000;

    /// A total that was counted.
    pub fn exact(items: i64) -> Self {
        Self {
            items,
            is_estimate: false,
        }
    }

    /// An estimated total of a list that is known to be longer than [`Total::MAX_COUNTED`].
    pub fn estimated(items: i64) -> Self {
        Self {
            items: items.max(Self::MAX_COUNTED + 1),
            is_estimate: true,
        }
    }
}
