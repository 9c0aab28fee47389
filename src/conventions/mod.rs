//! What is the same for every resource, written once: problems, bodies, filters, paging, entity tags, commands, routes.
//!
//! A request passes [`problem`] and [`contract`] on its way in, an extractor of [`body`] or [`query`] makes its values,
//! a command of [`resource`] does the work, and [`reading`] or [`paging`] shapes the answer. Start with [`resource`].

pub mod body;
pub mod change_log;
pub mod context;
pub mod contract;
pub mod export;
pub mod fields;
pub mod http;
pub mod import;
pub mod include;
pub mod merge_patch;
pub mod openapi;
pub mod paging;
pub mod problem;
pub mod query;
pub mod reading;
pub mod references;
pub mod resource;
pub mod routes;
pub mod slugs;
pub mod writing;
