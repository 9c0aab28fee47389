//! The layout of a timeline of activities or plans, which can be read without colours.
//!
//! One rule: horizontal positions are percentages of the width, so that the drawing fits a small screen without scaling its texts;
//! vertical positions are pixels. A date that is known to the day is a dot, and every other date is a bar; each has the number of
//! its entry on the sheet. Start with [`Timeline::new`]; the axis is in `axis.rs`.

mod axis;

use crate::domain::Period;
use axis::Axis;
pub use axis::{Label, Percent};
use chrono::NaiveDate;

/// The height of the area above the first lane, with the years, the months and the label of the period.
const HEAD: i64 = 62;
/// The height of a lane.
const LANE: i64 = 22;
/// The maximum number of lanes. Events that do not fit are omitted from the drawing.
const MAX_LANES: usize = 24;
/// The width of the gaps next to a mark on the narrowest screen.
const GAPS: i64 = 420;
/// The width of a digit of the number next to a mark on the narrowest screen.
const DIGIT: i64 = 195;
/// The minimum width of a bar.
const MIN_BAR_WIDTH: Percent = Percent(80);
/// The maximum number of undated events that are listed with titles, and of dates in the text for screen readers.
const MAX_DESCRIBED: usize = 30;

/// What the events of a timeline are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Activities, together with the period of their plan if there is one.
    Activities,
    /// Plans by their periods.
    Plans,
}

impl Subject {
    /// The noun in the singular.
    pub fn singular(self) -> &'static str {
        match self {
            Self::Activities => "activity",
            Self::Plans => "plan",
        }
    }

    /// The noun in the plural.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Activities => "activities",
            Self::Plans => "plans",
        }
    }

    /// The meaning of a hollow mark.
    pub fn hollow(self) -> &'static str {
        match self {
            Self::Activities => "planned, postponed or cancelled",
            Self::Plans => "draft or cancelled",
        }
    }
}

/// An activity or a plan that the timeline shows.
#[derive(Debug, Clone)]
pub struct Event {
    /// The number on the sheet.
    pub number: usize,
    /// The title.
    pub title: String,
    /// The date in words.
    pub when: Option<String>,
    /// The date.
    pub date: Period,
    /// True if it took place, or is taking place.
    pub held: bool,
}

/// The layout of a timeline.
#[derive(Debug)]
pub struct Timeline {
    /// The kind of the events.
    pub subject: Subject,
    /// The height in pixels.
    pub height: i64,
    /// The text for screen readers.
    pub description: String,
    /// The labels of the years.
    pub years: Vec<Label>,
    /// The initials of the months, if there is space for them.
    pub months: Vec<Label>,
    /// The positions at which years begin.
    pub year_lines: Vec<Percent>,
    /// The positions at which months or quarters begin.
    pub month_lines: Vec<Percent>,
    /// The period of the plan.
    pub band: Option<Band>,
    /// The marks of the events.
    pub marks: Vec<Mark>,
    /// The events without a date.
    pub undated: Vec<Event>,
    /// True if the undated events are few enough to be listed with their titles.
    pub undated_titles: bool,
    /// The number of events that did not fit into the drawing.
    pub left_out: usize,
}

/// The period of the plan in the drawing.
#[derive(Debug)]
pub struct Band {
    /// The left edge.
    pub x: Percent,
    /// The right edge.
    pub end: Percent,
    /// The width.
    pub width: Percent,
    /// True if the period has a start.
    pub begins: bool,
    /// True if the period has an end.
    pub ends: bool,
    /// True if its label is aligned with its right edge.
    pub late: bool,
}

/// The mark of an event.
#[derive(Debug)]
pub struct Mark {
    /// The number on the sheet.
    pub number: usize,
    /// The number, the title and the date.
    pub title: String,
    /// True if it is a dot instead of a bar.
    pub dot: bool,
    /// True if it is filled because the event took place; otherwise it is hollow.
    pub held: bool,
    /// The left edge of the bar, or the centre of the dot.
    pub x: Percent,
    /// The width of the bar.
    pub width: Percent,
    /// The right edge, next to which the number is drawn.
    pub end: Percent,
    /// The vertical centre of its lane.
    pub y: i64,
}

