//! The fields of a city, its rules, filters and sort keys.

use crate::conventions::paging::{Cast, Column, Order, SortKey};
use crate::conventions::resource::{Assigned, Assignment, Input, Record, keep_first_of_equals};
use crate::database::schema::cities;
use crate::database::{Json, text_column};
use crate::domain::{AreaKm2, CountryCode, Fault, FaultCode, Faults, Slug};
use crate::resources::references::{CityReference, ThemeReference};
use diesel::prelude::{AsChangeset, ExpressionMethods, Insertable, Queryable, Selectable};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Kind of place.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    Display,
    EnumString,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CityKind {
    /// A city or town.
    City,
    /// A municipality, as an administrative unit that may hold several places.
    Municipality,
    /// A city and its surrounding area.
    MetropolitanArea,
    /// A region, province or state.
    Region,
    /// A district of a city.
    District,
    /// A county.
    County,
    /// Something else.
    Other,
}
text_column!(CityKind);

/// An identifier of a city in another register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CityIdentifier {
    /// The register, such as geonames, wikidata, unlocode, nuts or iso-3166-2.
    #[schema(
        pattern = "^[a-z0-9]+(-[a-z0-9]+)*$",
        max_length = 50,
        example = "geonames"
    )]
    pub scheme: String,
    /// The identifier in that register.
    #[schema(max_length = 100, example = "2643123")]
    pub value: String,
}

/// A place that takes part in a plan or is mentioned by one, as it is written.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Serialize,
    Deserialize,
    ToSchema,
    Queryable,
    Selectable,
    Insertable,
    AsChangeset,
)]
#[diesel(table_name = cities, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct CityInput {
    /// Human-readable identifier for URLs; derived from the name if it is not given, and never changed.
    #[serde(default)]
    pub slug: Slug,
    /// Name in English or in Latin script. Two cities may have the same name.
    #[schema(max_length = 200, example = "Manchester")]
    pub name: String,
    /// Names in other spellings and languages. Of equal names, the first is kept.
    #[serde(default)]
    #[schema(example = json!(["曼彻斯特"]))]
    pub alternative_names: Vec<String>,
    /// Kind of place.
    pub kind: CityKind,
    /// ISO 3166-1 alpha-2 code of the country, or `XK` for Kosovo; `UK` and `EL` are read as `GB` and `GR`.
    pub country: Option<CountryCode>,
    /// Province, state, department or similar, as free text.
    #[schema(max_length = 200, example = "North West England")]
    pub region: Option<String>,
    /// Number of inhabitants.
    #[schema(minimum = 0, maximum = 100000000, example = 2682500)]
    pub population: Option<i64>,
    /// Area in square kilometres.
    pub area_km2: Option<AreaKm2>,
    /// Latitude in degrees north (WGS 84); given together with the longitude or not at all.
    #[schema(minimum = -90, maximum = 90, example = 53.4809)]
    pub latitude: Option<f64>,
    /// Longitude in degrees east (WGS 84); given together with the latitude or not at all.
    #[schema(minimum = -180, maximum = 180, example = -2.2374)]
    pub longitude: Option<f64>,
    /// Identifiers in other registers; an identifier belongs to only one city.
    #[serde(default)]
    #[diesel(serialize_as = Json<Vec<CityIdentifier>>, deserialize_as = Json<Vec<CityIdentifier>>)]
    pub identifiers: Vec<CityIdentifier>,
}

impl CityInput {
    /// True if the two have an identifier in common.
    pub fn shares_identifier_with(&self, other: &Self) -> bool {
        self.identifiers
            .iter()
            .any(|identifier| other.identifiers.contains(identifier))
    }
}

impl Input for CityInput {
    fn validate(&self, faults: &mut Faults) {
        if self.latitude.is_some() != self.longitude.is_some() {
            let missing = if self.latitude.is_none() {
                "latitude"
            } else {
                "longitude"
            };
            faults.add(
                format!("/{missing}"),
                "latitude and longitude must be given together or not at all",
            );
        }
        faults.add_duplicates(
            "/identifiers",
            &self.identifiers,
            Clone::clone,
            "the identifier",
        );
    }

    fn remove_repetitions(&mut self) {
        keep_first_of_equals(&mut self.alternative_names);
    }

    fn assigned(&self) -> Assigned<'_> {
        Assigned::Slug {
            slug: &self.slug,
            name: &self.name,
        }
    }

    fn assign(&mut self, value: Assignment) {
        if let Assignment::Slug(slug) = value {
            self.slug = slug;
        }
    }
}

