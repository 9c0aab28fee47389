//! The checks before a request is routed: its operation is looked up; its headers, its accepted media types and its query are
//! checked.
//!
//! One rule: nothing here reads the body. Start with [`enforce`].

use super::{ApplicationState, headers};
use crate::conventions::contract::Operation;
use crate::conventions::http::problem::{Code, Problem};
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, web};
use std::sync::Arc;

/// The operation that a request asks for, looked up before the request is routed.
#[derive(Clone, Default)]
pub struct Destination {
    /// The template of the path that the router will match; `None` if it will match none.
    pub template: Option<Arc<str>>,
    /// The operation; `None` if the path has none with this method.
    pub operation: Option<Arc<Operation>>,
}

impl Destination {
    /// Looks up the destination of a request. The result is stored in the request, because matching a path against all templates
    /// is expensive.
    ///
    /// The path is decoded as the router decodes it. Otherwise `/v1/%63ities` would be another address here than there.
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
/// Only those of the next service. Faults of the request become problem responses.
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

/// Checks that the client accepts the media type of the operation (RFC 9110, section 12.5.1).
///
/// `actix_web::http::header::Accept` is not used, because it omits every range with a malformed weight, and there are clients
/// that send `*/*; q=.2`.
fn check_accepted(request: &ServiceRequest, operation: &Operation) -> Result<(), Problem> {
    let ranges: Vec<MediaRange> = request
        .headers()
        .get_all(header::ACCEPT)
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter(|range| !range.trim().is_empty())
        .map(MediaRange::parse)
        .collect();
    let available = &operation.media_types;
    let accepts_any = || available.iter().any(|one| accept(&ranges, one));
    if ranges.is_empty() || available.is_empty() || accepts_any() {
        return Ok(());
    }
    Err(Problem::new(
        Code::NotAcceptable,
        format!("the available media types are: {}", available.join(", ")),
    ))
}

/// True if the most specific of the ranges that match a media type accepts it.
fn accept(ranges: &[MediaRange], media_type: &str) -> bool {
    let matching = ranges
        .iter()
        .filter_map(|range| Some((range.precedence(media_type)?, range.accepted)));
    matching.max().is_some_and(|(_, accepted)| accepted)
}

/// A member of `Accept`. Parameters other than the weight are ignored.
struct MediaRange {
    essence: String,
    /// False if its weight is zero. A malformed weight is ignored.
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

    /// How specific the range is, if it matches a media type; `None` if it does not match.
    fn precedence(&self, media_type: &str) -> Option<u8> {
        let media_type = media_type.split(';').next().unwrap_or_default();
        let kind = media_type.split('/').next();
        match self.essence.split_once('/')? {
            _ if self.essence == media_type => Some(2),
            ("*", "*") => Some(0),
            (wanted, "*") if kind == Some(wanted) => Some(1),
            _ => None,
        }
    }
}
