//! Dates in English, with the precision that is known.
//!
//! One rule: the wording of the source comes first, and the dates are added only if they contain more information, as in "Wednesday
//! 20th November (20 November 2019)". Start with [`moment`].

use crate::domain::{PartialDate, Period};
use chrono::Datelike;

/// Formats a date, such as `2019`, `April 2019` or `20 November 2019`.
pub fn day(date: PartialDate) -> String {
    let pattern = match date.to_string().len() {
        4 => "%Y",
        7 => "%B %Y",
        _ => "%-d %B %Y",
    };
    date.earliest().format(pattern).to_string()
}

/// Describes when something happens. If only a start or only an end is known, it is a single day, month or year.
pub fn moment(date: &Period) -> Option<String> {
    let known = match (date.start, date.end) {
        (Some(start), Some(end)) => Some(range(start, end)),
        (start, end) => start.or(end).map(day),
    };
    with_source_text(date.text.as_deref(), known)
}

/// Describes how long something lasts. If the start or the end is not known, the period is open on that side.
pub fn period(period: &Period) -> Option<String> {
    let known = match (period.start, period.end) {
        (Some(start), Some(end)) => Some(range(start, end)),
        (Some(start), None) => Some(format!("from {}", day(start))),
        (None, Some(end)) => Some(format!("until {}", day(end))),
        (None, None) => None,
    };
    with_source_text(period.text.as_deref(), known)
}

/// Combines the wording of the source with the known dates.
fn with_source_text(text: Option<&str>, known: Option<String>) -> Option<String> {
    let text = text.map(super::text::line).filter(|text| !text.is_empty());
    match (text, known) {
        (Some(text), Some(known)) if !contains_words(&text, &known) => {
            Some(format!("{text} ({known})"))
        }
        (text, known) => text.or(known),
    }
}

/// True if a text contains all words of another, except "from" and "until".
fn contains_words(text: &str, known: &str) -> bool {
    let words = |text: &str| {
        text.to_lowercase()
            .split(|letter: char| !letter.is_alphanumeric())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let contained = words(text);
    words(known)
        .iter()
        .all(|word| contained.contains(word) || ["from", "until", ""].contains(&word.as_str()))
}

fn range(start: PartialDate, end: PartialDate) -> String {
    let (first, last) = (start.earliest(), end.earliest());
    let same_precision = start.to_string().len() == end.to_string().len();
    let (to_the_day, to_the_year) = (
        same_precision && start.to_string().len() == 10,
        same_precision && start.to_string().len() == 4,
    );
    if start == end {
        day(start)
    } else if to_the_day && (first.year(), first.month()) == (last.year(), last.month()) {
        format!("{}–{}", first.day(), day(end))
    } else if to_the_day && first.year() == last.year() {
        format!("{} – {}", first.format("%-d %B"), day(end))
    } else if same_precision && !to_the_year && first.year() == last.year() {
        format!("{} – {}", first.format("%B"), day(end))
    } else {
        format!("{} – {}", day(start), day(end))
    }
}

#[cfg(test)]
mod tests {
    use super::{moment, period};
    use crate::domain::Period;

    fn dates(start: &str, end: &str, text: &str) -> Period {
        let text = Some(text.to_owned()).filter(|text| !text.is_empty());
        Period {
            start: start.parse().ok(),
            end: end.parse().ok(),
            text,
        }
    }

    #[test]
    fn dates_are_formatted_with_the_precision_that_is_known() {
        for (start, end, expected) in [
            ("2019", "2019", "2019"),
            ("2019-04", "2020-11", "April 2019 – November 2020"),
            ("2019-04", "2019-06", "April – June 2019"),
            ("2019-11-20", "2019-11-20", "20 November 2019"),
            ("2018-04-22", "2018-04-27", "22–27 April 2018"),
            ("2018-04-22", "2018-05-02", "22 April – 2 May 2018"),
            (
                "2018-12-30",
                "2019-01-02",
                "30 December 2018 – 2 January 2019",
            ),
            ("2018", "2019-01", "2018 – January 2019"),
            ("2018", "2020", "2018 – 2020"),
            ("2019-04", "", "April 2019"),
            ("", "2020", "2020"),
        ] {
            assert_eq!(moment(&dates(start, end, "")).as_deref(), Some(expected));
        }
        assert_eq!(moment(&Period::default()), None);
    }

    #[test]
    fn dates_are_added_to_the_wording_of_the_source_only_if_they_contain_more_information() {
        assert_eq!(
            moment(&dates("2018-04-22", "2018-04-27", "22-27 April 2018")).as_deref(),
            Some("22-27 April 2018")
        );
        let day = dates("2019-11-20", "2019-11-20", "Wednesday 20th November");
        assert_eq!(
            moment(&day).as_deref(),
            Some("Wednesday 20th November (20 November 2019)")
        );
        assert_eq!(
            moment(&dates("", "", "Follow-up")).as_deref(),
            Some("Follow-up")
        );
        assert_eq!(
            period(&dates("2017-03", "2018-04", "March 2017 until April 2018")).as_deref(),
            Some("March 2017 until April 2018")
        );
    }

    #[test]
    fn a_period_can_be_open() {
        assert_eq!(
            period(&dates("2019-04", "", "")).as_deref(),
            Some("from April 2019")
        );
        assert_eq!(
            period(&dates("", "2020", "")).as_deref(),
            Some("until 2020")
        );
    }
}
