//! The columns of a city that are derived from its document.
//!
//! One rule: they depend on the document alone, so whoever writes a row can derive them.

use super::model::CityInput;
use crate::database::schema::cities;
use crate::domain::AreaKm2;
use diesel::prelude::{AsChangeset, Insertable};
use serde::Serialize;

/// Less than every population and every area.
const UNKNOWN_LAST_DESCENDING: i64 = -1;

/// The derived columns of a city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Insertable, AsChangeset)]
#[diesel(table_name = cities)]
pub struct CityDerived {
    population_ascending: i64,
    population_descending: i64,
    area_km2_ascending: i64,
    area_km2_descending: i64,
}

impl From<&CityInput> for CityDerived {
    fn from(input: &CityInput) -> Self {
        let area = input.area_km2.map(AreaKm2::hundredths);
        Self {
            population_ascending: input.population.unwrap_or(i64::MAX),
            population_descending: input.population.unwrap_or(UNKNOWN_LAST_DESCENDING),
            area_km2_ascending: area.unwrap_or(i64::MAX),
            area_km2_descending: area.unwrap_or(UNKNOWN_LAST_DESCENDING),
        }
    }
}
