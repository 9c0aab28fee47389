//! The operation of the service: health, metrics, the request log, and the pages that explain the interface.
//!
//! One rule: everything here is public and needs no key. Start with [`routes`].

mod examples;
mod explanation_pages;
mod explanations;
pub mod guide;
pub mod health;
pub mod metrics;
mod pages;
pub mod trace;
mod unknown;
mod viewer;

pub use pages::openapi;
pub use unknown::unknown_address;
pub use viewer::docs;

use crate::conventions::routes::Routes;

/// The routes of operations.
pub fn routes() -> Routes {
    Routes::new()
        .and(health::routes())
        .and(metrics::routes())
        .and(pages::routes())
}
