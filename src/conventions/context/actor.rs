//! The author of a write, as the change log names it.

use uuid::Uuid;

/// The author of a write.
#[derive(Debug, Clone)]
pub enum Actor {
    /// The service itself, for example when it loads the sample plan.
    Service,
    /// The owner of an API key.
    Key {
        /// Id of the key.
        id: Uuid,
        /// Name of the key.
        name: String,
    },
}

impl Actor {
    /// The name to write to logs.
    pub fn name(&self) -> &str {
        match self {
            Self::Service => "-",
            Self::Key { name, .. } => name,
        }
    }
}
