//! The request log: one id and one line for each request.

use super::metrics::Metrics;
use crate::conventions::context::Actor;
use crate::conventions::context::Destination;
use crate::conventions::http::request_id::RequestId;
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};
use std::time::Instant;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Middleware: gives the request its id, returns the id in the response, counts the response and writes the request log. The
/// log contains the template of the path and the name of the key, never the values in the path and never the key itself.
///
/// # Errors
/// The errors of the handler.
pub async fn trace<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let started = Instant::now();
    let id = RequestId::new(
        request
            .headers()
            .get(HEADER)
            .and_then(|value| value.to_str().ok()),
    );
    request.extensions_mut().insert(id.clone());
    let destination = Destination::from_request(&request);
    let route = destination.template.as_deref().unwrap_or("-");
    let metrics = request.app_data::<web::Data<Metrics>>().cloned();
    let method = request.method().clone();
    let mut response = next.call(request).await?;
    if response.status() == StatusCode::CONTINUE {
        // Only the head was checked. The request itself follows and is logged then.
        return Ok(response);
    }
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(HEADER, value);
    }
    let time = started.elapsed();
    let status = response.status().as_u16();
    let bytes = match response.response().body().size() {
        BodySize::Sized(bytes) => bytes.to_string(),
        BodySize::None => "0".to_owned(),
        BodySize::Stream => "-".to_owned(),
    };
    let milliseconds = time.as_secs_f64() * 1000.0;
    let extensions = response.request().extensions();
    let key = extensions.get::<Actor>().map_or("-", Actor::name);
    log::info!(target: "ucap::access", "{method} {route} {status} {milliseconds:.1}ms {bytes}B id={id} key={key:?}");
    drop(extensions);
    if let Some(metrics) = metrics {
        metrics.count(known_method(&method), route, status, time);
    }
    Ok(response)
}

/// The method as a label of the metrics; all other methods share one label.
fn known_method(method: &actix_web::http::Method) -> &str {
    match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known,
        _ => "other",
    }
}
