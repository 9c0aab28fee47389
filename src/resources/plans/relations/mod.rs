//! Relations between plans, read from both ends: those that a plan states, and those that other plans state of it.
//!
//! One rule: only the plan that states a relation stores it. Start with [`InverseRelation`].

mod queries;

pub(super) use queries::Related;
pub use queries::inverse_relations;

use super::parts::PlanRelationKind;
use crate::domain::Slug;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter};
use utoipa::ToSchema;
use uuid::Uuid;

/// Kind of a relation that another plan states of this plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InverseRelationKind {
    /// The other plan says that it describes the same cooperation from the perspective of another city (`mirrors`).
    MirroredBy,
    /// The other plan says that it belongs to this plan, which is a cluster (`member_of`).
    HasMember,
    /// The other plan says that this plan is its predecessor (`continues`).
    ContinuedBy,
}

impl From<PlanRelationKind> for InverseRelationKind {
    fn from(kind: PlanRelationKind) -> Self {
        match kind {
            PlanRelationKind::Mirrors => Self::MirroredBy,
            PlanRelationKind::MemberOf => Self::HasMember,
            PlanRelationKind::Continues => Self::ContinuedBy,
        }
    }
}

/// A relation that another plan states of this plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InverseRelation {
    /// Id of the plan that states it.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub plan_id: Uuid,
    /// Slug of that plan.
    #[schema(value_type = String, example = "manchester-chengdu-liuzhou-yangzhou")]
    pub slug: Slug,
    /// Title of that plan.
    #[schema(example = "Manchester with Chengdu, Liuzhou and Yangzhou")]
    pub title: String,
    /// Kind of the relation, seen from this plan.
    pub kind: InverseRelationKind,
}

/// Kind of a relation of a plan, stated by the plan itself or by the other one.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, Display, EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RelationFilter {
    /// It states that it describes the same cooperation as another plan.
    Mirrors,
    /// It states that it belongs to a cluster.
    MemberOf,
    /// It states that it continues another plan.
    Continues,
    /// Another plan states that it mirrors this one.
    MirroredBy,
    /// Another plan states that it belongs to this one.
    HasMember,
    /// Another plan states that it continues this one.
    ContinuedBy,
}

impl RelationFilter {
    /// The kind as it is stored, and true if the plan itself states the relation.
    fn stored(self) -> (PlanRelationKind, bool) {
        match self {
            Self::Mirrors => (PlanRelationKind::Mirrors, true),
            Self::MemberOf => (PlanRelationKind::MemberOf, true),
            Self::Continues => (PlanRelationKind::Continues, true),
            Self::MirroredBy => (PlanRelationKind::Mirrors, false),
            Self::HasMember => (PlanRelationKind::MemberOf, false),
            Self::ContinuedBy => (PlanRelationKind::Continues, false),
        }
    }
}
