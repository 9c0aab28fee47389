//! The behaviour that all resources share, tested with each of them.

mod access;
mod bodies;
mod browsers;
mod concurrency;
mod errors;
mod explanations;
mod headers;
mod history;
mod messages;
mod notation;
mod other_versions;
mod paging;
mod preconditions;
mod queries;
mod reading;
mod totals;
mod writing;
