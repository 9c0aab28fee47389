//! The short forms in which resources name cities, themes and plans.
//!
//! They are read-only: a reference is stored as an id alone, and its names are filled in when it is read. [`links`] says how a
//! record holds a reference, [`organisation`] what activities and outcomes say of organisations.

pub mod links;
pub mod organisation;
mod queries;

pub use queries::{
    activities_as_users, cities_by_id, names_of, outcomes_as_users, plans_as_users, plans_by_id,
    themes_by_id,
};

use crate::domain::{CountryCode, Slug};
use diesel::prelude::Queryable;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a reader needs to know of a city that is named.
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

/// A city in short form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CityReference {
    /// Id of the city.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub city_id: Uuid,
    /// Its names.
    #[serde(flatten)]
    pub names: CityNames,
}

/// Some cities in short form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CityReferences {
    /// Cities that the statement names.
    #[schema(required = false)]
    pub city_ids: Vec<Uuid>,
    /// Their names, filled in when read.
    #[schema(read_only)]
    pub cities: Vec<CityReference>,
}

/// The city of an organisation's seat in short form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Seat {
    /// Id of the city of its seat.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub city_id: Option<Uuid>,
    /// Slug of the city of its seat.
    #[schema(read_only, value_type = Option<String>, example = "manchester")]
    pub city_slug: Option<Slug>,
    /// Name of the city of its seat.
    #[schema(read_only, example = "Manchester")]
    pub city_name: Option<String>,
}

/// What a reader needs to know of a theme that is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Queryable, utoipa::ToSchema)]
pub struct ThemeNames {
    /// Slug of the theme.
    #[schema(read_only, value_type = String, example = "circular-economy")]
    pub slug: Slug,
    /// Name of the theme.
    #[schema(read_only, example = "Circular economy")]
    pub name: String,
}

/// A theme in short form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ThemeReference {
    /// Id of the theme.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub theme_id: Uuid,
    /// Its names.
    #[serde(flatten)]
    pub names: ThemeNames,
}

/// What a reader needs to know of a plan that is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Queryable, utoipa::ToSchema)]
pub struct PlanNames {
    /// Slug of the plan.
    #[schema(read_only, value_type = String, example = "manchester-chengdu-liuzhou-yangzhou")]
    pub slug: Slug,
    /// Title of the plan.
    #[schema(read_only, example = "Manchester with Chengdu, Liuzhou and Yangzhou")]
    pub title: String,
}

/// A plan in short form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PlanReference {
    /// Id of the plan.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub plan_id: Uuid,
    /// Its names.
    #[serde(flatten)]
    pub names: PlanNames,
}