/// A place that takes part in a plan or is mentioned by one.
#[derive(Debug, Clone, Serialize, Queryable, ToSchema)]
pub struct City {
    /// The metadata that the service maintains.
    #[serde(flatten)]
    pub record: Record,
    /// The stored document.
    #[serde(flatten)]
    pub input: CityInput,
}

/// Filters of the list of cities.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CityFilter {
    /// ISO 3166-1 alpha-2 code of the country.
    #[serde(default)]
    #[param(example = json!(["CN"]))]
    pub country: Vec<CountryCode>,
    /// Kind of place.
    #[serde(default)]
    #[param(example = json!(["city"]))]
    pub kind: Vec<CityKind>,
    /// Identifier in another register, as `scheme:value`.
    #[serde(default)]
    #[param(pattern = "^[a-z0-9]+(-[a-z0-9]+)*:[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*$", example = json!(["geonames:2643123"]))]
    pub identifier: Vec<String>,
    /// Smallest number of inhabitants.
    #[param(minimum = 0, maximum = 100000000, example = 100000)]
    pub population_min: Option<i64>,
    /// Largest number of inhabitants.
    #[param(minimum = 0, maximum = 100000000, example = 1000000)]
    pub population_max: Option<i64>,
    /// Smallest area in square kilometres.
    #[param(value_type = Option<f64>, minimum = 0, maximum = 1000000000, multiple_of = 0.01, example = 10)]
    pub area_km2_min: Option<AreaKm2>,
    /// Largest area in square kilometres.
    #[param(value_type = Option<f64>, minimum = 0, maximum = 1000000000, multiple_of = 0.01, example = 1000)]
    pub area_km2_max: Option<AreaKm2>,
}

/// Sort keys of the list of cities.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CitySort {
    /// When the record was created.
    #[default]
    CreatedAt,
    /// When the record was last changed.
    UpdatedAt,
    /// Name, in the order of code points.
    Name,
    /// Number of inhabitants.
    Population,
    /// Area.
    AreaKm2,
}

impl SortKey for CitySort {
    fn column(self, order: Order) -> Column {
        let (sql, cast) = match (self, order) {
            (Self::CreatedAt, _) => ("cities.created_at", Cast::Time),
            (Self::UpdatedAt, _) => ("cities.updated_at", Cast::Time),
            (Self::Name, _) => ("cities.folded_name", Cast::Text),
            (Self::Population, Order::Asc) => ("cities.population_ascending", Cast::Integer),
            (Self::Population, Order::Desc) => ("cities.population_descending", Cast::Integer),
            (Self::AreaKm2, Order::Asc) => ("cities.area_km2_ascending", Cast::Integer),
            (Self::AreaKm2, Order::Desc) => ("cities.area_km2_descending", Cast::Integer),
        };
        Column {
            sql,
            id: "cities.id",
            cast,
        }
    }
}

/// The partners of a city: the cities with which it shares plans.
#[derive(Debug, Serialize, ToSchema)]
pub struct CityPartners {
    /// Id of the city.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f1a1b")]
    pub city_id: Uuid,
    /// The partners, at most 200, in descending order of shared plans. Plans that mirror one another count once.
    pub data: Vec<CityPartner>,
}

/// A partner of a city.
#[derive(Debug, Serialize, ToSchema)]
pub struct CityPartner {
    /// The partner.
    #[serde(flatten)]
    pub city: CityReference,
    /// Number of plans in which both cities cooperate.
    #[schema(minimum = 1, example = 2)]
    pub plans: i32,
    /// Themes of those plans, the most frequent first.
    pub themes: Vec<PartnerTheme>,
}

/// A theme on which two cities cooperate.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartnerTheme {
    /// The theme.
    #[serde(flatten)]
    pub theme: ThemeReference,
    /// Number of their shared plans that have the theme.
    #[schema(minimum = 1, example = 1)]
    pub plans: i32,
}

/// The fault of an identifier that another city already has.
pub fn duplicate_identifier(index: usize, identifier: &CityIdentifier) -> Fault {
    let detail = format!(
        "another city has the {} identifier {:?}",
        identifier.scheme, identifier.value
    );
    Fault::at(
        format!("/identifiers/{index}"),
        FaultCode::Duplicate,
        detail,
    )
}
