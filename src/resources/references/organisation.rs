//! Organisations as activities and outcomes name them. They are not separate records; only the wording of the plan is stored.

use super::Seat;
use super::links::{SeatLink, read_by_id};
use crate::conventions::resource::references::Reference;
use crate::domain::{CountryCode, RecordKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Kind of organisation.
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

/// Role of an organisation in an activity or an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationRole {
    /// Organises the activity.
    Organiser,
    /// Takes part.
    Participant,
    /// Supports it.
    Support,
    /// Funds it.
    Funder,
    /// Implements it.
    Implementer,
    /// Is its subject.
    Subject,
}

/// An organisation that an activity or an outcome names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Organisation {
    /// Name of the organisation.
    #[schema(max_length = 300, example = "Manchester Metropolitan University")]
    pub name: String,
    /// Acronym of the organisation.
    #[schema(max_length = 50, example = "MMU")]
    pub acronym: Option<String>,
    /// Kind of organisation.
    pub kind: Option<OrganisationKind>,
    /// Role of the organisation.
    pub role: Option<OrganisationRole>,
    /// Country of the organisation.
    #[serde(default)]
    pub country: Option<CountryCode>,
    /// The city in which it has its seat.
    #[serde(flatten)]
    #[schema(value_type = Seat)]
    pub city: SeatLink,
}
read_by_id!(Organisation {
    city: SeatLink from city_id: Option<Uuid>,
    name: String,
    acronym: Option<String>,
    kind: Option<OrganisationKind>,
    role: Option<OrganisationRole>,
    #[serde(default)]
    country: Option<CountryCode>,
});

/// The names and acronyms of organisations.
pub fn names(organisations: &[Organisation]) -> Vec<&String> {
    let each = organisations.iter();
    each.flat_map(|one| std::iter::once(&one.name).chain(&one.acronym))
        .collect()
}

/// The references to cities in the list of organisations at `/organisations`.
pub fn references(organisations: &[Organisation]) -> Vec<Reference> {
    let ids = organisations
        .iter()
        .enumerate()
        .filter_map(|(index, organisation)| Some((index, organisation.city.id()?)));
    ids.map(|(index, id)| {
        let pointer = format!("/organisations/{index}/city_id");
        Reference::new(pointer, RecordKind::City, id)
    })
    .collect()
}
