//! The document of a whole U-CAP: nested records in their order, which refer to each other by slug, without internal ids.
//!
//! One rule: the records have the same properties as in their own resources, except that they refer to each other by slug, so
//! that another registry can import the document. [`VARIANT`] describes this difference to the published schema. Start with
//! [`PlanDocument`].

use crate::conventions::openapi::Variant;
use crate::domain::Slug;
use crate::resources::activities::ActivityContent;
use crate::resources::cities::CityInput;
use crate::resources::outcomes::OutcomeContent;
use crate::resources::plans::PlanInput;
use crate::resources::themes::ThemeInput;
use serde::Serialize;
use utoipa::ToSchema;

/// A plan with everything that belongs to it. It refers to cities, themes and plans by slug.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PlanDocument {
    /// The plan itself.
    pub plan: PlanInput,
    /// The cities that the document refers to, in the order of their first reference.
    #[serde(default)]
    #[schema(max_items = 2000)]
    pub cities: Vec<CityInput>,
    /// The themes of the plan, in its order.
    #[serde(default)]
    pub themes: Vec<ThemeInput>,
    /// The activities, in the order of the plan.
    #[serde(default)]
    #[schema(max_items = 10000)]
    pub activities: Vec<DocumentActivity>,
    /// The outcomes, in the order of the plan.
    #[serde(default)]
    #[schema(max_items = 10000)]
    pub outcomes: Vec<DocumentOutcome>,
}

/// An activity in the document of its plan.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DocumentActivity {
    /// The properties of the activity.
    #[serde(flatten)]
    pub content: ActivityContent,
    /// Word by which other activities of the document refer to this one, each at most once in a document. It is not stored: the document
    /// of a stored plan has one made of the title for each activity to which others belong.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 200, example = "mission-to-brussels")]
    pub key: Option<Slug>,
    /// Key of the activity of the document that this one belongs to. That activity belongs to none itself.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 200, example = "mission-to-brussels")]
    pub parent: Option<Slug>,
    /// Slugs of the themes of the plan that the activity serves.
    #[serde(default)]
    #[schema(max_items = 100, example = json!(["circular-economy"]))]
    pub themes: Vec<Slug>,
}

/// An outcome in the document of its plan.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DocumentOutcome {
    /// The properties of the outcome.
    #[serde(flatten)]
    pub content: OutcomeContent,
    /// Slug of the theme of the plan that the outcome serves.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 200, example = "circular-economy")]
    pub theme: Option<Slug>,
}

/// The differences between the schemas of the document and the schemas of the records.
pub const VARIANT: Variant = Variant {
    root: "PlanDocument",
    prefix: "Document",
    links: &[
        ("city_id", "city", "chengdu"),
        ("city_ids", "cities", "chengdu"),
        ("theme_id", "theme", "circular-economy"),
        ("theme_ids", "themes", "circular-economy"),
        ("plan_id", "plan", "chengdu-manchester"),
    ],
    required: &[("CityInput", "slug"), ("ThemeInput", "slug")],
};
