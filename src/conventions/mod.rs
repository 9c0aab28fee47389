//! Everything that is the same for all resources, written once.
//!
//! One rule: a module uses only those above it in this table, and none of them knows a single resource by name.
//!
//! | module | what it holds |
//! |---|---|
//! | [`http`] | problem documents, request ids, entity tags, raw bodies, parsed query values |
//! | [`contract`] | the published document, compiled into the validators that check requests |
//! | [`context`] | the context of a request: the state of the application and the author |
//! | [`paging`] | sort keys, cursors, pages |
//! | [`resource`] | the traits of a resource, and its keys, filters, references, slugs and positions |
//! | [`reading`] | fetching and listing records, with selected fields and included records |
//! | [`html`] | pages for people: their layout, their headers, and the files that they use |
//! | [`writing`] | create, replace, amend and remove, with preconditions and the change log |
//! | [`bulk`] | exports and imports of whole collections as streams |
//! | [`openapi`] | the published document |
//! | [`handlers`] | the HTTP that all resources have in common |
//! | [`routes`] | routes, registered together with their documentation |
//! | [`slice`](mod@slice) | a resource with its type erased, for code that goes over all resources |
//!
//! To follow one request from the handler to the SQL, start with [`writing::commands`].

pub mod bulk;
pub mod context;
pub mod contract;
pub mod handlers;
pub mod html;
pub mod http;
pub mod openapi;
pub mod paging;
pub mod reading;
pub mod resource;
pub mod routes;
pub mod slice;
pub mod writing;
