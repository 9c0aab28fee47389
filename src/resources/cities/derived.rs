//! The columns of a city that are derived from its document.
//!
//! One rule: they depend on the document alone, so whoever writes a row can derive them.

use super::model::CityInput;
use crate::database::SearchVector;
use crate::database::schema::cities;
use crate::domain::AreaKm2;
use crate::domain::folding::fold;
use crate::domain::words::{Vector, Weight};
use diesel::prelude::{AsChangeset, Insertable};
use serde::Serialize;

/// Less than every population and every area.
const UNKNOWN_LAST_DESCENDING: i64 = -1;

/// The derived columns of a city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Insertable, AsChangeset)]
#[diesel(table_name = cities)]
pub struct CityDerived {
    folded_name: String,
    search: SearchVector,
    population_ascending: i64,
    population_descending: i64,
    area_km2_ascending: i64,
    area_km2_descending: i64,
}

impl From<&CityInput> for CityDerived {
    fn from(input: &CityInput) -> Self {
        let area = input.area_km2.map(AreaKm2::hundredths);
        Self {
            folded_name: fold(&input.name),
            search: SearchVector(words(input).lexemes()),
            population_ascending: input.population.unwrap_or(i64::MAX),
            population_descending: input.population.unwrap_or(UNKNOWN_LAST_DESCENDING),
            area_km2_ascending: area.unwrap_or(i64::MAX),
            area_km2_descending: area.unwrap_or(UNKNOWN_LAST_DESCENDING),
        }
    }
}

/// The words by which a city is found.
fn words(input: &CityInput) -> Vector {
    Vector::default()
        .name(&input.name)
        .texts(Weight::Content, &input.alternative_names)
        .texts(Weight::Detail, &input.region)
        .whole_names(&input.name, &input.alternative_names)
}
