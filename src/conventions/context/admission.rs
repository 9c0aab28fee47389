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
///
/// Not with `actix_web::http::header::Accept`: that one leaves out every range whose weight is malformed, and there are clients
/// that send `*/*; q=.2`.
fn accepts(request: &ServiceRequest, operation: &Operation) -> Result<(), Problem> {
    let ranges: Vec<MediaRange> = request
        .headers()
        .get_all(header::ACCEPT)
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter(|range| !range.trim().is_empty())
        .map(MediaRange::parse)
        .collect();
    let served = &operation.media_types;
    if ranges.is_empty() || served.is_empty() || served.iter().any(|one| accept(&ranges, one)) {
        return Ok(());
    }
    Err(Problem::new(
        Code::NotAcceptable,
        format!("served here: {}", served.join(", ")),
    ))
}

/// True if the most specific of the ranges that match a media type accepts it.
fn accept(ranges: &[MediaRange], served: &str) -> bool {
    let matching = ranges
        .iter()
        .filter_map(|range| Some((range.precedence(served)?, range.accepted)));
    matching.max().is_some_and(|(_, accepted)| accepted)
}

/// A member of `Accept`. Parameters other than its weight do not count.
struct MediaRange {
    essence: String,
    /// False if its weight is zero; a malformed weight counts as none.
    accepted: bool,
}

impl MediaRange {
    fn parse(text: &str) -> Self {
        let mut parts = text.split(';').map(|part| part.trim().to_ascii_lowercase());
        let essence = parts.next().unwrap_or_default();
        let is_zero = |part: String| {
            let weight = part.split_once('=').filter(|(name, _)| name.trim() == "q");
            weight.is_some_and(|(_, weight)| weight.trim().parse() == Ok(0.0_f32))
        };
        Self {
            essence,
            accepted: !parts.any(is_zero),
        }
    }

    /// The higher, the more specific a range is that matches a media type; none if it does not match.
    fn precedence(&self, served: &str) -> Option<u8> {
        let served = served.split(';').next().unwrap_or_default();
        let kind = served.split('/').next();
        match self.essence.split_once('/')? {
            _ if self.essence == served => Some(2),
            ("*", "*") => Some(0),
            (wanted, "*") if kind == Some(wanted) => Some(1),
            _ => None,
        }
    }
}
