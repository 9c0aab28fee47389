//! The part of the world that a map shows: all its cities with a margin, twice as wide as high.
//!
//! One rule: degrees of longitude are scaled by the cosine of the middle latitude, so that shapes are not distorted there. Start
//! with [`Frame::around`].

use super::place::Place;

/// The minimum height in degrees of latitude, so that a map of a single city shows the surrounding country.
const MIN_HEIGHT: f64 = 16.0;
/// The margin around the outermost cities, as a fraction of the distance between them.
const MARGIN: f64 = 0.22;

/// A part of the world.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    west: f64,
    north: f64,
    width: f64,
    height: f64,
}

impl Frame {
    /// The frame around the given places; `None` if there are none.
    pub fn around(places: &[Place]) -> Option<Self> {
        let (west, east) = bounds(places.iter().map(|place| place.longitude))?;
        let (south, north) = bounds(places.iter().map(|place| place.latitude))?;
        let middle = [f64::midpoint(west, east), f64::midpoint(south, north)];
        let narrowing = middle[1].to_radians().cos().max(0.25);
        let with_margin = |span: f64| span * (1.0 + 2.0 * MARGIN);
        let height = with_margin(north - south)
            .max(with_margin(east - west) * narrowing / 2.0)
            .clamp(MIN_HEIGHT, 180.0);
        let width = (height * 2.0 / narrowing).min(360.0);
        Some(Self {
            west: inside(middle[0] - width / 2.0, width, 180.0),
            north: -inside(-middle[1] - height / 2.0, height, 90.0),
            width,
            height,
        })
    }

    /// The position of a place, as fractions of the width and the height.
    pub fn share(&self, place: &Place) -> (f64, f64) {
        (
            (place.longitude - self.west) / self.width,
            (self.north - place.latitude) / self.height,
        )
    }

    /// The view box of the SVG: left, top, width and height in tenths of degrees, with the vertical axis pointing down.
    pub fn view(&self) -> String {
        let tenths = [self.west, -self.north, self.width, self.height].map(|value| value * 10.0);
        tenths.map(|value| format!("{value:.1}")).join(" ")
    }
}

/// Moves the start of an interval so that the interval lies between the edges, if it fits.
fn inside(start: f64, length: f64, edge: f64) -> f64 {
    start.min(edge - length).max(-edge)
}

fn bounds(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |bounds, value| {
        let (least, most) = bounds.unwrap_or((value, value));
        Some((value.min(least), value.max(most)))
    })
}

#[cfg(test)]
mod tests {
    use super::Frame;
    use crate::pages::map::place::tests::place;

    #[test]
    fn a_single_city_is_in_the_middle_of_the_frame() {
        let city = place("Leipzig", 12.4, 51.3);
        let frame = Frame::around(std::slice::from_ref(&city)).unwrap();
        let (x, y) = frame.share(&city);
        assert!((x - 0.5).abs() < 1e-9 && (y - 0.5).abs() < 1e-9);
        assert!(
            frame.width > frame.height * 2.0,
            "degrees of longitude are shorter at this latitude"
        );
    }

    #[test]
    fn the_frame_never_exceeds_the_world() {
        for places in [
            vec![place("a", -180.0, -90.0), place("b", 180.0, 90.0)],
            vec![place("c", 179.9, 89.0)],
            vec![place("d", -179.9, -89.9)],
            vec![place("e", -100.0, 70.0), place("f", 100.0, 71.0)],
        ] {
            let frame = Frame::around(&places).unwrap();
            let Frame {
                west,
                north,
                width,
                height,
            } = frame;
            assert!(west >= -180.0 && west + width <= 180.001, "{frame:?}");
            assert!(north <= 90.0 && north - height >= -90.001, "{frame:?}");
            for place in &places {
                let (x, y) = frame.share(place);
                assert!(
                    (-1e-9..=1.0).contains(&x) && (-1e-9..=1.0).contains(&y),
                    "{frame:?}"
                );
            }
        }
    }
}
