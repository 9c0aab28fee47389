//! The findings of a plan: what an editor should look at, each with its place in the document.
//!
//! Which plan has which findings is said by the database; what each code means, by
//! [`FindingCode`](crate::resources::plans::FindingCode). Start with [`Finding`].

mod handlers;
mod model;
mod queries;

pub use handlers::fetch;
pub use model::{Finding, PlanFindings};
