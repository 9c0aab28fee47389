//! References: the short forms in which resources show cities, themes and plans.
//!
//! They are read-only: only the id of a reference is stored, and its names are added when it is read. [`links`] contains the references
//! within records, [`organisation`] the organisations that activities and outcomes name, and [`cooperations`] which plans count once.

pub mod cooperations;
pub mod links;
pub mod organisation;
mod queries;

pub use queries::{MAX_USERS, PlanCount, cities_by_id, names_of, plans_by_id, themes_by_id, users};

use crate::domain::{CountryCode, Slug};
use diesel::prelude::Queryable;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The names of a city in a reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Queryable, utoipa::ToSchema)]
pub struct CityNames {
    /// Slug of the city.
    #[schema(read_only, value_type = String, example = "chengdu")]
    pub slug: Slug,
    /// Name of the city.
    #[schema(read_only, example = "Chengdu")]
    pub name: String,
    /// Country of the city.
    #[schema(read_only, example = "CN")]
    pub country: Option<CountryCode>,
}

/// A reference to a city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CityReference {
    /// Id of the city.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f1a1b")]
    pub city_id: Uuid,
    /// Its names.
    #[serde(flatten)]
    pub names: CityNames,
}

/// References to several cities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CityReferences {
    /// Ids of the cities that the statement names.
    #[schema(required = false)]
    pub city_ids: Vec<Uuid>,
    /// The cities of `city_ids` with their names.
    #[schema(read_only)]
    pub cities: Vec<CityReference>,
}

/// A reference to the city in which an organisation has its seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Seat {
    /// Id of the city of its seat.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f1a1b")]
    pub city_id: Option<Uuid>,
    /// Slug of the city of its seat.
    #[schema(read_only, value_type = Option<String>, example = "manchester")]
    pub city_slug: Option<Slug>,
    /// Name of the city of its seat.
    #[schema(read_only, example = "Manchester")]
    pub city_name: Option<String>,
}

/// The names of a theme in a reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Queryable, utoipa::ToSchema)]
pub struct ThemeNames {
    /// Slug of the theme.
    #[schema(read_only, value_type = String, example = "circular-economy")]
    pub slug: Slug,
    /// Name of the theme.
    #[schema(read_only, example = "Circular economy")]
    pub name: String,
}

/// A reference to a theme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ThemeReference {
    /// Id of the theme.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f2a1c")]
    pub theme_id: Uuid,
    /// Its names.
    #[serde(flatten)]
    pub names: ThemeNames,
}

/// The names of a plan in a reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Queryable, utoipa::ToSchema)]
pub struct PlanNames {
    /// Slug of the plan.
    #[schema(read_only, value_type = String, example = "manchester-chengdu-liuzhou-yangzhou")]
    pub slug: Slug,
    /// Title of the plan.
    #[schema(read_only, example = "Manchester with Chengdu, Liuzhou and Yangzhou")]
    pub title: String,
}

/// A reference to a related plan, if the registry holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RelatedPlan {
    /// Id of the plan; null if the registry does not hold it.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub plan_id: Option<Uuid>,
    /// Slug of the plan.
    #[schema(read_only, value_type = Option<String>, example = "manchester-chengdu-liuzhou-yangzhou")]
    pub slug: Option<Slug>,
    /// Title of the plan.
    #[schema(read_only, example = "Manchester with Chengdu, Liuzhou and Yangzhou")]
    pub title: Option<String>,
}
