//! The relations of a resource whose records `include` can add to a response.

/// The maximum number of related records that are included for one relation of one record.
pub const MAX_INCLUDED: i64 = 200;

/// A relation of a resource, as the document shows it.
#[derive(Debug, Clone, Copy)]
pub struct Relation {
    /// Its name, which is also the name of the property.
    pub name: &'static str,
    /// The schema of the related records.
    pub schema: &'static str,
    /// True if a record can have several related records.
    pub many: bool,
}
