//! The axis of the timeline: whole months from the first to the last, and where they stand across the drawing.
//!
//! Up to two years each month has its initial; up to five, quarters have lines; beyond that only years, so few that
//! their names do not touch on a narrow screen.

use chrono::{Datelike, Days, Months, NaiveDate};
use std::fmt;

/// Left edge of the axis.
const LEFT: i64 = 50;
/// Right edge of the axis; the number of the last mark stands beside it.
const RIGHT: i64 = 9200;
/// The least distance of two years' names.
const APART: i64 = 950;

/// A share of the width, in hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(pub i64);

impl fmt::Display for Percent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{:02}%", self.0 / 100, self.0 % 100)
    }
}

/// A word at the axis.
#[derive(Debug)]
pub struct Label {
    /// Where it stands.
    pub x: Percent,
    /// The word.
    pub text: String,
}

/// The days that the drawing spans.
pub struct Axis {
    /// Its first day, the first of a month.
    pub first: NaiveDate,
    /// Its last day, the last of a month.
    pub last: NaiveDate,
}

impl Axis {
    /// The axis over all months from one day to another.
    pub fn over(from: NaiveDate, to: NaiveDate) -> Self {
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

    /// Left edge and width of the stretch from the morning of one day to the evening of another.
    pub fn stretch(&self, from: NaiveDate, to: NaiveDate) -> (Percent, Percent) {
        let start = self.at(i64::from(from.num_days_from_ce()));
        let end = self.at(i64::from(to.num_days_from_ce()) + 1);
        (Percent(start), Percent((end - start).max(0)))
    }

    /// Names of the years, each where its first day in the drawing stands.
    pub fn years(&self) -> Vec<Label> {
        let mut labels: Vec<Label> = Vec::new();
        for day in self.year_starts() {
            let x = self.stretch(day.max(self.first), day.max(self.first)).0;
            if labels.last().is_some_and(|label| x.0 - label.x.0 < APART) {
                labels.pop();
            }
            labels.push(Label {
                x,
                text: day.year().to_string(),
            });
        }
        labels
    }

    /// Initials of the months in their middles, if there are no more than 24.
    pub fn months(&self) -> Vec<Label> {
        if self.length() > 24 {
            return Vec::new();
        }
        let middle = |month: NaiveDate| {
            let (x, width) = self.stretch(month, next(month, 1)?.pred_opt()?);
            let initial = month.format("%b").to_string().chars().take(1).collect();
            Some(Label {
                x: Percent(x.0 + width.0 / 2),
                text: initial,
            })
        };
        self.month_starts().into_iter().filter_map(middle).collect()
    }

    /// Where years begin, and the edges of the axis.
    pub fn year_lines(&self) -> Vec<Percent> {
        let inside = self
            .year_starts()
            .into_iter()
            .filter(|day| *day > self.first)
            .map(|day| self.stretch(day, day).0);
        [Percent(LEFT)]
            .into_iter()
            .chain(inside)
            .chain([Percent(RIGHT)])
            .collect()
    }

    /// Where months begin, or quarters if months are many; none if quarters are many.
    pub fn month_lines(&self) -> Vec<Percent> {
        let step = match self.length() {
            ..=24 => 1,
            25..=60 => 3,
            _ => return Vec::new(),
        };
        let quarters = self.month_starts().into_iter().filter(|day| {
            day.month0().is_multiple_of(step) && day.month() != 1 && *day > self.first
        });
        quarters.map(|day| self.stretch(day, day).0).collect()
    }

    fn at(&self, day: i64) -> i64 {
        let (first, last) = (
            i64::from(self.first.num_days_from_ce()),
            i64::from(self.last.num_days_from_ce()) + 1,
        );
        LEFT + (day - first) * (RIGHT - LEFT) / (last - first).max(1)
    }

    /// How many months it spans.
    fn length(&self) -> i32 {
        let months = |day: NaiveDate| day.year() * 12 + day.month0().cast_signed();
        months(self.last) - months(self.first) + 1
    }

    /// The first days of the years, or of every so many of them that there are no more than eight.
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
        Axis::over(day(from), day(to))
    }

    #[test]
    fn up_to_two_years_each_month_has_its_initial() {
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
    fn the_names_of_years_keep_apart() {
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
                    .all(|pair| pair[1].x.0 - pair[0].x.0 >= super::APART)
            );
        }
    }

    #[test]
    fn a_share_is_written_with_two_decimals() {
        assert_eq!(Percent(9205).to_string(), "92.05%");
    }
}
