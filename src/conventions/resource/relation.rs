//! Relations of a resource that `include` can have along.

/// Records that one relation of one record may bring along.
pub const MOST: i64 = 200;

/// A relation of a resource, as the document shows it.
#[derive(Debug, Clone, Copy)]
pub struct Relation {
    /// Its name, which is that of the property, too.
    pub name: &'static str,
    /// The schema of what it leads to.
    pub schema: &'static str,
    /// True if it leads to a list.
    pub many: bool,
}