impl Timeline {
    /// Lays out the events and the period; `None` if no event has a date.
    pub fn new(subject: Subject, period: &Period, events: Vec<Event>) -> Option<Self> {
        let (dated, undated): (Vec<_>, Vec<_>) = events
            .into_iter()
            .partition(|event| bounds(&event.date).is_some());
        let days = dated
            .iter()
            .filter_map(|event| bounds(&event.date))
            .flat_map(<[_; 2]>::from);
        let limits = [
            period.start.map(|start| start.earliest()),
            period.end.map(|end| end.latest()),
        ];
        let (first, last) = days.clone().min().zip(days.max())?;
        let limits_or = |side: Option<NaiveDate>, day: NaiveDate| side.unwrap_or(day);
        let [start, end] = limits;
        let from = first
            .min(limits_or(start, first))
            .min(limits_or(end, first));
        let to = last.max(limits_or(end, last)).max(limits_or(start, last));
        let axis = Axis::spanning(from, to);
        let (marks, left_out, lanes) = place(&axis, &dated);
        Some(Self {
            subject,
            height: HEAD + LANE * lanes + 6,
            description: describe(subject, &dated, &undated),
            years: axis.years(),
            months: axis.months(),
            year_lines: axis.year_lines(),
            month_lines: axis.month_lines(),
            band: (start.is_some() || end.is_some()).then(|| band(&axis, start, end)),
            marks,
            undated_titles: undated.len() <= MAX_DESCRIBED,
            undated,
            left_out,
        })
    }

    /// True if it shows more than one event.
    pub fn has_several(&self) -> bool {
        self.marks.len() > 1
    }

    /// True if a mark is a bar.
    pub fn has_bars(&self) -> bool {
        self.marks.iter().any(|mark| !mark.dot)
    }

    /// True if a mark is a dot.
    pub fn has_dots(&self) -> bool {
        self.marks.iter().any(|mark| mark.dot)
    }

    /// True if a mark is hollow.
    pub fn has_hollow(&self) -> bool {
        self.marks.iter().any(|mark| !mark.held)
    }
}

/// The first and the last day of an event.
fn bounds(date: &Period) -> Option<(NaiveDate, NaiveDate)> {
    let (start, end) = (date.start.or(date.end)?, date.end.or(date.start)?);
    Some((start.earliest(), end.latest().max(start.earliest())))
}

/// Places the events in the order of their dates, each into the first lane with enough space.
fn place(axis: &Axis, events: &[Event]) -> (Vec<Mark>, usize, i64) {
    let mut events: Vec<_> = events
        .iter()
        .filter_map(|event| Some((bounds(&event.date)?, event)))
        .collect();
    events.sort_by_key(|((first, last), event)| (*first, *last, event.number));
    let (mut marks, mut left_out) = (Vec::new(), 0);
    let mut lanes: Vec<Percent> = Vec::new();
    for ((first, last), event) in events {
        let (x, width) = axis.range(first, last);
        let dot = first == last;
        let (x, width) = if dot {
            (Percent(x.0 + width.0 / 2), Percent(0))
        } else {
            (x, width.max(MIN_BAR_WIDTH))
        };
        let end = Percent(x.0 + width.0);
        let taken = Percent(end.0 + GAPS + DIGIT * digits(event.number));
        let Some(lane) = take_lane(&mut lanes, x, taken) else {
            left_out += 1;
            continue;
        };
        marks.push(Mark {
            number: event.number,
            title: label(event),
            dot,
            held: event.held,
            x,
            width,
            end,
            y: HEAD + LANE * lane + LANE / 2,
        });
    }
    let lanes = i64::try_from(lanes.len()).unwrap_or_default();
    (marks, left_out, lanes)
}

/// Occupies the first lane that is free from `from` on, or a new one, until `until`; `None` if there is no space.
fn take_lane(lanes: &mut Vec<Percent>, from: Percent, until: Percent) -> Option<i64> {
    let free = lanes.iter().position(|taken| *taken <= from);
    let lane = free.or((lanes.len() < MAX_LANES).then_some(lanes.len()))?;
    match lanes.get_mut(lane) {
        Some(taken) => *taken = until,
        None => lanes.push(until),
    }
    i64::try_from(lane).ok()
}

/// The number of digits of a number.
fn digits(number: usize) -> i64 {
    number
        .checked_ilog10()
        .map_or(1, |power| i64::from(power) + 1)
}

fn label(event: &Event) -> String {
    format!(
        "{} {}: {}",
        event.number,
        event.title,
        event.when.as_deref().unwrap_or_default()
    )
}

