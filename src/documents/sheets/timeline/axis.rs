//! The axis of the timeline, which spans whole months.
//!
//! One rule: labels never overlap on a narrow screen. Up to two years, each month is labelled with its initial; up to five years,
//! quarters have lines; beyond that, only years are labelled. Start with [`Axis::spanning`].

use chrono::{Datelike, Days, Months, NaiveDate};
use std::fmt;

/// The left edge of the axis.
const LEFT: i64 = 50;
/// The right edge of the axis. The number of the last mark is drawn to the right of it.
const RIGHT: i64 = 9200;
/// The minimum distance between the labels of two years.
const MIN_LABEL_DISTANCE: i64 = 950;

/// A fraction of the width, in hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(pub i64);

impl fmt::Display for Percent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{:02}%", self.0 / 100, self.0 % 100)
    }
}

/// A label on the axis.
#[derive(Debug)]
pub struct Label {
    /// The horizontal position.
    pub x: Percent,
    /// The text.
    pub text: String,
}

/// The range of days that the drawing spans.
pub struct Axis {
    /// The first day, which is the first of a month.
    pub first: NaiveDate,
    /// The last day, which is the last of a month.
    pub last: NaiveDate,
}

impl Axis {
    /// Creates an axis that spans all months from one day to another.
    pub fn spanning(from: NaiveDate, to: NaiveDate) -> Self {
        let first = from.with_day(1).unwrap_or(from);
        let last = to
            .with_day(1)
            .and_then(|day| day.checked_add_months(Months::new(1)))
            .and_then(|day| day.checked_sub_days(Days::new(1)));
        Self {
            first,
            last: last.unwrap_or(to),
        }
    }

    /// The left edge and the width of the range from the beginning of one day to the end of another.
    pub fn range(&self, from: NaiveDate, to: NaiveDate) -> (Percent, Percent) {
        let start = self.at(i64::from(from.num_days_from_ce()));
        let end = self.at(i64::from(to.num_days_from_ce()) + 1);
        (Percent(start), Percent((end - start).max(0)))
    }

    /// The labels of the years, each at its first day in the drawing.
    pub fn years(&self) -> Vec<Label> {
        let mut labels: Vec<Label> = Vec::new();
        for day in self.year_starts() {
            let x = self.range(day.max(self.first), day.max(self.first)).0;
            if labels
                .last()
                .is_some_and(|label| x.0 - label.x.0 < MIN_LABEL_DISTANCE)
            {
                labels.pop();
            }
            labels.push(Label {
                x,
                text: day.year().to_string(),
            });
        }
        labels
    }

    /// The initials of the months, each in the middle of its month, if there are at most 24 months.
    pub fn months(&self) -> Vec<Label> {
        if self.length() > 24 {
            return Vec::new();
        }
        let middle = |month: NaiveDate| {
            let (x, width) = self.range(month, next(month, 1)?.pred_opt()?);
            let initial = month.format("%b").to_string().chars().take(1).collect();
            Some(Label {
                x: Percent(x.0 + width.0 / 2),
                text: initial,
            })
        };
        self.month_starts().into_iter().filter_map(middle).collect()
    }

    /// The positions at which years begin, and the edges of the axis.
    pub fn year_lines(&self) -> Vec<Percent> {
        let inside = self
            .year_starts()
            .into_iter()
            .filter(|day| *day > self.first)
            .map(|day| self.range(day, day).0);
        [Percent(LEFT)]
            .into_iter()
            .chain(inside)
            .chain([Percent(RIGHT)])
            .collect()
    }

    /// The positions at which months begin, or quarters if there are many months; empty if there are many quarters.
    pub fn month_lines(&self) -> Vec<Percent> {
        let step = match self.length() {
            ..=24 => 1,
            25..=60 => 3,
            _ => return Vec::new(),
        };
        let quarters = self.month_starts().into_iter().filter(|day| {
            day.month0().is_multiple_of(step) && day.month() != 1 && *day > self.first
        });
        quarters.map(|day| self.range(day, day).0).collect()
    }

    fn at(&self, day: i64) -> i64 {
        let (first, last) = (
            i64::from(self.first.num_days_from_ce()),
            i64::from(self.last.num_days_from_ce()) + 1,
        );
        LEFT + (day - first) * (RIGHT - LEFT) / (last - first).max(1)
    }

    /// The number of months that it spans.
    fn length(&self) -> i32 {
        let months = |day: NaiveDate| day.year() * 12 + day.month0().cast_signed();
        months(self.last) - months(self.first) + 1
    }

    /// The first days of years, with a step between the years so that there are at most eight.
    fn year_starts(&self) -> Vec<NaiveDate> {
        let years = u32::try_from(self.last.year() - self.first.year() + 1).unwrap_or(1);
        let begin = NaiveDate::from_ymd_opt(self.first.year(), 1, 1).unwrap_or(self.first);
        starts(begin, self.last, 12 * years.div_ceil(8))
    }

    /// The first days of the months.
    fn month_starts(&self) -> Vec<NaiveDate> {
        starts(self.first, self.last, 1)
    }
}

fn next(day: NaiveDate, months: u32) -> Option<NaiveDate> {
    day.checked_add_months(Months::new(months))
}

fn starts(first: NaiveDate, last: NaiveDate, step: u32) -> Vec<NaiveDate> {
    std::iter::successors(Some(first), |day| next(*day, step))
        .take_while(|day| *day <= last)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Axis, Percent};
    use chrono::NaiveDate;

    fn axis(from: (i32, u32), to: (i32, u32)) -> Axis {
        let day = |(year, month)| NaiveDate::from_ymd_opt(year, month, 15).unwrap();
        Axis::spanning(day(from), day(to))
    }

    #[test]
    fn months_are_labelled_up_to_two_years() {
        let letters = |axis: Axis| {
            axis.months()
                .into_iter()
                .map(|label| label.text)
                .collect::<String>()
        };
        assert_eq!(letters(axis((2019, 4), (2020, 11))), "AMJJASONDJFMAMJJASON");
        assert_eq!(letters(axis((2019, 4), (2021, 4))), "");
        assert_eq!(axis((2019, 1), (2021, 12)).month_lines().len(), 9);
    }

    #[test]
    fn the_labels_of_years_do_not_overlap() {
        for axis in [
            axis((2018, 12), (2019, 6)),
            axis((2018, 12), (2030, 1)),
            axis((1000, 1), (9999, 12)),
            axis((2019, 1), (2019, 1)),
        ] {
            let years = axis.years();
            assert!((1..=9).contains(&years.len()), "{}", years.len());
            assert!(
                years
                    .windows(2)
                    .all(|pair| pair[1].x.0 - pair[0].x.0 >= super::MIN_LABEL_DISTANCE)
            );
        }
    }

    #[test]
    fn a_percentage_is_written_with_two_decimals() {
        assert_eq!(Percent(9205).to_string(), "92.05%");
    }
}
