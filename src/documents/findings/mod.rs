//! The findings of a plan: what an editor should check, each with a pointer into the document of the plan.
//!
//! One rule: the database determines which findings a plan has; [`FindingCode`](crate::resources::plans::FindingCode) states what
//! each code means. Start with [`Finding`].

mod handlers;
mod model;
mod queries;
mod reading;

pub use handlers::fetch;
pub use model::{Finding, PlanFindings};
