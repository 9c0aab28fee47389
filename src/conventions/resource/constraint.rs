//! The named constraints of the database, and what it means when one refuses a write.

use crate::domain::FaultCode;

/// What it means when a named constraint of the database refuses a write of a resource.
#[derive(Debug, Clone, Copy)]
pub struct Constraint {
    /// Its name in the migration.
    pub name: &'static str,
    /// Where in the body.
    pub pointer: &'static str,
    /// What kind of refusal.
    pub code: FaultCode,
}

impl Constraint {
    /// A constraint with its meaning.
    pub const fn new(name: &'static str, pointer: &'static str, code: FaultCode) -> Self {
        Self {
            name,
            pointer,
            code,
        }
    }
}
