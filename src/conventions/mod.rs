//! What is the same for every resource, written once, in rooms that each use only those before them.
//!
//! | room | what it holds |
//! |---|---|
//! | [`http`] | problem documents, request ids, entity tags, raw bodies, parsed query values |
//! | [`contract`] | the published document, compiled: what requests are checked with |
//! | [`context`] | what a handler knows beside its arguments: the application and the caller |
//! | [`paging`] | sort keys, cursors, pages |
//! | [`resource`] | what a resource is: its trait, keys, references, slugs, positions |
//! | [`reading`] | fetch and list, with chosen fields and included records |
//! | [`html`] | pages for people: their layout, their headers and the files that go with them |
//! | [`writing`] | create, replace, amend, remove, with preconditions and the change log |
//! | [`bulk`] | whole collections as streams, out and in |
//! | [`openapi`] | the published document |
//! | [`handlers`] | the HTTP that all resources have in common |
//! | [`routes`] | routes, registered together with their documentation |
//! | [`slice`](mod@slice) | a resource with its type erased, for what goes over all resources |

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
