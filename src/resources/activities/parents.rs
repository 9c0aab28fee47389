//! The filter by the activity to which activities belong.

use serde::Deserialize;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, RefOr, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

/// The word for activities that belong to none.
const WITHOUT_PARENT: &str = "none";

/// Ids of activities to which others belong, and perhaps the word for those that belong to none.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Vec<String>")]
pub struct ParentFilter {
    /// The ids.
    pub ids: Vec<Uuid>,
    /// True if activities that belong to none are asked for.
    pub none: bool,
}

impl ParentFilter {
    /// True if the filter has an effect.
    pub fn is_given(&self) -> bool {
        self.none || !self.ids.is_empty()
    }
}

impl From<Vec<String>> for ParentFilter {
    fn from(keys: Vec<String>) -> Self {
        Self {
            none: keys.iter().any(|key| key == WITHOUT_PARENT),
            ids: keys.iter().filter_map(|key| key.parse().ok()).collect(),
        }
    }
}

impl ToSchema for ParentFilter {}

impl PartialSchema for ParentFilter {
    fn schema() -> RefOr<Schema> {
        let hex = "[0-9a-fA-F]";
        let uuid = format!("{hex}{{8}}-{hex}{{4}}-{hex}{{4}}-{hex}{{4}}-{hex}{{12}}");
        let key = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(format!("^({WITHOUT_PARENT}|{uuid})$")))
            .max_length(Some(36));
        ArrayBuilder::new().items(key).into()
    }
}
