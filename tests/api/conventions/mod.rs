//! What holds for every resource, tested over all of them from one list.

mod access;
mod bodies;
mod browsers;
mod concurrency;
mod errors;
mod headers;
mod history;
mod notation;
mod other_versions;
mod paging;
mod preconditions;
mod queries;
mod reading;
mod writing;
