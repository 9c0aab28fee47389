//! Activities or plans over time, laid out for a small drawing that reads without colour.
//!
//! Across, everything is a share of the width, so that the drawing fits a telephone and its words keep their size;
//! down, everything is in pixels. What is known to the day is a dot, all else a bar; each carries the number of its
//! activity on the sheet. Start with [`Timeline::new`]; the axis is in `axis.rs`.

mod axis;

use crate::domain::Period;
use axis::Axis;
pub use axis::{Label, Percent};
use chrono::NaiveDate;

/// Height of what stands above the first lane: years, months and the name of the period.
const HEAD: i64 = 62;
/// Height of a lane.
const LANE: i64 = 22;
/// How many lanes are drawn; what finds no place in them is only named.
const LANES: usize = 24;
/// Room beside a mark, on the narrowest screen, for the gaps and for each digit of its number.
const GAPS: i64 = 420;
/// See [`GAPS`].
const DIGIT: i64 = 195;
/// The narrowest bar.
const NARROWEST: Percent = Percent(80);
/// How many undated activities are named by more than their number, and how many dates are told to who cannot see.
const TOLD: usize = 30;

/// What the events of a timeline are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Activities, beside the period of their plan if there is one.
    Activities,
    /// Plans by their periods.
    Plans,
}

impl Subject {
    /// One of them, in words.
    pub fn singular(self) -> &'static str {
        match self {
            Self::Activities => "activity",
            Self::Plans => "plan",
        }
    }

    /// Several of them, in words.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Activities => "activities",
            Self::Plans => "plans",
        }
    }

    /// What those are that are drawn hollow.
    pub fn hollow(self) -> &'static str {
        match self {
            Self::Activities => "planned, postponed or cancelled",
            Self::Plans => "draft or cancelled",
        }
    }
}

/// An activity or a plan as the timeline takes it.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its number on the sheet.
    pub number: usize,
    /// Its title.
    pub title: String,
    /// Its date in words.
    pub when: Option<String>,
    /// Its date.
    pub date: Period,
    /// Whether it took place, or takes place.
    pub held: bool,
}

/// A drawing of events over time.
#[derive(Debug)]
pub struct Timeline {
    /// What the events are.
    pub subject: Subject,
    /// Height in pixels.
    pub height: i64,
    /// What it shows, for those who cannot see it.
    pub description: String,
    /// Names of the years.
    pub years: Vec<Label>,
    /// Initials of the months, if there is room for them.
    pub months: Vec<Label>,
    /// Where a year begins.
    pub year_lines: Vec<Percent>,
    /// Where a month or a quarter begins.
    pub month_lines: Vec<Percent>,
    /// The period of the plan.
    pub band: Option<Band>,
    /// The activities.
    pub marks: Vec<Mark>,
    /// Activities without a date.
    pub undated: Vec<Event>,
    /// Whether the undated ones are few enough to be named by their titles.
    pub undated_titles: bool,
    /// How many activities found no place in the drawing.
    pub left_out: usize,
}

/// The period of the plan in the drawing.
#[derive(Debug)]
pub struct Band {
    /// Left edge.
    pub x: Percent,
    /// Right edge.
    pub end: Percent,
    /// Width.
    pub width: Percent,
    /// Whether it has a beginning.
    pub begins: bool,
    /// Whether it has an end.
    pub ends: bool,
    /// Whether its name is aligned with its right edge.
    pub late: bool,
}

/// An activity in the drawing.
#[derive(Debug)]
pub struct Mark {
    /// Its number on the sheet.
    pub number: usize,
    /// Its title and date.
    pub title: String,
    /// Whether it is a dot and not a bar.
    pub dot: bool,
    /// Whether it is filled: it took place.
    pub held: bool,
    /// Left edge of the bar, or centre of the dot.
    pub x: Percent,
    /// Width of the bar.
    pub width: Percent,
    /// Right edge, beside which the number stands.
    pub end: Percent,
    /// Middle of its lane.
    pub y: i64,
}

