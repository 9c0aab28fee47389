//! A period of time, as precise as its source.

use super::{Faults, PartialDate};
use chrono::NaiveDate;
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
    /// The first and the last day that it can mean; `None` if it is undated. If only a start or an end is given, the period is
    /// that day, month or year.
    pub fn days(&self) -> Option<(NaiveDate, NaiveDate)> {
        let start = self.start.or(self.end)?;
        let end = self.end.or(self.start)?;
        Some((start.earliest(), end.latest()))
    }

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

#[cfg(test)]
mod tests {
    use super::Period;

    fn days(start: Option<&str>, end: Option<&str>) -> Option<(String, String)> {
        let period = Period {
            start: start.map(|start| start.parse().unwrap()),
            end: end.map(|end| end.parse().unwrap()),
            text: None,
        };
        let (first, last) = period.days()?;
        Some((first.to_string(), last.to_string()))
    }

    #[test]
    fn a_period_means_all_days_from_the_first_of_its_start_to_the_last_of_its_end() {
        let expected = |first: &str, last: &str| Some((first.to_owned(), last.to_owned()));
        for (start, end, first, last) in [
            (Some("2019"), Some("2020-02"), "2019-01-01", "2020-02-29"),
            (Some("2019-11"), None, "2019-11-01", "2019-11-30"),
            (None, Some("2021-02"), "2021-02-01", "2021-02-28"),
            (None, Some("9999"), "9999-01-01", "9999-12-31"),
            (Some("2019-12-31"), Some("2019"), "2019-12-31", "2019-12-31"),
        ] {
            assert_eq!(days(start, end), expected(first, last), "{start:?} {end:?}");
        }
        assert_eq!(days(None, None), None);
    }
}
