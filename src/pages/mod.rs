//! The HTML pages of the registry: a start page, the plans, cities and themes, and the search.
//!
//! | files | content |
//! |---|---|
//! | `admission`, `negotiation`, `problems` | access, content negotiation, and error pages |
//! | `paths`, `query`, `form` | paths, filters and paging |
//! | `start`, `plans`, `plan`, `catalogue`, `city`, `theme`, `search` | the pages, each with its template |
//! | `amount`, `rows`, `words`, `reading` | content that several pages share |
//! | `map`, `matrix`, `latest`, `overview` | maps, the table of themes and goals, the latest changes, the statistics |
//!
//! One rule: a page shows what the API below `/v1` returns, read by the same statements, and makes no decisions of its own.
//! Pages are not part of the OpenAPI document. Start with [`mount`].

mod admission;
mod amount;
mod catalogue;
mod city;
mod form;
mod latest;
mod map;
mod matrix;
mod negotiation;
mod overview;
mod paths;
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

pub use overview::Overview;
pub use paths::ALL as PATHS;
pub use problems::negotiate;

use actix_web::guard::fn_guard;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, Resource, Responder};

/// Adds the routes of the pages. They must be added before the operations, because the root path has both.
pub fn mount(configuration: &mut ServiceConfig) {
    let root = web::resource("/").guard(fn_guard(|guard| {
        let head = guard.head();
        problems::is_page_of_root(&head.method, head.headers())
    }));
    page(configuration, root, None, start::show);
    let at = web::resource::<&str>;
    page(
        configuration,
        at(paths::PLANS),
        Some("/v1/plans"),
        plans::show,
    );
    page(configuration, at(paths::PLAN), None, plan::show);
    page(
        configuration,
        at(paths::CITIES),
        Some("/v1/cities"),
        catalogue::cities,
    );
    page(configuration, at(paths::CITY), None, city::show);
    page(
        configuration,
        at(paths::THEMES),
        Some("/v1/themes"),
        catalogue::themes,
    );
    page(configuration, at(paths::THEME), None, theme::show);
    page(
        configuration,
        at(paths::SEARCH),
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
    H: Handler<Args, Output: Responder + 'static>,
    Args: FromRequest + 'static,
{
    let resource = resource
        .route(web::get().to(handler.clone()))
        .route(web::head().to(handler));
    configuration.service(resource.wrap(from_fn(move |request, next| {
        admission::admit(operation, request, next)
    })));
}
