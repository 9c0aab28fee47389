//! The named constraints of the database, and how their violation is reported.

use crate::domain::FaultCode;

/// A named constraint of the database, and how its violation is reported.
#[derive(Debug, Clone, Copy)]
pub struct Constraint {
    /// Its name in the migration.
    pub name: &'static str,
    /// The place in the body that violates it.
    pub pointer: &'static str,
    /// The kind of fault.
    pub code: FaultCode,
}

impl Constraint {
    /// Makes a constraint.
    pub const fn new(name: &'static str, pointer: &'static str, code: FaultCode) -> Self {
        Self {
            name,
            pointer,
            code,
        }
    }
}
