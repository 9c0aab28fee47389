//! Who works with whom: the cities that share plans with a city.

use super::model::City;
use super::queries;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::fetch::Target;
use crate::conventions::resource::references::id_of_key;
use crate::database::Connection;
use crate::resources::references::{CityReference, ThemeReference};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The cities with which a city shares plans.
#[derive(Debug, Serialize, ToSchema)]
pub struct CityPartners {
    /// Id of the city.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub city_id: Uuid,
    /// Its partners, those with most plans in common first; no more than 200.
    pub data: Vec<CityPartner>,
}

/// A city with which another shares plans.
#[derive(Debug, Serialize, ToSchema)]
pub struct CityPartner {
    /// The partner.
    #[serde(flatten)]
    pub city: CityReference,
    /// Number of plans in which both cooperate.
    #[schema(minimum = 1, example = 2)]
    pub plans: i32,
    /// Themes of those plans, the most common first.
    pub themes: Vec<PartnerTheme>,
}

/// A theme on which two cities work together.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartnerTheme {
    /// The theme.
    #[serde(flatten)]
    pub theme: ThemeReference,
    /// Number of their plans that have it.
    #[schema(minimum = 1, example = 1)]
    pub plans: i32,
}

/// Reads the partners of a city.
///
/// # Errors
/// 404, 503.
pub async fn read(context: &Context, target: &Target<City>) -> Result<CityPartners, Problem> {
    let read = async |connection: &Connection| {
        let city_id = id_of_key(connection, "cities", "city", &target.key).await?;
        Ok(CityPartners {
            city_id,
            data: queries::partners(connection, city_id).await?,
        })
    };
    context.database.snapshot(read).await
}
