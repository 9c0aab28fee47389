//! What tells two cities apart, whatever else they have in common: a slug, an identifier or a name.
//!
//! One rule: only what both state can contradict, and only what means the same in every spelling: country, identifiers and
//! place. A region is free text ("Sachsen", "Saxony"), so it is left to [`matching`](super::matching), which lets it weigh
//! against a name and nothing else. Start with [`contradictions`].

use crate::domain::AreaKm2;
use crate::resources::cities::CityInput;

/// How far apart two points of one city may be, besides its own extent: sources differ in what they take for its middle.
const TOLERANCE_KM: f64 = 50.0;
/// Mean radius of the earth.
const EARTH_RADIUS_KM: f64 = 6371.0;

/// Everything in which a city of a document contradicts a stored one, with both sides; empty if they can be the same.
pub fn contradictions(stored: &CityInput, given: &CityInput) -> Vec<String> {
    [
        country(stored, given),
        identifier(stored, given),
        place(stored, given),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn country(stored: &CityInput, given: &CityInput) -> Option<String> {
    let (stored, given) = stored.country.zip(given.country)?;
    (stored != given).then(|| format!("the stored country is {stored}, the given one {given}"))
}

/// Two identifiers of one register, unless they have another one in common.
fn identifier(stored: &CityInput, given: &CityInput) -> Option<String> {
    if stored.shares_identifier_with(given) {
        return None;
    }
    let pairs = stored.identifiers.iter().flat_map(|own| {
        let others = given.identifiers.iter();
        others.map(move |other| (own, other))
    });
    let (own, other) = pairs
        .into_iter()
        .find(|(own, other)| own.scheme == other.scheme)?;
    Some(format!(
        "the stored {} identifier is {}, the given one {}",
        own.scheme, own.value, other.value
    ))
}

/// Coordinates that are farther apart than the size of the city explains.
fn place(stored: &CityInput, given: &CityInput) -> Option<String> {
    let (own, other) = point(stored).zip(point(given))?;
    let distance = kilometres(own, other);
    let extent = radius(stored.area_km2.max(given.area_km2));
    (distance > TOLERANCE_KM + extent).then(|| {
        format!(
            "the stored place is {}, {}, the given one {}, {}, {distance:.0} km from there",
            own.0, own.1, other.0, other.1
        )
    })
}

fn point(city: &CityInput) -> Option<(f64, f64)> {
    city.latitude.zip(city.longitude)
}

/// The radius of a circle of that area, in kilometres.
fn radius(area: Option<AreaKm2>) -> f64 {
    area.map_or(0.0, |area| (area.to_number() / std::f64::consts::PI).sqrt())
}

/// The distance of two points on the ground (haversine formula); each is degrees north and degrees east.
fn kilometres(one: (f64, f64), other: (f64, f64)) -> f64 {
    let half_chord = |one: f64, other: f64| ((other - one).to_radians() / 2.0).sin().powi(2);
    let shrunk = one.0.to_radians().cos() * other.0.to_radians().cos();
    let square = half_chord(one.0, other.0) + shrunk * half_chord(one.1, other.1);
    2.0 * EARTH_RADIUS_KM * square.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::{contradictions, kilometres};
    use crate::resources::cities::CityInput;
    use serde_json::{Value, json};

    /// A city with those members beside its name.
    fn city(members: Value) -> CityInput {
        let mut whole = json!({"name": "Burlington", "kind": "city"});
        let others = members.as_object().unwrap().clone();
        whole.as_object_mut().unwrap().extend(others);
        serde_json::from_value(whole).unwrap()
    }

    /// How many contradictions there are, whichever of the two is the stored one.
    fn between(one: Value, other: Value) -> usize {
        let (one, other) = (city(one), city(other));
        let found = contradictions(&one, &other).len();
        assert_eq!(contradictions(&other, &one).len(), found);
        found
    }

    fn at(latitude: f64, longitude: f64) -> Value {
        json!({"latitude": latitude, "longitude": longitude})
    }

    fn identified(identifiers: &[(&str, &str)]) -> Value {
        let identifier = |(scheme, value): &(&str, &str)| json!({"scheme": scheme, "value": value});
        json!({"identifiers": identifiers.iter().map(identifier).collect::<Value>()})
    }

    #[test]
    fn only_what_both_state_contradicts() {
        let full = json!({
            "country": "US", "region": "Vermont", "latitude": 44.4759, "longitude": -73.2121, "population": 44743,
            "identifiers": [{"scheme": "geonames", "value": "5234372"}]
        });
        assert_eq!(between(full.clone(), full.clone()), 0);
        assert_eq!(between(full.clone(), json!({})), 0);
        let other = json!({
            "country": "CA", "region": "Ontario", "latitude": 43.3255, "longitude": -79.799,
            "identifiers": [{"scheme": "geonames", "value": "5911592"}]
        });
        assert_eq!(between(full, other), 3);
    }

    #[test]
    fn regions_names_and_numbers_contradict_nothing() {
        for (one, other) in [
            (
                json!({"region": "North West England"}),
                json!({"region": "England"}),
            ),
            (json!({"region": "Sachsen"}), json!({"region": "Saxony"})),
            (json!({"name": "Leipzig"}), json!({"name": "Lipsia"})),
            (
                json!({"kind": "city"}),
                json!({"kind": "metropolitan_area"}),
            ),
            (json!({"population": 1}), json!({"population": 1_000_000})),
            (json!({"country": "GB"}), json!({"country": "UK"})),
        ] {
            assert_eq!(between(one.clone(), other), 0, "{one}");
        }
    }

    #[test]
    fn one_identifier_in_common_outweighs_another_that_differs() {
        let own = [("geonames", "1"), ("wikidata", "Q1")];
        for (other, found) in [
            (&[("geonames", "2")][..], 1),
            (&[("unlocode", "X")], 0),
            (&[("geonames", "2"), ("wikidata", "Q1")], 0),
            (&[("geonames", "2"), ("wikidata", "Q2")], 1),
            (&[("geonames", "2"), ("geonames", "1")], 0),
            (&[], 0),
        ] {
            assert_eq!(
                between(identified(&own), identified(other)),
                found,
                "{other:?}"
            );
        }
    }

    #[test]
    fn places_contradict_from_50_km_on_or_farther_if_the_city_is_larger() {
        // A degree of latitude is 111 km everywhere, one of longitude half of that at 60 degrees north.
        assert_eq!(between(at(10.0, 20.0), at(10.44, 20.0)), 0);
        assert_eq!(between(at(10.0, 20.0), at(10.46, 20.0)), 1);
        assert_eq!(between(at(60.0, 20.0), at(60.0, 20.88)), 0);
        assert_eq!(between(at(60.0, 20.0), at(60.0, 20.92)), 1);
        let mut large = at(10.0, 20.0);
        large["area_km2"] = json!(31_415.93);
        assert_eq!(between(large.clone(), at(11.34, 20.0)), 0);
        assert_eq!(between(large, at(11.36, 20.0)), 1);
    }

    #[test]
    fn the_date_line_and_the_poles_are_no_distance() {
        assert_eq!(between(at(-16.8, 179.9), at(-16.8, -179.9)), 0);
        assert_eq!(between(at(89.9, 0.0), at(89.9, 180.0)), 0);
        assert_eq!(between(at(90.0, 0.0), at(-90.0, 0.0)), 1);
        assert!((kilometres((0.0, 0.0), (0.0, 180.0)) - 20_015.0).abs() < 1.0);
        assert!((kilometres((44.4759, -73.2121), (43.3255, -79.799)) - 543.0).abs() < 3.0);
    }
}
