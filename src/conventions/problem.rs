//! Problem details for HTTP APIs (RFC 9457): the one form of every answer with a status of 400 or more.
//!
//! Code anywhere returns a [`Problem`]; [`render`] alone turns problems, and whatever the framework itself refuses, into
//! responses. Start with [`Code`], the list of all problems that there are.

use crate::database::DatabaseError;
use crate::domain::{Fault, Place};
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, ResponseError};
use serde::Serialize;
use std::fmt;
use strum::{EnumIter, EnumString, IntoStaticStr};

pub use super::context::RequestId;

/// Every problem that the service answers with; the list only ever grows.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    utoipa::ToSchema,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = ProblemCode)]
pub enum Code {
    /// 400: the request is not HTTP as the service speaks it.
    BadRequest,
    /// 400: the body is no JSON.
    MalformedJson,
    /// 400: a query parameter that does not exist or has a wrong value.
    InvalidParameters,
    /// 400: a header that cannot be read.
    MalformedHeader,
    /// 400: a header that asks for what the service does not do.
    UnsupportedHeader,
    /// 401: no key, or one that is not valid.
    Unauthorized,
    /// 403: the key's role does not allow it.
    Forbidden,
    /// 404: there is nothing here.
    NotFound,
    /// 405: the resource has no such method.
    MethodNotAllowed,
    /// 406: the service has no form that the client accepts.
    NotAcceptable,
    /// 408: the body did not arrive in time.
    RequestTimeout,
    /// 409: the body refers to a record that does not exist.
    UnknownReference,
    /// 409: it is not clear which stored record a city or theme of a document is.
    AmbiguousReference,
    /// 409: the same plan is being imported by somebody else.
    ImportRunning,
    /// 409: another record already has this value.
    Duplicate,
    /// 409: other records rely on what would go.
    InUse,
    /// 409: this value cannot be changed once set.
    Immutable,
    /// 412: the record has changed since it was read.
    StaleVersion,
    /// 412: the record exists although it was asked not to.
    AlreadyExists,
    /// 413: the body is larger than the service takes.
    BodyTooLarge,
    /// 415: a body of a media type that the service does not take here.
    UnsupportedMediaType,
    /// 417: an expectation that the service does not know.
    ExpectationFailed,
    /// 422: the body breaks the schema or a rule.
    ValidationFailed,
    /// 500: a fault of the service.
    InternalError,
    /// 503: the database is away or busy.
    DatabaseUnavailable,
}

impl Code {
    /// The status that goes with it.
    pub fn status(self) -> StatusCode {
        match self {
            Self::BadRequest
            | Self::MalformedJson
            | Self::InvalidParameters
            | Self::MalformedHeader
            | Self::UnsupportedHeader => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::UnknownReference
            | Self::AmbiguousReference
            | Self::ImportRunning
            | Self::Duplicate
            | Self::InUse
            | Self::Immutable => StatusCode::CONFLICT,
            Self::StaleVersion | Self::AlreadyExists => StatusCode::PRECONDITION_FAILED,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::ExpectationFailed => StatusCode::EXPECTATION_FAILED,
            Self::ValidationFailed => StatusCode::UNPROCESSABLE_ENTITY,
            Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::DatabaseUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Its name in addresses and in `code`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What it is, in a few words that never change with the case.
    pub fn title(self) -> &'static str {
        match self {
            Self::BadRequest => "The request cannot be read",
            Self::MalformedJson => "The body is no JSON",
            Self::InvalidParameters => "A query parameter is not valid",
            Self::MalformedHeader => "A header is not valid",
            Self::UnsupportedHeader => "A header asks for what the service does not do",
            Self::Unauthorized => "A valid API key is needed",
            Self::Forbidden => "The API key does not allow this",
            Self::NotFound => "There is nothing at this address",
            Self::MethodNotAllowed => "This address has no such method",
            Self::NotAcceptable => "No accepted media type can be served",
            Self::RequestTimeout => "The body did not arrive in time",
            Self::UnknownReference => "A referenced record does not exist",
            Self::AmbiguousReference => "It is not clear which stored record is meant",
            Self::ImportRunning => "The plan is being imported by somebody else",
            Self::Duplicate => "Another record already has this value",
            Self::InUse => "Other records rely on this",
            Self::Immutable => "This value cannot be changed",
            Self::StaleVersion => "The record has changed since it was read",
            Self::AlreadyExists => "The record already exists",
            Self::BodyTooLarge => "The body is too large",
            Self::UnsupportedMediaType => "The body has the wrong media type",
            Self::ExpectationFailed => "The header Expect asks for what the service does not do",
            Self::ValidationFailed => "The body is not valid",
            Self::InternalError => "The service failed",
            Self::DatabaseUnavailable => "The database is not available",
        }
    }
}

/// A record that has to do with a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RelatedRecord {
    /// Kind of record.
    #[schema(example = "plan")]
    pub resource: String,
    /// Its id.
    pub id: uuid::Uuid,
    /// Its slug, title or description, for people.
    #[schema(example = "manchester-chengdu-liuzhou-yangzhou")]
    pub label: String,
}

/// A problem on its way to the client.
#[derive(Debug)]
pub struct Problem {
    /// Which problem.
    pub code: Code,
    /// What happened in this case, in a sentence or two.
    pub detail: String,
    /// All faults of the input.
    pub faults: Vec<Fault>,
    /// The other records of a conflict.
    pub related: Vec<RelatedRecord>,
    /// Headers that belong to the status.
    pub headers: Vec<(HeaderName, String)>,
    /// What went wrong inside; for the log alone.
    pub cause: Option<Box<str>>,
}

