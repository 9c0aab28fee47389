//! Raw request bodies: size, media type, and JSON in its normal form. They are validated against a schema later.
//!
//! One rule: no body is read before access is granted. Start with [`json()`].

use super::content_coding::{self, interrupted};
use super::json;
use super::problem::{Code, Problem};
use crate::domain::{Fault, FaultCode};
use actix_web::body::{BodyLimitExceeded, BodyStream, to_bytes_limited};
use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::{FromRequest, HttpRequest, web};
use serde_json::Value;
use std::pin::Pin;
use std::time::Duration;

/// The maximum size of the body for one record, in bytes.
pub const LIMIT: usize = 1024 * 1024;
/// The maximum size of the body for a whole document, in bytes.
pub const DOCUMENT_LIMIT: usize = 8 * 1024 * 1024;
/// How long the whole body may take to arrive.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A whole document: a JSON object in its normal form, which is not validated yet.
pub struct WholeDocument(pub Value);

/// A future that extracts a value from a request.
pub type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl FromRequest for WholeDocument {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            json(&request, payload, &["application/json"], DOCUMENT_LIMIT)
                .await
                .map(Self)
        })
    }
}

/// Reads the body as JSON in its normal form.
///
/// # Errors
/// 400, 408, 413 or 415.
pub async fn json(
    request: &HttpRequest,
    payload: Payload,
    media_types: &[&str],
    limit: usize,
) -> Result<Value, Problem> {
    check_media_type(request, media_types)?;
    content_coding::refuse(request)?;
    let bytes = tokio::time::timeout(TIMEOUT, collect(payload, limit));
    let bytes = bytes.await.map_err(|_| too_late())??;
    if json::without_byte_order_mark(&bytes)
        .trim_ascii()
        .is_empty()
    {
        let detail = "the body is empty, but this operation needs a JSON object";
        return Err(Problem::new(Code::MalformedJson, detail));
    }
    let value = json::parse(&bytes)?;
    if !matches!(value, Value::Object(_)) {
        let fault = Fault::at("", FaultCode::Type, "the body must be a JSON object");
        return Err(Problem::from_faults(Code::ValidationFailed, vec![fault]));
    }
    Ok(value)
}

/// The problem of a body that takes longer than `TIMEOUT`.
pub fn too_late() -> Problem {
    Problem::new(
        Code::RequestTimeout,
        "the body did not arrive within 30 seconds",
    )
}

/// Rejects a body of another media type.
///
/// # Errors
/// 415.
pub fn check_media_type(request: &HttpRequest, media_types: &[&str]) -> Result<(), Problem> {
    let header = |name| {
        request
            .headers()
            .get(name)
            .and_then(|value: &header::HeaderValue| value.to_str().ok())
    };
    let essence = header(header::CONTENT_TYPE)
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if !media_types.contains(&essence.as_str()) {
        let sent = if essence.is_empty() {
            "a body without a Content-Type header".to_owned()
        } else {
            format!("{essence:?}")
        };
        let detail = format!(
            "this operation accepts {}, not {sent}",
            media_types.join(" or ")
        );
        let problem = Problem::new(Code::UnsupportedMediaType, detail);
        let patch = media_types.first().copied().unwrap_or_default();
        // RFC 5789, section 2.2.
        return Err(if request.method() == Method::PATCH {
            problem.with_header(header::HeaderName::from_static("accept-patch"), patch)
        } else {
            problem
        });
    }
    Ok(())
}

async fn collect(payload: Payload, limit: usize) -> Result<web::Bytes, Problem> {
    match to_bytes_limited(BodyStream::new(payload), limit).await {
        Ok(bytes) => bytes.map_err(interrupted),
        Err(BodyLimitExceeded { .. }) => Err(Problem::new(
            Code::BodyTooLarge,
            format!("the body can have at most {limit} bytes"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, Payload, collect};
    use actix_web::error::PayloadError;
    use actix_web::web::Bytes;
    use futures_util::stream;

    fn payload(chunks: Vec<Result<&'static [u8], PayloadError>>) -> Payload {
        let chunks = chunks
            .into_iter()
            .map(|chunk| chunk.map(Bytes::from_static));
        Payload::Stream {
            payload: Box::pin(stream::iter(chunks)),
        }
    }

    #[actix_web::test]
    async fn a_body_can_have_as_many_bytes_as_the_limit_and_no_more() {
        let chunks = || vec![Ok(&b"abc"[..]), Ok(b""), Ok(b"de")];
        assert_eq!(collect(payload(chunks()), 5).await.unwrap(), "abcde");
        let problem = collect(payload(chunks()), 4).await.unwrap_err();
        assert_eq!(problem.code, Code::BodyTooLarge);
        assert_eq!(problem.detail, "the body can have at most 4 bytes");
    }

    #[actix_web::test]
    async fn a_body_that_ends_unexpectedly_is_rejected_with_the_cause() {
        let chunks = vec![Ok(&b"abc"[..]), Err(PayloadError::Incomplete(None))];
        let problem = collect(payload(chunks), 5).await.unwrap_err();
        assert_eq!(problem.code, Code::BadRequest);
        let detail = "the body ended unexpectedly: payload reached EOF before completing: None";
        assert_eq!(problem.detail, detail);
    }
}
