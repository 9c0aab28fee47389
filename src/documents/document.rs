//! The shape of the whole U-CAP as one document: records nested and in order, named by slug, without internal ids.
//!
//! It is made of the same fields as the records themselves; what differs is only how they name each other, and
//! [`VARIANT`] says so to the published schema. A document moves between registries.

use crate::conventions::openapi::Variant;
use crate::domain::Slug;
use crate::resources::activities::ActivityContent;
use crate::resources::cities::CityInput;
use crate::resources::outcomes::OutcomeContent;
use crate::resources::plans::PlanInput;
use crate::resources::themes::ThemeInput;
use serde::Serialize;
use utoipa::ToSchema;

/// A plan with all that belongs to it. Cities, themes and plans are named by slug.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PlanDocument {
    /// The plan itself.
    pub plan: PlanInput,
    /// Cities that the document names, each once, in the order in which they are first named.
    #[serde(default)]
    #[schema(max_items = 2000)]
    pub cities: Vec<CityInput>,
    /// Themes of the plan, in its order.
    #[serde(default)]
    pub themes: Vec<ThemeInput>,
    /// Activities, in order.
    #[serde(default)]
    #[schema(max_items = 10000)]
    pub activities: Vec<DocumentActivity>,
    /// Outcomes, in order.
    #[serde(default)]
    #[schema(max_items = 10000)]
    pub outcomes: Vec<DocumentOutcome>,
}

/// An activity in the document of its plan.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DocumentActivity {
    /// What is said of it.
    #[serde(flatten)]
    pub content: ActivityContent,
    /// Slugs of the themes of the plan that it serves.
    #[serde(default)]
    #[schema(max_items = 100, example = json!(["circular-economy"]))]
    pub themes: Vec<Slug>,
}

/// An outcome in the document of its plan.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DocumentOutcome {
    /// What is said of it.
    #[serde(flatten)]
    pub content: OutcomeContent,
    /// Slug of the theme of the plan that it serves.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 200, example = "circular-economy")]
    pub theme: Option<Slug>,
}

/// What makes the schemas of the document of those of the records.
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
