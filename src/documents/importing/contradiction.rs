//! Facts that prove two cities to be different, although they share a slug, an identifier or a name.
//!
//! One rule: a contradiction needs a value on both sides, in a property that does not depend on spelling: country, identifiers or
//! coordinates. A region is free text ("Sachsen", "Saxony"), so only [`matching`](super::matching) considers it, and only against
//! a match by name. Start with [`contradictions`].

use crate::domain::AreaKm2;
use crate::resources::cities::CityInput;

/// The distance that two points of one city can have in addition to its radius, because sources choose different centres.
const TOLERANCE_KM: f64 = 50.0;
/// The mean radius of the earth.
const EARTH_RADIUS_KM: f64 = 6371.0;

/// Lists how a city of a document contradicts a stored city, with the values of both. The list is empty if they can be the same.
pub fn contradictions(stored: &CityInput, given: &CityInput) -> Vec<String> {
    [
        country(stored, given),
        identifier(stored, given),
        coordinates(stored, given),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn country(stored: &CityInput, given: &CityInput) -> Option<String> {
    let (stored, given) = stored.country.zip(given.country)?;
    (stored != given).then(|| format!("the stored country is {stored}, the given one {given}"))
}

/// Different identifiers of the same scheme contradict, unless the cities share another identifier.
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

/// Coordinates contradict if they are farther apart than the size of the city can explain.
fn coordinates(stored: &CityInput, given: &CityInput) -> Option<String> {
    let (own, other) = point(stored).zip(point(given))?;
    let distance = kilometres(own, other);
    let extent = radius(stored.area_km2.max(given.area_km2));
    (distance > TOLERANCE_KM + extent).then(|| {
        format!(
            "the stored coordinates are {}, {}, the given ones {}, {}, which is {distance:.0} km away",
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

/// The distance between two points on the surface of the earth (haversine formula). A point is a latitude and a longitude in
/// degrees.
fn kilometres(one: (f64, f64), other: (f64, f64)) -> f64 {
    let half_chord = |one: f64, other: f64| ((other - one).to_radians() / 2.0).sin().powi(2);
    let scale = one.0.to_radians().cos() * other.0.to_radians().cos();
    let square = half_chord(one.0, other.0) + scale * half_chord(one.1, other.1);
    2.0 * EARTH_RADIUS_KM * square.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::{contradictions, kilometres};
    use crate::resources::cities::CityInput;
    use serde_json::{Value, json};

    /// Creates a city with the given members and a name.
    fn city(members: Value) -> CityInput {
        let mut whole = json!({"name": "Burlington", "kind": "city"});
        let others = members.as_object().unwrap().clone();
        whole.as_object_mut().unwrap().extend(others);
        serde_json::from_value(whole).unwrap()
    }

    /// Counts the contradictions, which do not depend on which of the two is the stored one.
    fn count(one: Value, other: Value) -> usize {
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
    fn only_a_value_that_both_have_can_contradict() {
        let full = json!({
            "country": "US", "region": "Vermont", "latitude": 44.4759, "longitude": -73.2121, "population": 44743,
            "identifiers": [{"scheme": "geonames", "value": "5234372"}]
        });
        assert_eq!(count(full.clone(), full.clone()), 0);
        assert_eq!(count(full.clone(), json!({})), 0);
        let other = json!({
            "country": "CA", "region": "Ontario", "latitude": 43.3255, "longitude": -79.799,
            "identifiers": [{"scheme": "geonames", "value": "5911592"}]
        });
        assert_eq!(count(full, other), 3);
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
            assert_eq!(count(one.clone(), other), 0, "{one}");
        }
    }

    #[test]
    fn a_shared_identifier_outweighs_a_different_one() {
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
                count(identified(&own), identified(other)),
                found,
                "{other:?}"
            );
        }
    }

    #[test]
    fn coordinates_contradict_beyond_50_km_and_the_radius_of_the_city() {
        // A degree of latitude is 111 km everywhere, one of longitude half of that at 60 degrees north.
        assert_eq!(count(at(10.0, 20.0), at(10.44, 20.0)), 0);
        assert_eq!(count(at(10.0, 20.0), at(10.46, 20.0)), 1);
        assert_eq!(count(at(60.0, 20.0), at(60.0, 20.88)), 0);
        assert_eq!(count(at(60.0, 20.0), at(60.0, 20.92)), 1);
        let mut large = at(10.0, 20.0);
        large["area_km2"] = json!(31_415.93);
        assert_eq!(count(large.clone(), at(11.34, 20.0)), 0);
        assert_eq!(count(large, at(11.36, 20.0)), 1);
    }

    #[test]
    fn distances_are_right_at_the_date_line_and_the_poles() {
        assert_eq!(count(at(-16.8, 179.9), at(-16.8, -179.9)), 0);
        assert_eq!(count(at(89.9, 0.0), at(89.9, 180.0)), 0);
        assert_eq!(count(at(90.0, 0.0), at(-90.0, 0.0)), 1);
        assert!((kilometres((0.0, 0.0), (0.0, 180.0)) - 20_015.0).abs() < 1.0);
        assert!((kilometres((44.4759, -73.2121), (43.3255, -79.799)) - 543.0).abs() < 3.0);
    }
}