/// The text for screen readers.
fn describe(subject: Subject, dated: &[Event], undated: &[Event]) -> String {
    let dates = dated.iter().take(MAX_DESCRIBED).map(|event| {
        format!(
            "{}: {}",
            event.number,
            event.when.as_deref().unwrap_or_default()
        )
    });
    let remainder = if dated.len() > MAX_DESCRIBED {
        format!("; and {} more", dated.len() - MAX_DESCRIBED)
    } else {
        String::new()
    };
    let without_date = if undated.is_empty() {
        String::new()
    } else {
        format!(" Without a date: {}.", undated.len())
    };
    format!(
        "The {} by their numbers and dates. {}{remainder}.{without_date} The list below contains all of them.",
        subject.plural(),
        dates.collect::<Vec<_>>().join("; ")
    )
}

fn band(axis: &Axis, start: Option<NaiveDate>, end: Option<NaiveDate>) -> Band {
    let (x, width) = axis.range(start.unwrap_or(axis.first), end.unwrap_or(axis.last));
    Band {
        x,
        width,
        end: Percent(x.0 + width.0),
        begins: start.is_some(),
        ends: end.is_some(),
        late: x.0 > 5000,
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, MAX_LANES, Subject, Timeline};
    use crate::domain::Period;

    fn period(start: &str, end: &str) -> Period {
        Period {
            start: start.parse().ok(),
            end: end.parse().ok(),
            text: None,
        }
    }

    fn event(number: usize, start: &str, end: &str) -> Event {
        Event {
            number,
            title: "Talks".into(),
            when: None,
            date: period(start, end),
            held: true,
        }
    }

    #[test]
    fn without_a_date_there_is_no_timeline() {
        assert!(
            Timeline::new(
                Subject::Activities,
                &period("2019-04", "2020-11"),
                vec![event(1, "", "")]
            )
            .is_none()
        );
    }

    #[test]
    fn a_day_is_a_dot_and_a_month_is_a_bar() {
        let drawn = Timeline::new(
            Subject::Activities,
            &Period::default(),
            vec![
                event(1, "2019-11-20", ""),
                event(2, "2019-11", "2019-11"),
                event(3, "", ""),
            ],
        )
        .unwrap();
        assert_eq!(
            drawn
                .marks
                .iter()
                .map(|mark| (mark.number, mark.dot))
                .collect::<Vec<_>>(),
            [(2, false), (1, true)]
        );
        assert_eq!(
            drawn
                .undated
                .iter()
                .map(|event| event.number)
                .collect::<Vec<_>>(),
            [3]
        );
        assert!(drawn.band.is_none());
    }

    #[test]
    fn an_activity_outside_the_period_is_drawn_outside_the_band() {
        let drawn = Timeline::new(
            Subject::Activities,
            &period("2019-04", "2020-11"),
            vec![event(1, "2018-12", ""), event(2, "2021-02-03", "")],
        )
        .unwrap();
        let band = drawn.band.unwrap();
        assert!(drawn.marks[0].end < band.x && drawn.marks[1].x > band.end);
    }

    #[test]
    fn marks_in_a_lane_do_not_overlap_and_omitted_marks_are_counted() {
        let events = (1..=200)
            .map(|number| event(number, "2019-11", ""))
            .collect();
        let drawn = Timeline::new(Subject::Activities, &period("2019", "2020"), events).unwrap();
        assert_eq!(
            (drawn.marks.len(), drawn.left_out),
            (MAX_LANES, 200 - MAX_LANES)
        );
        let spread = (1..=200)
            .map(|number| {
                event(
                    number,
                    &format!("2019-{:02}-{:02}", 1 + number % 12, 1 + number % 28),
                    "",
                )
            })
            .collect();
        let drawn = Timeline::new(Subject::Activities, &period("2019", "2019"), spread).unwrap();
        for (at, mark) in drawn.marks.iter().enumerate() {
            assert!(
                drawn.marks[..at]
                    .iter()
                    .all(|other| other.y != mark.y || other.end < mark.x)
            );
        }
    }

    #[test]
    fn extreme_dates_are_drawn_within_the_width() {
        let drawn = Timeline::new(
            Subject::Activities,
            &period("9999", ""),
            vec![
                event(1, "1000", "1000"),
                event(2, "9999-12-31", "9999-12-31"),
            ],
        )
        .unwrap();
        assert!(drawn.years.len() <= 10 && drawn.marks.len() == 2);
        assert!(
            drawn
                .marks
                .iter()
                .all(|mark| mark.x.0 >= 0 && mark.end.0 <= 10_000)
        );
    }
}
