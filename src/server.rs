//! The application: routes, middleware and state, the same for `main` and for the tests.
//!
//! A request passes the middleware in [`app`] from the last `wrap` to the first, then reaches its handler.

mod listening;

pub use listening::listen;

use crate::access;
use crate::conventions::context::{self, ApplicationState};
use crate::conventions::contract::Contract;
use crate::conventions::html::assets;
use crate::conventions::http::problem::Problem;
use crate::conventions::http::{old_version, problem_document};
use crate::conventions::openapi;
use crate::conventions::routes::Routes;
use crate::discovery;
use crate::documents;
use crate::operations::{self, health::Lifecycle, metrics::Metrics, trace};
use crate::pages;
use crate::resources;
use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{RequestHead, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, Error, HttpRequest, web};
use std::sync::Arc;

/// Everything that the application needs, shared by all workers.
#[derive(Clone)]
pub struct State {
    /// The registry.
    pub registry: web::Data<ApplicationState>,
    /// Counters and timings.
    pub metrics: web::Data<Metrics>,
    /// What pages show of all plans.
    pub overview: web::Data<pages::Overview>,
    /// Whether the service is shutting down.
    pub lifecycle: web::Data<Lifecycle>,
    /// Origins whose web pages may write.
    pub write_origins: Arc<[String]>,
}

impl State {
    /// The state of a service with that registry.
    pub fn new(registry: ApplicationState, write_origins: Vec<String>) -> Self {
        Self {
            registry: web::Data::new(registry),
            metrics: web::Data::new(Metrics::default()),
            overview: web::Data::new(pages::Overview::default()),
            lifecycle: web::Data::new(Lifecycle::running()),
            write_origins: write_origins.into(),
        }
    }
}

/// All documented routes.
pub fn routes() -> Routes {
    resources::routes()
        .and(documents::routes())
        .and(discovery::routes())
        .and(operations::routes())
}

/// The OpenAPI document of all routes, as the contract that requests are checked against.
///
/// # Errors
/// Two schemas have the same name, or an operation has no access; the tests ensure that neither happens.
pub fn contract() -> Result<Contract, String> {
    let operations = routes().operations();
    let access = openapi::access(&operations);
    Contract::new(openapi::document(operations)?, &access)
}

/// The application.
pub fn app(
    state: State,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let State {
        registry,
        metrics,
        overview,
        lifecycle,
        write_origins,
    } = state;
    App::new()
        .app_data(registry)
        .app_data(metrics)
        .app_data(overview)
        .app_data(lifecycle)
        .configure(pages::mount)
        .configure(assets::mount)
        .configure(|configuration| routes().mount(configuration))
        .configure(operations::openapi)
        .configure(operations::guide::mount)
        .configure(operations::docs)
        .default_service(web::to(nowhere))
        .wrap(from_fn(context::enforce))
        .wrap(from_fn(access::authenticate))
        .wrap(Compress::default())
        .wrap(cors(write_origins))
        .wrap(from_fn(problem_document::render))
        .wrap(from_fn(trace::trace))
        .wrap(from_fn(pages::negotiate))
        .wrap(from_fn(old_version::without_chunks))
}

/// The response for every address at which there is nothing.
async fn nowhere(
    request: HttpRequest,
    state: web::Data<ApplicationState>,
) -> Result<actix_web::HttpResponse, Problem> {
    Err(operations::unknown_address(
        &state,
        request.path(),
        &pages::PATHS,
    ))
}

/// Web pages of any origin may read; those of the configured origins may write.
fn cors(write_origins: Arc<[String]>) -> Cors {
    Cors::default()
        .allowed_origin_fn(move |origin, head| {
            is_read(head)
                || write_origins
                    .iter()
                    .any(|allowed| allowed.as_bytes() == origin.as_bytes())
        })
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allow_any_header()
        .expose_headers(["ETag", "Link", "Location", "X-Request-Id", "Retry-After"])
        .max_age(3600)
        .block_on_origin_mismatch(false)
}

/// True for a request that only reads, and for the preflight request of one.
fn is_read(head: &RequestHead) -> bool {
    let requested = head
        .headers()
        .get(header::ACCESS_CONTROL_REQUEST_METHOD)
        .map(|method| method.as_bytes());
    let method = if head.method == Method::OPTIONS {
        requested.unwrap_or(b"GET")
    } else {
        head.method.as_str().as_bytes()
    };
    method == b"GET" || method == b"HEAD"
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_schema_compiles() {
        let contract = super::contract().unwrap();
        assert_eq!(contract.compile_all(), Ok(()));
    }
}
