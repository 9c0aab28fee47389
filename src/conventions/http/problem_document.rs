//! The document that a client receives for a problem, and the middleware that writes it.
//!
//! One rule: nothing else builds an error response. Start with [`render`].

use super::problem::{Code, Problem, RelatedRecord};
use super::request_id::RequestId;
use crate::domain::{Fault, Place};
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse};
use serde::Serialize;

/// One fault in the input.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(example = json!({"pointer": "/period/start", "parameter": null, "code": "format", "detail": "\"2019-02-30\" is not a year, month or day of the calendar (2019, 2019-04, 2019-11-20)"}))]
pub struct ProblemError {
    /// JSON Pointer (RFC 6901) to the value in the body; null if the fault is not in the body.
    #[schema(required, example = "/period/start")]
    pointer: Option<String>,
    /// Name of the query parameter; null if the fault is not in the query.
    #[schema(required, example = json!(null))]
    parameter: Option<String>,
    /// Kind of fault.
    code: crate::domain::FaultCode,
    /// Explanation of the fault, and what would be valid.
    #[schema(
        example = "\"2019-02-30\" is not a year, month or day of the calendar (2019, 2019-04, 2019-11-20)"
    )]
    detail: String,
}

impl From<&Fault> for ProblemError {
    fn from(fault: &Fault) -> Self {
        let (pointer, parameter) = match &fault.place {
            Place::Pointer(pointer) => (Some(pointer.clone()), None),
            Place::Parameter(name) => (None, Some(name.clone())),
        };
        Self {
            pointer,
            parameter,
            code: fault.code,
            detail: fault.detail.clone(),
        }
    }
}

/// Problem details (RFC 9457).
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "/problems/validation_failed", "title": "The body is not valid", "status": 422, "code": "validation_failed",
    "detail": "/period/start: \"2019-02-30\" is not a year, month or day of the calendar (2019, 2019-04, 2019-11-20)",
    "instance": "/v1/plans", "request_id": "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b",
    "errors": [{
        "pointer": "/period/start", "parameter": null, "code": "format",
        "detail": "\"2019-02-30\" is not a year, month or day of the calendar (2019, 2019-04, 2019-11-20)"
    }],
    "related": []
}))]
pub struct ProblemBody {
    /// Address of the page that explains the problem.
    #[serde(rename = "type")]
    #[schema(example = "/problems/validation_failed")]
    kind: String,
    /// Short summary of the problem, which is the same for every occurrence.
    #[schema(example = "The body is not valid")]
    title: String,
    /// HTTP status code of the response.
    #[schema(example = 422)]
    status: i32,
    /// Name of the problem, for programs.
    code: Code,
    /// What happened in this case.
    #[schema(example = "2 faults, see errors")]
    detail: String,
    /// Path of the request.
    #[schema(example = "/v1/plans")]
    instance: String,
    /// Id of the request, which is also in the header `X-Request-Id` and in the log.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    request_id: String,
    /// Every fault in the input; empty if the input is not to blame.
    errors: Vec<ProblemError>,
    /// The other records that are involved in a conflict; empty otherwise.
    related: Vec<RelatedRecord>,
}

impl ProblemBody {
    fn new(problem: &Problem, instance: String, request_id: String) -> Self {
        let errors = problem.faults.iter().map(ProblemError::from);
        Self {
            kind: format!("/problems/{}", problem.code.name()),
            title: problem.code.title().to_owned(),
            status: problem.code.status().as_u16().into(),
            code: problem.code,
            detail: problem.detail.clone(),
            instance,
            request_id,
            errors: errors.collect(),
            related: problem.related.clone(),
        }
    }
}

/// Middleware: replaces the body of every response with a status of 400 or more by its problem document.
///
/// # Errors
/// It adds no errors; errors of the wrapped service become responses.
pub async fn render<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    let response = next.call(request).await?;
    if response.status().as_u16() < 400 {
        return Ok(response.map_into_left_body());
    }
    let framework_problem = |response: &ServiceResponse<B>| {
        let detail = response
            .response()
            .error()
            .map(ToString::to_string)
            .unwrap_or_default();
        problem_from_status(
            response.status(),
            response.request().method().as_str(),
            response.request().path(),
            &detail,
            response.headers().get(header::ALLOW),
        )
    };
    let error = response.response().error();
    let body = match error.and_then(|error| error.as_error::<Problem>()) {
        Some(problem) => Rendered::new(problem, &response),
        None => Rendered::new(&framework_problem(&response), &response),
    };
    Ok(body.replace_body_of(response))
}

/// The problem that describes a status which the framework set by itself.
fn problem_from_status(
    status: StatusCode,
    method: &str,
    path: &str,
    detail: &str,
    allow: Option<&HeaderValue>,
) -> Problem {
    match status.as_u16() {
        404 => Problem::new(
            Code::NotFound,
            format!("there is nothing at the address {path:?}"),
        ),
        406 => Problem::new(
            Code::NotAcceptable,
            "the service supports none of the encodings that the client accepts",
        ),
        415 => Problem::new(
            Code::UnsupportedMediaType,
            "this operation does not accept a body of this type",
        ),
        405 => Problem::new(
            Code::MethodNotAllowed,
            format!(
                "{path:?} does not support {method}; it supports {}",
                allow
                    .and_then(|allow| allow.to_str().ok())
                    .unwrap_or("no method")
            ),
        ),
        408 => Problem::new(Code::RequestTimeout, "the request did not arrive in time"),
        413 => Problem::new(
            Code::BodyTooLarge,
            "the body is larger than the service accepts",
        ),
        status if status < 500 => Problem::new(
            Code::BadRequest,
            format!("the request is malformed: {detail}"),
        ),
        _ => Problem::internal(detail),
    }
}

/// A problem document as bytes, with the headers of its response.
struct Rendered {
    code: Code,
    headers: Vec<(HeaderName, String)>,
    json: Vec<u8>,
}

impl Rendered {
    fn new<B>(problem: &Problem, response: &ServiceResponse<B>) -> Self {
        let request = response.request();
        let id = request
            .extensions()
            .get::<RequestId>()
            .map(ToString::to_string)
            .unwrap_or_default();
        match (&problem.cause, problem.code) {
            (Some(cause), Code::InternalError) => log::error!("internal error: {cause} id={id}"),
            (Some(cause), _) => log::warn!("{}: {cause} id={id}", problem.code.name()),
            (None, _) => {}
        }
        let body = ProblemBody::new(problem, request.path().to_owned(), id);
        let json = serde_json::to_vec(&body).unwrap_or_default();
        Self {
            code: problem.code,
            headers: problem.headers.clone(),
            json,
        }
    }

    fn replace_body_of<B>(
        self,
        response: ServiceResponse<B>,
    ) -> ServiceResponse<EitherBody<B, BoxBody>> {
        let (request, original) = response.into_parts();
        let mut builder = HttpResponse::build(self.code.status());
        for (name, value) in original.headers() {
            if name != header::CONTENT_TYPE
                && name != header::CONTENT_LENGTH
                && name != header::CONTENT_ENCODING
            {
                builder.append_header((name.clone(), value.clone()));
            }
        }
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                builder.insert_header((name, value));
            }
        }
        builder.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        builder.insert_header((header::CACHE_CONTROL, "no-store"));
        ServiceResponse::new(request, builder.body(self.json).map_into_right_body())
    }
}
