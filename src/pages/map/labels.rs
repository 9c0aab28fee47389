//! Places the names of cities on a map: as many as there is room for; cities with the most plans come first.
//!
//! One rule: names do not overlap. The widths of names are estimated generously, because the font is unknown. A map is laid out for
//! two widths of screens, and the style sheet shows the names for one of them. Start with [`labels`].

use super::place::Place;
use std::collections::HashMap;

/// The width and the height of a map on a wide screen.
pub const WIDE: (f64, f64) = (670.0, 335.0);
/// The width and the height of a map on a narrow screen.
pub const NARROW: (f64, f64) = (340.0, 170.0);

/// The height of a line of text.
const HEIGHT: f64 = 15.0;
/// The distance from the centre of a dot to its name.
const GAP: f64 = 8.0;
/// The maximum number of names.
const MAX_LABELS: usize = 60;

/// The position of the name of a city relative to its dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// The offset to the right in pixels.
    pub dx: i32,
    /// The offset downwards in pixels.
    pub dy: i32,
    /// The part of the text that is at this position: `start`, `middle` or `end`.
    pub anchor: &'static str,
}

const SIDES: [Label; 4] = [
    Label {
        dx: 8,
        dy: 4,
        anchor: "start",
    },
    Label {
        dx: -8,
        dy: 4,
        anchor: "end",
    },
    Label {
        dx: 0,
        dy: -9,
        anchor: "middle",
    },
    Label {
        dx: 0,
        dy: 19,
        anchor: "middle",
    },
];

/// Left, top, right and bottom in pixels.
#[derive(Debug, Clone, Copy)]
struct Area([f64; 4]);

impl Area {
    fn around((x, y): (f64, f64)) -> Self {
        Self([x - GAP / 2.0, y - GAP / 2.0, x + GAP / 2.0, y + GAP / 2.0])
    }

    fn of_name(name: &str, label: Label, (x, y): (f64, f64)) -> Self {
        let width = name
            .chars()
            .map(|letter| if letter < '\u{1100}' { 7.0 } else { 13.0 });
        let width: f64 = width.sum();
        let start = match label.anchor {
            "start" => x + GAP,
            "end" => x - GAP - width,
            _ => x - width / 2.0,
        };
        let top = y + f64::from(label.dy) - HEIGHT * 0.75;
        Self([start, top, start + width, top + HEIGHT])
    }

    fn overlaps(&self, other: &Self) -> bool {
        let (Self([left, top, right, bottom]), Self([west, north, east, south])) = (self, other);
        left < east && west < right && top < south && north < bottom
    }

    fn lies_within(&self, (width, height): (f64, f64)) -> bool {
        let Self([left, top, right, bottom]) = *self;
        left >= 0.0 && top >= 0.0 && right <= width && bottom <= height
    }
}

/// Returns the labels that fit on a map of the given size, by the index of the city. `spots` are the positions of the cities as
/// fractions of the width and the height.
pub fn labels(places: &[Place], spots: &[(f64, f64)], size: (f64, f64)) -> HashMap<usize, Label> {
    let points: Vec<_> = spots
        .iter()
        .map(|(x, y)| (x * size.0, y * size.1))
        .collect();
    let mut taken: Vec<Area> = points.iter().map(|point| Area::around(*point)).collect();
    let mut order: Vec<_> = places.iter().zip(&points).enumerate().collect();
    order.sort_by_key(|(_, (place, _))| std::cmp::Reverse(place.weight));
    let mut labels = HashMap::new();
    for (at, (place, point)) in order {
        let fits = |label: &Label| {
            let area = Area::of_name(&place.city.name, *label, *point);
            let free = !taken.iter().any(|other| area.overlaps(other));
            (free && area.lies_within(size)).then_some((*label, area))
        };
        let Some((label, area)) = SIDES.iter().find_map(fits) else {
            continue;
        };
        taken.push(area);
        labels.insert(at, label);
        if labels.len() >= MAX_LABELS {
            break;
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::{Area, MAX_LABELS, NARROW, WIDE, labels};
    use crate::pages::map::place::tests::place;

    #[test]
    fn names_do_not_overlap_and_their_number_is_limited() {
        let places: Vec<_> = (0..80)
            .map(|at| place(&format!("C{at}"), 0.0, 0.0))
            .collect();
        let spot = |at: u32| {
            let (row, column) = (f64::from(at / 9), f64::from(at % 9));
            (0.1 + 0.09 * column, 0.1 + 0.09 * row)
        };
        let spots: Vec<_> = (0..80).map(spot).collect();
        for size in [WIDE, NARROW] {
            let labels = labels(&places, &spots, size);
            assert!((1..=MAX_LABELS).contains(&labels.len()), "{labels:?}");
            let areas = labels.iter().map(|(at, label)| {
                let point = (spots[*at].0 * size.0, spots[*at].1 * size.1);
                Area::of_name(&places[*at].city.name, *label, point)
            });
            let areas: Vec<_> = areas.collect();
            for (at, area) in areas.iter().enumerate() {
                assert!(areas[..at].iter().all(|other| !area.overlaps(other)));
                assert!(area.lies_within(size));
            }
        }
    }

    #[test]
    fn if_there_is_room_for_one_name_only_the_city_with_more_plans_has_it() {
        let name = "x".repeat(45);
        let mut places = vec![place(&name, 0.0, 0.0), place(&name, 0.0, 0.0)];
        let spots = [(0.48, 0.5), (0.52, 0.5)];
        assert_eq!(labels(&places, &spots, NARROW).len(), 2, "above and below");
        let spots = [(0.48, 0.02), (0.52, 0.02)];
        for larger in [0, 1] {
            places[larger].weight = 5;
            places[1 - larger].weight = 1;
            let labels = labels(&places, &spots, NARROW);
            assert_eq!(labels.keys().collect::<Vec<_>>(), [&larger]);
        }
    }
}
