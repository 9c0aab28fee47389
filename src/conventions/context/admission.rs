//! The checks before a request is routed: its operation is looked up; its headers, its accepted media types and its query are
//! checked.
//!
//! One rule: nothing here reads the body. Start with [`enforce`].

use super::{ApplicationState, headers};
use crate::conventions::contract::Operation;
use crate::conventions::http::accept::Accept;
use crate::conventions::http::problem::{Code, Problem};
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, web};
use std::sync::Arc;

/// The operation of a request, looked up before the request is routed.
#[derive(Clone, Default)]
pub struct Destination {
    /// The template of the path that the router will match; `None` if no template matches.
    pub template: Option<Arc<str>>,
    /// The operation; `None` if the path has none with this method.
    pub operation: Option<Arc<Operation>>,
}

impl Destination {
    /// Looks up the destination of a request. The result is stored in the request, because matching a path against all templates
    /// is expensive.
    ///
    /// The path is decoded as the router decodes it. Otherwise `/v1/%63ities` would be a different path here and in the router.
    pub fn from_request(request: &ServiceRequest) -> Self {
        if let Some(known) = request.extensions().get::<Self>() {
            return known.clone();
        }
        let template = request
            .resource_map()
            .match_pattern(request.match_info().unprocessed());
        let state = request.app_data::<web::Data<ApplicationState>>();
        let operation = state
            .zip(template.as_ref())
            .and_then(|(state, template)| state.contract.operation(request.method(), template));
        let found = Self {
            operation: operation.cloned(),
            template: template.map(Arc::from),
        };
        request.extensions_mut().insert(found.clone());
        found
    }
}

/// Marks the head of a request whose client waits with the body. Such a request is only checked; if nothing is wrong with it, the
/// response is 100.
#[derive(Debug, Clone, Copy)]
pub struct ChecksOnly;

/// Middleware: checks the headers, the accepted media types and the query of a request against its operation.
///
/// # Errors
/// The errors of the next service. Faults of the request are answered with a problem document.
pub async fn enforce<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    if let Some(operation) = Destination::from_request(&request).operation {
        let outcome = headers::check(&request)
            .and_then(|()| check_accepted(&request, &operation))
            .and_then(|()| operation.parameters.read(request.query_string()));
        match outcome {
            Ok(values) => drop(request.extensions_mut().insert(values)),
            Err(problem) => return Ok(request.error_response(problem).map_into_right_body()),
        }
    }
    if request.extensions().get::<ChecksOnly>().is_some() {
        let response = HttpResponse::build(StatusCode::CONTINUE).finish();
        return Ok(request.into_response(response).map_into_right_body());
    }
    next.call(request)
        .await
        .map(ServiceResponse::map_into_left_body)
}

/// Checks that the client accepts a media type of the operation.
fn check_accepted(request: &ServiceRequest, operation: &Operation) -> Result<(), Problem> {
    let accept = Accept::from_headers(request.headers());
    let available = &operation.media_types;
    if available.is_empty() || available.iter().any(|one| accept.accepts(one)) {
        return Ok(());
    }
    Err(Problem::new(
        Code::NotAcceptable,
        format!("the available media types are: {}", available.join(", ")),
    ))
}
