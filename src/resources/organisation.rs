//! Organisations as activities and outcomes name them. They are no records: a plan's wording of them is all there is.

use super::references::{cities_by_id, ignored};
use crate::conventions::references::Reference;
use crate::domain::Slug;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What sort of organisation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationKind {
    /// A university.
    University,
    /// A research institute or academy.
    Research,
    /// A public authority.
    Government,
    /// A company.
    Company,
    /// A programme or project.
    Programme,
    /// A science park or innovation centre.
    SciencePark,
    /// Something else.
    Other,
}

/// What an organisation has to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationRole {
    /// Organises it.
    Organiser,
    /// Takes part.
    Participant,
    /// Supports it.
    Support,
    /// Pays for it.
    Funder,
    /// Carries it out.
    Implementer,
    /// Is what it is about.
    Subject,
}

/// The city of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrganisationCity {
    /// Slug of the city of its seat.
    #[schema(read_only, value_type = Option<String>, example = "manchester")]
    pub city_slug: Option<Slug>,
    /// Name of the city of its seat.
    #[schema(read_only, example = "Manchester")]
    pub city_name: Option<String>,
}

/// An organisation that an activity or an outcome names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Organisation {
    /// Name.
    #[schema(max_length = 300, example = "Manchester Metropolitan University")]
    pub name: String,
    /// Acronym.
    #[schema(max_length = 50, example = "MMU")]
    pub acronym: Option<String>,
    /// What sort of organisation it is.
    pub kind: Option<OrganisationKind>,
    /// What it has to do with it.
    pub role: Option<OrganisationRole>,
    /// Id of the city of its seat.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub city_id: Option<Uuid>,
    /// Names of that city, filled in when read.
    #[serde(flatten, deserialize_with = "ignored")]
    pub city: Option<OrganisationCity>,
}

/// The cities that a list of organisations at `/organisations` names.
pub fn references(organisations: &[Organisation]) -> Vec<Reference> {
    let ids = organisations.iter().enumerate().filter_map(|(index, organisation)| Some((index, organisation.city_id?)));
    ids.map(|(index, id)| Reference { pointer: format!("/organisations/{index}/city_id"), table: "cities", id }).collect()
}

/// Fills in the names of the cities of those organisations.
///
/// # Errors
/// The statement fails.
pub async fn embed_cities(connection: &mut AsyncPgConnection, mut organisations: Vec<&mut Organisation>) -> QueryResult<()> {
    let ids = organisations.iter().filter_map(|organisation| organisation.city_id).collect();
    let names = cities_by_id(connection, ids).await?;
    for organisation in &mut organisations {
        let city = organisation.city_id.and_then(|id| names.get(&id));
        organisation.city = Some(OrganisationCity { city_slug: city.map(|city| city.slug.clone()), city_name: city.map(|city| city.name.clone()) });
    }
    Ok(())
}
