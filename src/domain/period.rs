//! A stretch of time as a form states it.

use super::{Faults, PartialDate};
use serde::{Deserialize, Serialize};

/// From when to when, as exactly as the source says, and the wording of the source itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Period {
    /// First day, month or year.
    #[schema(example = "2019-04")]
    pub start: Option<PartialDate>,
    /// Last day, month or year; not before the start.
    #[schema(example = "2020-11")]
    pub end: Option<PartialDate>,
    /// Wording of the source.
    #[schema(max_length = 500, example = "April 2019 – November 2020")]
    pub text: Option<String>,
}

impl Period {
    /// The start comes no later than the end.
    pub fn validate(&self, pointer: &str, faults: &mut Faults) {
        if let (Some(start), Some(end)) = (self.start, self.end)
            && start.earliest() > end.latest()
        {
            faults.add(
                format!("{pointer}/end"),
                format!("ends in {end}, before it starts in {start}"),
            );
        }
    }
}
