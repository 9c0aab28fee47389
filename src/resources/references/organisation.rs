//! Organisations as activities and outcomes name them. They are no records: a plan's wording of them is all there is.

use super::Seat;
use super::links::{SeatLink, read_by_id};
use crate::conventions::resource::references::Reference;
use crate::domain::RecordKind;
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

/// An organisation that an activity or an outcome names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
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
    /// The city of its seat.
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
});

/// The cities that a list of organisations at `/organisations` names.
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
