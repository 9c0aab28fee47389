//! Readable pages for people in browsers: what the registry holds, its plans, cities and themes, and a search.
//!
//! | file | what it holds |
//! |---|---|
//! | `admission`, `negotiation`, `problems` | who is shown a page, and what when there is none |
//! | `addresses`, `query`, `form` | addresses, filters and paging |
//! | `start`, `plans`, `plan`, `catalogue`, `city`, `theme`, `search` | the pages, each with its template |
//! | `rows`, `words`, `reading` | what pages have in common |
//! | `map`, `matrix`, `latest`, `overview` | drawings, tables and lists of many records |
//!
//! One rule: a page shows what the interface below `/v1` answers, read by the same statements, and decides nothing of its own.
//! Pages are no operations of the published document. Start with [`mount`].

mod addresses;
mod admission;
mod catalogue;
mod city;
mod form;
mod latest;
mod map;
mod matrix;
mod negotiation;
mod overview;
mod plan;
mod plans;
mod problems;
mod query;
mod reading;
mod rows;
mod search;
mod start;
mod theme;
mod words;

pub use addresses::ALL as ADDRESSES;
pub use overview::Overview;
pub use problems::negotiate;

use actix_web::guard::fn_guard;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, Resource, Responder};

/// The routes of the pages. They come before the operations: at the root there are both.
pub fn mount(configuration: &mut ServiceConfig) {
    let root = web::resource("/").guard(fn_guard(|guard| {
        let head = guard.head();
        problems::is_page_of_root(&head.method, head.headers())
    }));
    page(configuration, root, None, start::show);
    let at = web::resource::<&str>;
    page(
        configuration,
        at(addresses::PLANS),
        Some("/v1/plans"),
        plans::show,
    );
    page(configuration, at(addresses::PLAN), None, plan::show);
    page(
        configuration,
        at(addresses::CITIES),
        Some("/v1/cities"),
        catalogue::cities,
    );
    page(configuration, at(addresses::CITY), None, city::show);
    page(
        configuration,
        at(addresses::THEMES),
        Some("/v1/themes"),
        catalogue::themes,
    );
    page(configuration, at(addresses::THEME), None, theme::show);
    page(
        configuration,
        at(addresses::SEARCH),
        Some("/v1/search"),
        search::show,
    );
}

fn page<H, Args>(
    configuration: &mut ServiceConfig,
    resource: Resource,
    operation: Option<&'static str>,
    handler: H,
) where
    H: Handler<Args>,
    Args: FromRequest + 'static,
    H::Output: Responder + 'static,
{
    let resource = resource
        .route(web::get().to(handler.clone()))
        .route(web::head().to(handler));
    configuration.service(resource.wrap(from_fn(move |request, next| {
        admission::admit(operation, request, next)
    })));
}
