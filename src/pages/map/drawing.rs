//! The drawing of a map: dots, names and lines.

use super::frame::Frame;
use super::labels::{Label, NARROW, WIDE, labels};
use super::place::{Line, Place};
use crate::pages::rows::Named;

/// The layout of a map.
#[derive(Debug)]
pub struct Map {
    /// The visible part of the world in tenths of degrees: left, top, width and height.
    pub view: String,
    /// The lines, each with its SVG path in tenths of degrees and its width from 1 to 3.
    pub lines: Vec<(String, usize)>,
    /// The cities.
    pub dots: Vec<Dot>,
    /// The number of cities that are not on the map because their coordinates are unknown.
    pub missing: usize,
}

/// A city on the map.
#[derive(Debug)]
pub struct Dot {
    /// The name and the page.
    pub city: Named,
    /// The horizontal position, as a percentage of the width.
    pub x: String,
    /// The vertical position, as a percentage of the height.
    pub y: String,
    /// The position of the name on a wide screen, if there is room.
    pub wide: Option<Label>,
    /// The position of the name on a narrow screen, if there is room.
    pub narrow: Option<Label>,
}

impl Map {
    /// Lays out cities and lines; `None` if no city has coordinates.
    pub fn new(places: &[Place], lines: &[Line], missing: usize) -> Option<Self> {
        let frame = Frame::around(places)?;
        let spots: Vec<(f64, f64)> = places.iter().map(|place| frame.share(place)).collect();
        let mut wide = labels(places, &spots, WIDE);
        let mut narrow = labels(places, &spots, NARROW);
        let dots = places.iter().zip(&spots).enumerate();
        let dots = dots.map(|(at, (place, (x, y)))| Dot {
            city: place.city.clone(),
            x: percent(*x),
            y: percent(*y),
            wide: wide.remove(&at),
            narrow: narrow.remove(&at),
        });
        Some(Self {
            view: frame.view(),
            dots: dots.collect(),
            lines: lines
                .iter()
                .flat_map(|line| curves(places, *line))
                .collect(),
            missing,
        })
    }
}

fn percent(share: f64) -> String {
    format!("{:.2}%", share * 100.0)
}

/// Draws a line as a curve. If the shorter way crosses the edge of the map, it is drawn as two curves, one at each edge.
fn curves(places: &[Place], line: Line) -> Vec<(String, usize)> {
    let (Some(from), Some(to)) = (places.get(line.from), places.get(line.to)) else {
        return Vec::new();
    };
    let width = line.plans.clamp(1, 3);
    let start = [from.longitude, from.latitude];
    let end = [to.longitude, to.latitude];
    let turn = match to.longitude - from.longitude {
        east if east > 180.0 => -360.0,
        west if west < -180.0 => 360.0,
        _ => return vec![(curve(start, end), width)],
    };
    let over = curve(start, [end[0] + turn, end[1]]);
    let back = curve([start[0] - turn, start[1]], end);
    vec![(over, width), (back, width)]
}

/// An SVG path that bends slightly to the left, so that overlapping lines can be distinguished.
fn curve([west, south]: [f64; 2], [east, north]: [f64; 2]) -> String {
    let (across, up) = (east - west, north - south);
    let bend = [
        f64::midpoint(west, east) - up * 0.12,
        f64::midpoint(south, north) + across * 0.12,
    ];
    let tenths = |[longitude, latitude]: [f64; 2]| {
        format!("{:.1} {:.1}", longitude * 10.0, latitude * -10.0)
    };
    format!(
        "M{}Q{} {}",
        tenths([west, south]),
        tenths(bend),
        tenths([east, north])
    )
}

#[cfg(test)]
mod tests {
    use super::{Line, Map};
    use crate::pages::map::place::tests::place;

    fn share(text: &str) -> f64 {
        text.trim_end_matches('%').parse().unwrap()
    }

    #[test]
    fn without_a_city_there_is_no_map() {
        assert!(Map::new(&[], &[], 3).is_none());
    }

    #[test]
    fn every_city_is_inside_the_drawing_with_east_to_the_right_and_north_up() {
        let places = [
            place("Manchester", -2.2, 53.5),
            place("Chengdu", 104.1, 30.7),
            place("Wellington", 174.8, -41.3),
        ];
        let map = Map::new(&places, &[], 0).unwrap();
        let spots: Vec<_> = map
            .dots
            .iter()
            .map(|dot| (share(&dot.x), share(&dot.y)))
            .collect();
        assert!(
            spots
                .iter()
                .all(|(x, y)| (1.0..=99.0).contains(x) && (1.0..=99.0).contains(y))
        );
        assert!(
            spots[0].0 < spots[1].0 && spots[1].0 < spots[2].0,
            "{spots:?}"
        );
        assert!(
            spots[0].1 < spots[1].1 && spots[1].1 < spots[2].1,
            "{spots:?}"
        );
    }

    #[test]
    fn a_line_takes_the_shorter_way_across_the_edge_of_the_map() {
        let places = [place("a", 170.0, 0.0), place("b", -170.0, 0.0)];
        let line = Line {
            from: 0,
            to: 1,
            plans: 9,
        };
        let map = Map::new(&places, &[line], 0).unwrap();
        assert_eq!(map.lines.len(), 2);
        assert!(map.lines[0].0.ends_with("1900.0 -0.0"), "{:?}", map.lines);
        assert!(map.lines[1].0.starts_with("M-1900.0"), "{:?}", map.lines);
        assert_eq!(map.lines[0].1, 3, "the width is limited");
        let near = [place("a", 0.0, 0.0), place("b", 10.0, 0.0)];
        assert_eq!(Map::new(&near, &[line], 0).unwrap().lines.len(), 1);
    }
}
