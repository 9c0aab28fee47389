//! # ucap: the registry of Urban Cooperation Action Plans
//!
//! A JSON REST service on PostgreSQL. What differs between resources stands in one folder for each resource below
//! [`resources`]; what is the same for all of them stands once, in [`conventions`]. Resources do not know each other: what
//! needs several of them is in [`discovery`], which asks questions over all records, and in [`documents`], which reads and
//! writes a whole plan as one document.
//!
//! | module | what it holds |
//! |---|---|
//! | [`domain`] | what values mean, without HTTP and SQL |
//! | [`database`] | connections, transactions, migrations, the private server |
//! | [`conventions`] | what is the same for all resources, from HTTP to the published OpenAPI document |
//! | [`access`] | API keys |
//! | [`resources`] | plans, cities, themes, activities, outcomes, vocabularies |
//! | [`discovery`] | search, changes, statistics and included records, over all resources |
//! | [`documents`] | the whole plan as one document, its findings, and its pages to read and print |
//! | [`operations`] | health, metrics, request log, the pages that explain the interface |
//! | [`pages`] | pages for people in browsers |
//! | [`server`] | routes, middleware and state |
//! | [`config`], [`cli`] | settings and commands |
//!
//! A module imports only from those above it in this table. The conventions consist of rooms with an order of their own:
//!
//! | room | what it holds |
//! |---|---|
//! | [`http`](conventions::http) | problem documents, request ids, entity tags, bodies, query values |
//! | [`contract`](conventions::contract) | the published document, compiled, which checks requests |
//! | [`context`](conventions::context) | the application and the caller; what every request is checked for |
//! | [`paging`](conventions::paging) | sort keys, cursors, pages |
//! | [`resource`](conventions::resource) | what a resource is, as traits that each resource implements |
//! | [`reading`](conventions::reading) | fetch and list, with selected fields and included records |
//! | [`html`](conventions::html) | pages made from templates |
//! | [`writing`](conventions::writing) | create, replace, amend and remove, with preconditions and the change log |
//! | [`bulk`](conventions::bulk) | exports and imports of whole collections |
//! | [`openapi`](conventions::openapi) | the published document |
//! | [`handlers`](conventions::handlers), [`routes`](conventions::routes) | the HTTP that all resources have in common |
//! | [`slice`](conventions::slice) | a resource with its type erased |
//!
//! The list [`resources::SLICES`] has all resources, and the enum [`domain::RecordKind`] all kinds of records. Whatever goes
//! over all resources starts from one of these: routes, search, changes, exports and imports.
//!
//! ## The path of a request
//! `PATCH /v1/cities/{city_id}` takes these steps:
//!
//! 1. [`access::authenticate`] decides whether the key may write (401, 403).
//! 2. [`conventions::context::enforce`] checks the headers (400, 417), the accepted media types (406) and the query (400).
//! 3. [`conventions::handlers::patch`] is the handler; the types of its arguments are its contract. Among them,
//!    [`conventions::writing::input::Patch`] reads the body and checks it against the published schema (400, 413, 415, 422).
//! 4. [`conventions::writing::commands::amend`] does the rest in one transaction. It locks the row (404), checks the
//!    preconditions (412), merges the patch, checks the result against the schema and the rules (422), and looks for conflicts
//!    (409).
//! 5. [`conventions::resource::Writable::update`], which cities implement in `src/resources/cities/queries.rs`, writes the row in
//!    its next version. A patch that changes nothing writes nothing.
//! 6. [`conventions::reading::versioned::Versioned`] is the answer: the record with its entity tag.
//!
//! Each `?` on this path returns a [`conventions::http::problem::Problem`].
//!
//! ## Ways to the database
//! All work on the database takes one of these:
//!
//! | way | for | connection |
//! |---|---|---|
//! | [`read`](database::Database::read) | statements that find their rows by keys | shared with other readers; the server plans each statement once |
//! | [`search`](database::Database::search) | statements whose best plan depends on the values | shared with other searches; planned for the values |
//! | [`consistent_read`](database::Database::consistent_read) | several statements by keys that must see one state | as `read`; repeated in a transaction only if somebody wrote meanwhile |
//! | [`snapshot`](database::Database::snapshot) | several statements that must see one state | one of the pool, for a transaction that only reads |
//! | [`write`](database::Database::write) | writes | one of the pool, for one transaction |
//! | [`pipelined_write`](database::Database::pipelined_write) | writes whose statements need not wait for each other, such as creating a record | the same; the statements are sent together with the beginning of the transaction |
//! | [`dedicate`](database::Database::dedicate) | exports and imports | its own, which is closed when the work ends |
//!
//! ## One row is the whole document
//! The nested parts of a record are `jsonb` columns, so that one row has the whole stored document. Triggers repeat some of
//! these parts in narrow link tables, for foreign keys and filters, and write the change log. Which plans have
//! which findings depends on too much to be updated by each write: a write only marks the plans concerned as stale, and a
//! request that filters by findings refreshes them first.

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
