//! Who writes, as the change log names it.

use uuid::Uuid;

/// The author of a write.
#[derive(Debug, Clone)]
pub enum Actor {
    /// The service itself, as when it loads the sample.
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
    /// The name to show in logs.
    pub fn name(&self) -> &str {
        match self {
            Self::Service => "-",
            Self::Key { name, .. } => name,
        }
    }
}
