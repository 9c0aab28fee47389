//! The cooperation of cities in plans, from which a map is made.
//!
//! One rule: a line connects the lead city with each partner; in a small cluster, which has no lead city, a line connects every
//! two cities. Start with [`Cooperation`].

use super::drawing::Map;
use super::place::{Line, Place};
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::queries::find_all;
use crate::database::Connection;
use crate::domain::RecordKind;
use crate::pages::rows::Named;
use crate::resources::cities::{City, CityInput};
use crate::resources::plans::{PlanCity, PlanCityRole};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The largest number of cities of a cluster in which every two cities are connected by a line.
const CLUSTER: usize = 8;

/// The cities with the number of their plans, and the pairs of cities with the number of plans that they share.
#[derive(Default)]
pub struct Cooperation<K> {
    cities: BTreeMap<K, usize>,
    pairs: BTreeMap<(K, K), usize>,
}

impl<K: Ord + Copy> Cooperation<K> {
    /// Adds a plan. `key` returns the key of a city.
    pub fn add_plan(&mut self, cities: &[PlanCity], key: impl Fn(&PlanCity) -> K) {
        for city in cities {
            *self.cities.entry(key(city)).or_default() += 1;
        }
        let (leads, partners): (Vec<&PlanCity>, Vec<_>) = cities
            .iter()
            .partition(|city| city.role == PlanCityRole::Lead);
        for (at, partner) in partners.iter().enumerate() {
            let others = match leads.as_slice() {
                [] if partners.len() > CLUSTER => &[],
                [] => partners.get(..at).unwrap_or_default(),
                leads => leads,
            };
            for other in others {
                self.add_pair(key(other), key(partner), 1);
            }
        }
    }

    /// Adds a number of plans that two cities share.
    pub fn add_pair(&mut self, one: K, other: K, plans: usize) {
        for city in [one, other] {
            self.cities.entry(city).or_default();
        }
        let pair = if one < other {
            (one, other)
        } else {
            (other, one)
        };
        *self.pairs.entry(pair).or_default() += plans;
    }

    /// Creates the map. `place` returns the name and the coordinates of a city, if they are known.
    pub fn map(&self, place: impl Fn(K) -> Option<(Named, f64, f64)>) -> Option<Map> {
        let mut places = Vec::new();
        let mut numbers = BTreeMap::new();
        for (key, weight) in &self.cities {
            let Some((city, longitude, latitude)) = place(*key) else {
                continue;
            };
            numbers.insert(*key, places.len());
            places.push(Place {
                city,
                longitude,
                latitude,
                weight: *weight,
            });
        }
        let lines = self.pairs.iter().filter_map(|((one, other), plans)| {
            Some(Line {
                from: *numbers.get(one)?,
                to: *numbers.get(other)?,
                plans: *plans,
            })
        });
        let lines: Vec<Line> = lines.collect();
        Map::new(&places, &lines, self.cities.len() - places.len())
    }
}

impl Cooperation<Uuid> {
    /// Creates the map with the names and coordinates of the stored cities.
    ///
    /// # Errors
    /// 503.
    pub async fn read_map(&self, context: &Context) -> Result<Option<Map>, Problem> {
        let ids: Vec<Uuid> = self.cities.keys().copied().collect();
        if ids.is_empty() {
            return Ok(None);
        }
        let read = async |connection: &Connection| {
            Ok::<Vec<City>, Problem>(find_all(connection, &ids).await?)
        };
        let cities = context.database.read(read).await?;
        let cities = cities.iter().map(|city| (city.record.id, &city.input));
        let cities: BTreeMap<Uuid, &CityInput> = cities.collect();
        Ok(self.map(|id| position(cities.get(&id)?)))
    }
}

/// The name and the coordinates of a city, if the coordinates are known.
pub fn position(city: &CityInput) -> Option<(Named, f64, f64)> {
    let name = Named::new(RecordKind::City, city.slug.as_str(), &city.name);
    Some((name, city.longitude?, city.latitude?))
}

#[cfg(test)]
mod tests {
    use super::Cooperation;
    use crate::pages::rows::Named;
    use crate::resources::plans::PlanCity;
    use serde_json::{from_value, json};
    use uuid::Uuid;

    fn cities(lead: bool, numbers: std::ops::Range<u128>) -> Vec<PlanCity> {
        let city = |number: u128| {
            let role = if lead && number == 0 {
                "lead"
            } else {
                "partner"
            };
            from_value(json!({"city_id": Uuid::from_u128(number), "role": role})).unwrap()
        };
        numbers.map(city).collect()
    }

    fn lines(plans: &[Vec<PlanCity>]) -> Vec<usize> {
        let mut cooperation = Cooperation::default();
        for plan in plans {
            cooperation.add_plan(plan, |city| city.city.id());
        }
        let named = |id: Uuid| Named {
            name: id.to_string(),
            page: String::new(),
        };
        let degrees = |id: Uuid| f64::from(u32::try_from(id.as_u128()).unwrap());
        let map = cooperation.map(|id| Some((named(id), degrees(id), 0.0)));
        let lines = map.unwrap().lines.into_iter();
        lines.map(|(_, width)| width).collect()
    }

    #[test]
    fn a_line_connects_the_lead_with_each_partner_and_is_thicker_for_more_plans() {
        assert_eq!(lines(&[cities(true, 0..4)]), [1, 1, 1]);
        assert_eq!(lines(&[cities(true, 0..3), cities(true, 0..2)]), [2, 1]);
        assert_eq!(lines(&[cities(true, 0..1)]), [0; 0]);
    }

    #[test]
    fn only_the_cities_of_a_small_cluster_are_connected_with_each_other() {
        assert_eq!(lines(&[cities(false, 0..4)]).len(), 6);
        assert_eq!(lines(&[cities(false, 0..9)]).len(), 0);
    }

    #[test]
    fn cities_without_coordinates_are_counted() {
        let mut cooperation = Cooperation::default();
        cooperation.add_plan(&cities(true, 0..3), |city| city.city.id());
        let known = |id: Uuid| (id.as_u128() != 1).then_some((1.0, 2.0));
        let map = cooperation.map(|id| {
            let (east, north) = known(id)?;
            let name = id.to_string();
            let page = String::new();
            Some((Named { name, page }, east, north))
        });
        let map = map.unwrap();
        assert_eq!((map.dots.len(), map.missing, map.lines.len()), (2, 1, 1));
    }
}
