//! # ucap: the registry of Urban Cooperation Action Plans
//!
//! A JSON REST service on PostgreSQL. What differs between resources lives in one folder per resource below
//! [`resources`]; what is the same lives once in [`conventions`]; only [`documents`] composes resources.
//!
//! | module | what it holds |
//! |---|---|
//! | [`domain`] | what values mean, without HTTP and queries |
//! | [`database`] | connections, transactions, migrations, the private server |
//! | [`conventions`] | problems, bodies, filters, paging, entity tags, commands, the document |
//! | [`access`] | API keys |
//! | [`resources`] | plans, cities, themes, activities, outcomes, vocabularies |
//! | [`discovery`] | questions over all records |
//! | [`documents`] | the whole plan as one document |
//! | [`operations`] | health, metrics, request log, what explains the interface |
//! | [`pages`] | what people see in browsers |
//! | [`server`] | routes, middleware and state |
//! | [`config`], [`cli`] | settings and commands |
//!
//! A module imports only from those above it in this table, and sibling resources never import each other.
//!
//! ## One request, one way
//! `PATCH /v1/cities/{city_id}` passes [`access::authenticate`] (401, 403) and
//! [`conventions::context::enforce`] (400, 406), reaches the handler of the slice, whose arguments are its contract,
//! and goes on to [`conventions::resource::amend`]: one transaction that locks the row (404), compares the
//! version (412), merges the patch, checks the result against the published schema and the rules (422), looks for
//! conflicts (409), and updates. The answer is a [`conventions::reading::versioned::Versioned`]. Every `?` on the way is a
//! [`conventions::http::problem::Problem`].
//!
//! ## Ways to the database
//! Lookups by key share a few connections and are planned once; searches share others and are planned by their values
//! ([`database::Database::read`], [`database::Database::search`]). What must see one state is read without a transaction as
//! long as nobody writes meanwhile ([`database::Database::consistent_read`]). Writes take a connection of a pool for one
//! transaction ([`database::Database::write`]); that of a new record goes out at once
//! ([`database::Database::pipelined_write`]). Exports and imports open their own ([`database::Database::dedicate`]): it ends with them.
//!
//! ## A row is the document
//! Nested parts of a record are `jsonb` columns of its row, so that one row is the whole stored document. Triggers keep
//! narrow link tables beside it: what foreign keys hold and filters search. A trigger also writes the change log. Which plans have
//! which findings depends on too much to be kept by each write: that marks its plans, and whoever asks settles them first.

pub mod access;
pub mod cli;
pub mod config;
pub mod conventions;
pub mod database;
pub mod discovery;
pub mod documents;
pub mod domain;
pub mod operations;
pub mod pages;
pub mod resources;
pub mod server;