impl Timeline {
    /// Lays out the events and the period; `None` if no event is dated.
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
        let axis = Axis::over(from, to);
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
            undated_titles: undated.len() <= TOLD,
            undated,
            left_out,
        })
    }

    /// Whether it has something to compare: more than one event.
    pub fn has_several(&self) -> bool {
        self.marks.len() > 1
    }

    /// Whether some mark is a bar.
    pub fn has_bars(&self) -> bool {
        self.marks.iter().any(|mark| !mark.dot)
    }

    /// Whether some mark is a dot.
    pub fn has_dots(&self) -> bool {
        self.marks.iter().any(|mark| mark.dot)
    }

    /// Whether some mark is hollow.
    pub fn has_hollow(&self) -> bool {
        self.marks.iter().any(|mark| !mark.held)
    }
}

/// First and last day of an event.
fn bounds(date: &Period) -> Option<(NaiveDate, NaiveDate)> {
    let (start, end) = (date.start.or(date.end)?, date.end.or(date.start)?);
    Some((start.earliest(), end.latest().max(start.earliest())))
}

/// Puts each event into the first lane that has room for it, the earliest first.
fn place(axis: &Axis, events: &[Event]) -> (Vec<Mark>, usize, i64) {
    let mut events: Vec<_> = events
        .iter()
        .filter_map(|event| Some((bounds(&event.date)?, event)))
        .collect();
    events.sort_by_key(|((first, last), event)| (*first, *last, event.number));
    let (mut marks, mut left_out) = (Vec::new(), 0);
    let mut lanes: Vec<Percent> = Vec::new();
    for ((first, last), event) in events {
        let (x, width) = axis.stretch(first, last);
        let dot = first == last;
        let (x, width) = if dot {
            (Percent(x.0 + width.0 / 2), Percent(0))
        } else {
            (x, width.max(NARROWEST))
        };
        let end = Percent(x.0 + width.0);
        let taken = Percent(end.0 + GAPS + DIGIT * digits(event.number));
        let Some(lane) = take_lane(&mut lanes, x, taken) else {
            left_out += 1;
            continue;
        };
        marks.push(Mark {
            number: event.number,
            title: told(event),
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

/// Takes the first lane that is free from `from` on, or a new one, until `until`; `None` if there is no room.
fn take_lane(lanes: &mut Vec<Percent>, from: Percent, until: Percent) -> Option<i64> {
    let free = lanes.iter().position(|taken| *taken <= from);
    let lane = free.or((lanes.len() < LANES).then_some(lanes.len()))?;
    match lanes.get_mut(lane) {
        Some(taken) => *taken = until,
        None => lanes.push(until),
    }
    i64::try_from(lane).ok()
}

/// How many digits a number has.
fn digits(number: usize) -> i64 {
    number
        .checked_ilog10()
        .map_or(1, |power| i64::from(power) + 1)
}

fn told(event: &Event) -> String {
    format!(
        "{} {}: {}",
        event.number,
        event.title,
        event.when.as_deref().unwrap_or_default()
    )
}

fn describe(subject: Subject, dated: &[Event], undated: &[Event]) -> String {
    let dates = dated.iter().take(TOLD).map(|event| {
        format!(
            "{}: {}",
            event.number,
            event.when.as_deref().unwrap_or_default()
        )
    });
    let rest = if dated.len() > TOLD {
        format!("; and {} more", dated.len() - TOLD)
    } else {
        String::new()
    };
    let open = if undated.is_empty() {
        String::new()
    } else {
        format!(" Without a date: {}.", undated.len())
    };
    format!(
        "The {} by their numbers and dates. {}{rest}.{open} The list that follows tells each of them.",
        subject.plural(),
        dates.collect::<Vec<_>>().join("; ")
    )
}

fn band(axis: &Axis, start: Option<NaiveDate>, end: Option<NaiveDate>) -> Band {
    let (x, width) = axis.stretch(start.unwrap_or(axis.first), end.unwrap_or(axis.last));
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
    use super::{Event, LANES, Subject, Timeline};
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
    fn without_a_date_there_is_nothing_to_draw() {
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
    fn an_activity_outside_the_period_lies_beside_its_band() {
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
    fn marks_in_one_lane_do_not_touch_and_what_finds_no_lane_is_named() {
        let events = (1..=200)
            .map(|number| event(number, "2019-11", ""))
            .collect();
        let drawn = Timeline::new(Subject::Activities, &period("2019", "2020"), events).unwrap();
        assert_eq!((drawn.marks.len(), drawn.left_out), (LANES, 200 - LANES));
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
    fn ages_and_orders_of_dates_break_nothing() {
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