impl Problem {
    /// A problem with its explanation.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            faults: Vec::new(),
            related: Vec::new(),
            headers: Vec::new(),
            cause: None,
        }
    }

    /// A problem that consists of faults.
    pub fn of_faults(code: Code, faults: Vec<Fault>) -> Self {
        let detail = match faults.as_slice() {
            [
                Fault {
                    place: Place::Pointer(pointer),
                    detail,
                    ..
                },
            ] if !pointer.is_empty() => format!("{pointer}: {detail}"),
            [only] => only.detail.clone(),
            several if several.len() >= Fault::MOST => {
                format!("the first {} faults, see errors", several.len())
            }
            several => format!("{} faults, see errors", several.len()),
        };
        Self {
            faults,
            ..Self::new(code, detail)
        }
    }

    /// There is no such record.
    pub fn not_found(what: &str, key: impl fmt::Display) -> Self {
        Self::new(
            Code::NotFound,
            format!("there is no {what} {:?}", key.to_string()),
        )
    }

    /// A fault of the service; `cause` goes to the log, not to the client.
    pub fn internal(cause: impl fmt::Display) -> Self {
        let detail = "the service could not complete the request; its log says why";
        Self {
            cause: Some(cause.to_string().into()),
            ..Self::new(Code::InternalError, detail)
        }
    }

    /// The same problem with a header.
    pub fn with_header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl From<DatabaseError> for Problem {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Unavailable(cause) => {
                let problem = Self::new(
                    Code::DatabaseUnavailable,
                    "the database is away or busy; try again",
                );
                Self {
                    cause: Some(cause.into()),
                    ..problem
                }
                .with_header(header::RETRY_AFTER, "2")
            }
            DatabaseError::Failed(cause) => Self::internal(cause),
        }
    }
}

impl From<diesel::result::Error> for Problem {
    fn from(error: diesel::result::Error) -> Self {
        DatabaseError::from(error).into()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}: {}",
            self.code.name(),
            self.cause.as_deref().unwrap_or(&self.detail)
        )
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// One fault of the input.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(example = json!({"pointer": "/period/start", "parameter": null, "code": "format", "detail": "\"2019-02-30\" is no day"}))]
pub struct ProblemError {
    /// JSON Pointer (RFC 6901) to the value in the body; null if the fault is not in the body.
    #[schema(required, example = "/period/start")]
    pointer: Option<String>,
    /// Name of the query parameter; null if the fault is not in the query.
    #[schema(required, example = json!(null))]
    parameter: Option<String>,
    /// Kind of fault.
    code: crate::domain::FaultCode,
    /// What would be right.
    #[schema(
        example = "\"2019-02-30\" is no year, month or day of the calendar (2019, 2019-04, 2019-11-20)"
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
    "detail": "/period/start: \"2019-02-30\" is no year, month or day of the calendar (2019, 2019-04, 2019-11-20)",
    "instance": "/v1/plans", "request_id": "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b",
    "errors": [{
        "pointer": "/period/start", "parameter": null, "code": "format",
        "detail": "\"2019-02-30\" is no year, month or day of the calendar (2019, 2019-04, 2019-11-20)"
    }],
    "related": []
}))]
pub struct ProblemBody {
    /// Address of the page that explains the problem.
    #[serde(rename = "type")]
    #[schema(example = "/problems/validation_failed")]
    kind: String,
    /// What it is, in a few words.
    #[schema(example = "The body is not valid")]
    title: String,
    /// Status of the response.
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
    /// Id of the request, as in the header `X-Request-Id` and in the log.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    request_id: String,
    /// Every fault of the input; empty if the problem is not one of the input.
    errors: Vec<ProblemError>,
    /// The other records of a conflict; empty otherwise.
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

/// Middleware: gives every answer with a status of 400 or more its problem document.
///
/// # Errors
/// None of its own; errors of what it wraps become responses.
pub async fn render<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    let response = next.call(request).await?;
    if response.status().as_u16() < 400 {
        return Ok(response.map_into_left_body());
    }
    let by_framework = |response: &ServiceResponse<B>| {
        let detail = response
            .response()
            .error()
            .map(ToString::to_string)
            .unwrap_or_default();
        of_status(
            response.status(),
            response.request().method().as_str(),
            response.request().path(),
            &detail,
        )
    };
    let error = response.response().error();
    let body = match error.and_then(|error| error.as_error::<Problem>()) {
        Some(problem) => Rendered::new(problem, &response),
        None => Rendered::new(&by_framework(&response), &response),
    };
    Ok(body.replace(response))
}

/// The problem behind a status that the framework set by itself.
fn of_status(status: StatusCode, method: &str, path: &str, detail: &str) -> Problem {
    match status.as_u16() {
        404 => Problem::new(
            Code::NotFound,
            format!("the service has no address {path:?}"),
        ),
        406 => Problem::new(
            Code::NotAcceptable,
            "the service has no encoding that the client accepts",
        ),
        415 => Problem::new(
            Code::UnsupportedMediaType,
            "the body has a form that is not taken here",
        ),
        405 => Problem::new(
            Code::MethodNotAllowed,
            format!("{path:?} cannot be asked to {method}; see the header Allow"),
        ),
        408 => Problem::new(Code::RequestTimeout, "the request did not arrive in time"),
        413 => Problem::new(
            Code::BodyTooLarge,
            "the body is larger than the service takes",
        ),
        status if status < 500 => Problem::new(
            Code::BadRequest,
            format!("the request cannot be read: {detail}"),
        ),
        _ => Problem::internal(detail),
    }
}

/// A finished problem document with the headers that go with it.
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

    fn replace<B>(self, response: ServiceResponse<B>) -> ServiceResponse<EitherBody<B, BoxBody>> {
        let (request, old) = response.into_parts();
        let mut builder = HttpResponse::build(self.code.status());
        for (name, value) in old.headers() {
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
