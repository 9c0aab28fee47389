//! Problem details for HTTP APIs (RFC 9457): the one form of every answer with a status of 400 or more.
//!
//! Code anywhere returns a [`Problem`]; `problem_document` alone turns problems, and whatever the framework itself refuses,
//! into responses. Start with [`Code`], the list of all problems that there are.

use crate::database::DatabaseError;
use crate::domain::{Fault, Place};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use std::fmt;
use strum::{EnumIter, EnumString, IntoStaticStr};

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
    /// 400: the body is not valid JSON.
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
            Self::MalformedJson => "The body is not valid JSON",
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
