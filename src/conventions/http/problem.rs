//! Problem details for HTTP APIs (RFC 9457): the form of every response with a status of 400 or more.
//!
//! All code returns a [`Problem`]. Only [`problem_document`](super::problem_document) turns problems, and errors of the
//! framework itself, into responses. Start with [`Code`], the list of all problems.

use crate::database::DatabaseError;
use crate::domain::{Fault, Place};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use std::fmt;
use strum::{EnumIter, EnumString, IntoStaticStr};

/// Every problem that the service can report. Codes are added, but never removed or renamed.
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
    /// 400: the request is malformed.
    BadRequest,
    /// 400: the body is not valid JSON.
    MalformedJson,
    /// 400: a query parameter does not exist or has an invalid value.
    InvalidParameters,
    /// 400: a header is malformed.
    MalformedHeader,
    /// 400: a header asks for something that the service does not support.
    UnsupportedHeader,
    /// 401: the request has no API key, or an invalid one.
    Unauthorized,
    /// 403: the role of the API key does not allow the operation.
    Forbidden,
    /// 404: there is nothing at this address.
    NotFound,
    /// 405: the address does not support this method.
    MethodNotAllowed,
    /// 406: the service cannot produce a media type that the client accepts.
    NotAcceptable,
    /// 408: the body did not arrive in time.
    RequestTimeout,
    /// 409: the body refers to a record that does not exist.
    UnknownReference,
    /// 409: it is not clear which stored record a city or theme of a document refers to.
    AmbiguousReference,
    /// 409: another import of the same plan is running.
    ImportRunning,
    /// 409: another record already has this value.
    Duplicate,
    /// 409: other records refer to the record that would be deleted.
    InUse,
    /// 409: this value cannot be changed once it is set.
    Immutable,
    /// 412: the record has changed since the client read it.
    StaleVersion,
    /// 412: the request requires that the record does not exist, but it does.
    AlreadyExists,
    /// 413: the body is larger than the service accepts.
    BodyTooLarge,
    /// 415: the operation does not accept a body of this media type.
    UnsupportedMediaType,
    /// 417: the service cannot meet the expectation in the `Expect` header.
    ExpectationFailed,
    /// 422: the body violates the schema or a rule.
    ValidationFailed,
    /// 500: the service failed.
    InternalError,
    /// 503: the database is unreachable or busy.
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

    /// Its name in `code` and in the address of its page.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// A short summary that is the same for every occurrence of the problem (RFC 9457, section 3.1.4).
    pub fn title(self) -> &'static str {
        match self {
            Self::BadRequest => "The request is malformed",
            Self::MalformedJson => "The body is not valid JSON",
            Self::InvalidParameters => "A query parameter is not valid",
            Self::MalformedHeader => "A header is malformed",
            Self::UnsupportedHeader => "A header asks for something that is not supported",
            Self::Unauthorized => "A valid API key is required",
            Self::Forbidden => "The API key does not allow this operation",
            Self::NotFound => "There is nothing at this address",
            Self::MethodNotAllowed => "This address does not support this method",
            Self::NotAcceptable => "None of the accepted media types is available",
            Self::RequestTimeout => "The body did not arrive in time",
            Self::UnknownReference => "A referenced record does not exist",
            Self::AmbiguousReference => "It is not clear which stored record is meant",
            Self::ImportRunning => "Another import of this plan is running",
            Self::Duplicate => "Another record already has this value",
            Self::InUse => "Other records refer to this record",
            Self::Immutable => "This value cannot be changed",
            Self::StaleVersion => "The record has changed since it was read",
            Self::AlreadyExists => "The record already exists",
            Self::BodyTooLarge => "The body is too large",
            Self::UnsupportedMediaType => "The body has an unsupported media type",
            Self::ExpectationFailed => "The Expect header asks for something that is not supported",
            Self::ValidationFailed => "The body is not valid",
            Self::InternalError => "The service failed",
            Self::DatabaseUnavailable => "The database is not available",
        }
    }
}

/// Another record that is involved in a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RelatedRecord {
    /// Kind of record.
    #[schema(example = "plan")]
    pub resource: String,
    /// Its id.
    pub id: uuid::Uuid,
    /// Its slug, title or description, for display.
    #[schema(example = "manchester-chengdu-liuzhou-yangzhou")]
    pub label: String,
}

/// A problem that will be reported to the client.
#[derive(Debug)]
pub struct Problem {
    /// Which problem it is.
    pub code: Code,
    /// What happened in this case, in a sentence or two.
    pub detail: String,
    /// All faults in the input.
    pub faults: Vec<Fault>,
    /// The other records that are involved in a conflict.
    pub related: Vec<RelatedRecord>,
    /// Headers that the response must have.
    pub headers: Vec<(HeaderName, String)>,
    /// The internal cause, which is logged but never sent to the client.
    pub cause: Option<Box<str>>,
}

impl Problem {
    /// Makes a problem with its explanation.
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

    /// Makes a problem out of the faults in an input.
    pub fn from_faults(code: Code, faults: Vec<Fault>) -> Self {
        let detail = match faults.as_slice() {
            [
                Fault {
                    place: Place::Pointer(pointer),
                    detail,
                    ..
                },
            ] if !pointer.is_empty() => format!("{pointer}: {detail}"),
            [only] => only.detail.clone(),
            several if several.len() >= Fault::MAX_REPORTED => {
                format!("{} or more faults, see errors", several.len())
            }
            several => format!("{} faults, see errors", several.len()),
        };
        Self {
            faults,
            ..Self::new(code, detail)
        }
    }

    /// Reports that there is no record of the kind `noun` with that key.
    pub fn not_found(noun: &str, key: impl fmt::Display) -> Self {
        Self::new(
            Code::NotFound,
            format!("there is no {noun} {:?}", key.to_string()),
        )
    }

    /// Reports a failure of the service; `cause` is logged and not sent to the client.
    pub fn internal(cause: impl fmt::Display) -> Self {
        let detail = "the service could not complete the request; the cause is in its log";
        Self {
            cause: Some(cause.to_string().into()),
            ..Self::new(Code::InternalError, detail)
        }
    }

    /// Adds the end of a sentence to the explanation.
    pub fn with_hint(mut self, hint: &str) -> Self {
        self.detail.push_str(hint);
        self
    }

    /// Adds a header.
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
                    "the database is unreachable or busy; try again later",
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
