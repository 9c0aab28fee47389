//! Dates of reduced precision: a year, a month or a day (ISO 8601-1:2019, 5.2.2).
//!
//! A partial date represents all days that it can mean. [`PartialDate::earliest`] and [`PartialDate::latest`] are the bounds of
//! this range, and all filters compare these bounds.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ObjectBuilder, RefOr, SchemaFormat, Type};

/// `2019`, `2019-04` or `2019-11-20`; years 1000 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct PartialDate {
    earliest: NaiveDate,
    precision: Precision,
}

/// The first day of the year 1, before every day that a partial date can mean.
pub const EARLIEST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(1, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};
/// The last day of the year 9999, after which there is no day that a partial date can mean.
pub const LATEST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// The alternatives are months of 31 days, months of 30 days, and February. Whether a year has a February 29 is checked by the
/// format.
const PATTERN: &str = "^[1-9][0-9]{3}(-((0[1-9]|1[0-2])|(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9])))?$";

impl utoipa::ToSchema for PartialDate {}

impl utoipa::PartialSchema for PartialDate {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::Custom("partial-date".into())));
        text.pattern(Some(PATTERN)).examples(["2019-04"]).into()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Precision {
    Year,
    Month,
    Day,
}

impl PartialDate {
    /// The first day of its range.
    pub fn earliest(self) -> NaiveDate {
        self.earliest
    }

    /// The last day of its range.
    pub fn latest(self) -> NaiveDate {
        let months = match self.precision {
            Precision::Year => 12,
            Precision::Month => 1,
            Precision::Day => return self.earliest,
        };
        let next = self.earliest.checked_add_months(Months::new(months));
        next.and_then(|day| day.checked_sub_days(Days::new(1)))
            .unwrap_or(NaiveDate::MAX)
    }
}

impl FromStr for PartialDate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let precision = match text.len() {
            4 => Precision::Year,
            7 => Precision::Month,
            10 => Precision::Day,
            _ => return Err(invalid(text)),
        };
        let digits = text.bytes().enumerate().all(|(at, byte)| {
            if at == 4 || at == 7 {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        });
        if !digits || text.starts_with('0') {
            return Err(invalid(text));
        }
        let mut numbers = text
            .split('-')
            .map(|digits| digits.parse().unwrap_or_default());
        let (year, month, day) = (
            numbers.next().unwrap_or_default(),
            numbers.next().unwrap_or(1),
            numbers.next().unwrap_or(1),
        );
        let earliest = i32::try_from(year)
            .ok()
            .and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
        Ok(Self {
            earliest: earliest.ok_or_else(|| invalid(text))?,
            precision,
        })
    }
}

fn invalid(text: &str) -> String {
    format!("{text:?} is not a year, month or day of the calendar (2019, 2019-04, 2019-11-20)")
}

impl fmt::Display for PartialDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = (
            self.earliest.year(),
            self.earliest.month(),
            self.earliest.day(),
        );
        match self.precision {
            Precision::Year => write!(formatter, "{year:04}"),
            Precision::Month => write!(formatter, "{year:04}-{month:02}"),
            Precision::Day => write!(formatter, "{year:04}-{month:02}-{day:02}"),
        }
    }
}

impl TryFrom<String> for PartialDate {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::PartialDate;
    use proptest::prelude::*;

    #[test]
    fn each_precision_has_its_first_and_last_day() {
        for (text, first, last) in [
            ("2019", "2019-01-01", "2019-12-31"),
            ("2020-02", "2020-02-01", "2020-02-29"),
            ("2019-11-20", "2019-11-20", "2019-11-20"),
            ("9999", "9999-01-01", "9999-12-31"),
        ] {
            let date: PartialDate = text.parse().unwrap();
            assert_eq!(
                (date.earliest().to_string(), date.latest().to_string()),
                (first.into(), last.into())
            );
        }
    }

    #[test]
    fn days_that_are_not_in_the_calendar_are_refused() {
        for text in [
            "2019-02-29",
            "2019-13",
            "0999",
            "19",
            "2019-1",
            "2019-4-1",
            "2019/04",
            "",
            "２０１９",
            "+019",
        ] {
            assert!(text.parse::<PartialDate>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_read_is_what_is_shown(year in 1000..=9999_i32, month in 1..=12_u32, day in 1..=28_u32, precision in 0..3) {
            let text = match precision {
                0 => format!("{year}"),
                1 => format!("{year}-{month:02}"),
                _ => format!("{year}-{month:02}-{day:02}"),
            };
            let date: PartialDate = text.parse().unwrap();
            prop_assert_eq!(date.to_string(), text);
            prop_assert!(date.earliest() <= date.latest());
        }
    }
}
