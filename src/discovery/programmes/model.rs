//! Programmes and how many plans they have.

use serde::Serialize;
use utoipa::ToSchema;

/// A programme under which plans were agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Programme {
    /// Name, in the most frequent spelling.
    #[schema(example = "IUC Asia")]
    pub name: String,
    /// All spellings, the most frequent first.
    #[schema(example = json!(["IUC Asia", "IUC-Asia"]))]
    pub spellings: Vec<String>,
    /// Number of plans.
    #[schema(example = 24)]
    pub plans: i64,
}

/// All programmes.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgrammePage {
    /// The programmes.
    pub data: Vec<Programme>,
    /// Always null, because the list has only one page.
    #[schema(required, example = json!(null))]
    pub next_cursor: Option<String>,
}
