//! What every request passes before it is routed: its operation is looked up, its query and accepted media types are checked.

use super::{ApplicationState, headers};
use crate::conventions::contract::Operation;
use crate::conventions::http::problem::{Code, Problem};
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};
use std::sync::Arc;

/// Where a request leads, before it is routed.
#[derive(Clone, Default)]
pub struct Destination {
    /// The template of the path that the router will match; none if it will match none.
    pub template: Option<Arc<str>>,
    /// The operation; none if there is none with this method.
    pub operation: Option<Arc<Operation>>,
}

impl Destination {
    /// The destination of a request. It is looked for once: matching a path against all templates takes its time.
    ///
    /// The router decodes percent-encoded letters first; so must whoever asks before it, or `/v1/%63ities` is another address
    /// to the one than to the other.
    pub fn from_request(request: &ServiceRequest) -> Self {
        if let Some(known) = request.extensions().get::<Self>() {
            return known.clone();
        }
        let template = request
            .resource_map()
            .match_pattern(request.match_info().unprocessed());
        let registry = request.app_data::<web::Data<ApplicationState>>();
        let operation = registry
            .zip(template.as_ref())
            .and_then(|(registry, template)| {
                registry.contract.operation(request.method(), template)
            });
        let found = Self {
            operation: operation.cloned(),
            template: template.map(Arc::from),
        };
        request.extensions_mut().insert(found.clone());
        found
    }
}

/// Middleware: checks the headers, the accepted media types and the query of a request against its operation.
///
/// # Errors
/// None of its own; faults become problem responses.
pub async fn enforce<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    if let Some(operation) = Destination::from_request(&request).operation {
        let outcome = headers::check(&request)
            .and_then(|()| accepts(&request, &operation))
            .and_then(|()| operation.parameters.read(request.query_string()));
        match outcome {
            Ok(values) => drop(request.extensions_mut().insert(values)),
            Err(problem) => return Ok(request.error_response(problem).map_into_right_body()),
        }
    }
    next.call(request)
        .await
        .map(ServiceResponse::map_into_left_body)
}

/// Proactive negotiation (RFC 9110, section 12.5.1), as far as one media type an operation needs it.
fn accepts(request: &ServiceRequest, operation: &Operation) -> Result<(), Problem> {
    let Some(accept) = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
    else {
        return Ok(());
    };
    let ranges = accept
        .split(',')
        .map(|range| range.split(';').map(str::trim));
    let acceptable = ranges.into_iter().any(|mut range| {
        let media_range = range.next().unwrap_or_default().to_ascii_lowercase();
        let refused = range.any(|parameter| {
            matches!(
                parameter.replace(' ', "").as_str(),
                "q=0" | "q=0.0" | "q=0.00" | "q=0.000"
            )
        });
        !refused
            && operation
                .media_types
                .iter()
                .any(|served| matches_range(&media_range, served))
    });
    if acceptable || operation.media_types.is_empty() || accept.trim().is_empty() {
        return Ok(());
    }
    Err(Problem::new(
        Code::NotAcceptable,
        format!("served here: {}", operation.media_types.join(", ")),
    ))
}

fn matches_range(range: &str, served: &str) -> bool {
    let served = served.split(';').next().unwrap_or_default();
    range == "*/*"
        || range == served
        || range
            .strip_suffix("/*")
            .is_some_and(|kind| served.split('/').next() == Some(kind))
}
