//! The drawing itself: dots, names and lines.

use super::frame::Frame;
use super::labels::{Label, NARROW, WIDE, labels};
use super::place::{Line, Place};
use crate::pages::rows::Named;

/// A drawing.
#[derive(Debug)]
pub struct Map {
    /// What part of the world is seen, in tenths of degrees: left, top, width and height.
    pub view: String,
    /// The lines, each as a path in tenths of degrees and its width from 1 to 3.
    pub lines: Vec<(String, usize)>,
    /// The cities.
    pub dots: Vec<Dot>,
    /// How many cities are not drawn, because it is not known where they are.
    pub missing: usize,
}

/// A city in the drawing.
#[derive(Debug)]
pub struct Dot {
    /// Its name and page.
    pub city: Named,
    /// Share of the width.
    pub x: String,
    /// Share of the height.
    pub y: String,
    /// Where its name stands on a wide screen, if there is room.
    pub wide: Option<Label>,
    /// Where its name stands on a narrow screen, if there is room.
    pub narrow: Option<Label>,
}

impl Map {
    /// Lays out cities and lines; `None` if there is no city to draw.
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
            lines: lines.iter().flat_map(|line| drawn(places, *line)).collect(),
            missing,
        })
    }
}

fn percent(share: f64) -> String {
    format!("{:.2}%", share * 100.0)
}

/// A line as a bow; where the way across the edge of the map is shorter, as two that leave it on either side.
fn drawn(places: &[Place], line: Line) -> Vec<(String, usize)> {
    let (Some(from), Some(to)) = (places.get(line.from), places.get(line.to)) else {
        return Vec::new();
    };
    let width = line.plans.clamp(1, 3);
    let start = [from.longitude, from.latitude];
    let end = [to.longitude, to.latitude];
    let turn = match to.longitude - from.longitude {
        east if east > 180.0 => -360.0,
        west if west < -180.0 => 360.0,
        _ => return vec![(bow(start, end), width)],
    };
    let over = bow(start, [end[0] + turn, end[1]]);
    let back = bow([start[0] - turn, start[1]], end);
    vec![(over, width), (back, width)]
}

/// A path that bends a little to the left of its way, so that lines which lie on each other can be told apart.
fn bow([west, south]: [f64; 2], [east, north]: [f64; 2]) -> String {
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
    fn without_a_city_there_is_nothing_to_draw() {
        assert!(Map::new(&[], &[], 3).is_none());
    }

    #[test]
    fn every_city_lies_inside_the_drawing_east_to_the_right_and_north_up() {
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
    fn a_line_takes_the_short_way_across_the_edge_of_the_map() {
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
        assert_eq!(map.lines[0].1, 3, "the width has a bound");
        let near = [place("a", 0.0, 0.0), place("b", 10.0, 0.0)];
        assert_eq!(Map::new(&near, &[line], 0).unwrap().lines.len(), 1);
    }
}
