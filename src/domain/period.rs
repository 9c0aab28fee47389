//! A period of time, as precise as its source.

use super::{Faults, PartialDate};
use serde::{Deserialize, Serialize};

/// A period of time: its start and end, as precise as the source gives them, and the wording of the source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Period {
    /// First day, month or year of the period.
    #[schema(example = "2019-04")]
    pub start: Option<PartialDate>,
    /// Last day, month or year of the period; not before the start.
    #[schema(example = "2020-11")]
    pub end: Option<PartialDate>,
    /// Wording of the source.
    #[schema(max_length = 500, example = "April 2019 – November 2020")]
    pub text: Option<String>,
}

impl Period {
    /// Checks that the period does not end before it starts.
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
