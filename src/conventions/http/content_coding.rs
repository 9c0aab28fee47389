//! Compressed request bodies (RFC 9110, section 8.4).
//!
//! One rule: what a body unpacks to is never held in memory as a whole, and all limits apply to what comes out of it. Bodies of
//! unlimited size may be compressed with gzip, all others are refused. Start with [`decoded`].

use super::problem::{Code, Problem};
use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::{Bytes, Payload};
use async_compression::tokio::bufread::GzipDecoder;
use futures_util::stream::{LocalBoxStream, Stream, StreamExt};
use std::cell::Cell;
use std::fmt::Display;
use std::io;
use std::rc::Rc;
use tokio_util::io::{ReaderStream, StreamReader};

/// The number of bytes that are unpacked at a time.
const CHUNK_BYTES: usize = 64 * 1024;
/// How many times as long as the body its content can be. Lines of JSON that differ in nothing but an id stay far below.
const MAX_RATIO: u64 = 250;
/// The length up to which the content is not compared with the length of the body.
const FREE_BYTES: u64 = 8 * 1024 * 1024;

/// The bytes of a body as they arrive, unpacked if they are compressed with gzip.
///
/// # Errors
/// 415 for another content coding; items of the stream are errors if the body ends unexpectedly, is not valid gzip, or unpacks
/// to far more than lines of JSON would.
pub fn decoded(
    request: &HttpRequest,
    payload: Payload,
) -> Result<LocalBoxStream<'static, Result<Bytes, Problem>>, Problem> {
    match codings(request).as_slice() {
        [] => Ok(payload
            .map(|bytes| bytes.map_err(interrupted))
            .boxed_local()),
        [only] if is_gzip(only) => Ok(unpacked(payload).boxed_local()),
        others => Err(unsupported(others, "gzip")),
    }
}

/// Refuses a body with a content coding.
///
/// # Errors
/// 415.
pub(super) fn refuse(request: &HttpRequest) -> Result<(), Problem> {
    match codings(request).as_slice() {
        [] => Ok(()),
        others => Err(unsupported(others, "identity")),
    }
}

/// The codings of a body other than `identity`, from all lines of the header.
fn codings(request: &HttpRequest) -> Vec<String> {
    let lines = request.headers().get_all(header::CONTENT_ENCODING);
    let codings = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    let codings = codings.map(|coding| String::from_utf8_lossy(coding.trim_ascii()).into_owned());
    codings
        .filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"))
        .collect()
}

fn is_gzip(coding: &str) -> bool {
    // RFC 9110, section 8.4.1.3: x-gzip is the same.
    ["gzip", "x-gzip"].contains(&coding.to_ascii_lowercase().as_str())
}

fn unsupported(codings: &[String], supported: &str) -> Problem {
    let codings = codings.join(", ");
    let expected = match supported {
        "identity" => "must not be compressed".to_owned(),
        coding => format!("can be compressed with {coding} only"),
    };
    let detail = format!("the body {expected}, but its content coding is {codings:?}");
    Problem::new(Code::UnsupportedMediaType, detail).with_header(header::ACCEPT_ENCODING, supported)
}

/// What comes out of the gzip members of a body.
fn unpacked(
    payload: impl Stream<Item = Result<Bytes, PayloadError>> + Unpin + 'static,
) -> impl Stream<Item = Result<Bytes, Problem>> {
    let received = Rc::new(Cell::new(0_u64));
    let counter = received.clone();
    let source = payload.map(move |bytes| match bytes {
        Ok(bytes) => {
            counter.set(counter.get() + length(&bytes));
            Ok(bytes)
        }
        Err(error) => Err(io::Error::new(
            io::ErrorKind::ConnectionAborted,
            interrupted(error).detail,
        )),
    });
    let mut decoder = GzipDecoder::new(StreamReader::new(source));
    decoder.multiple_members(true);
    let mut produced = 0;
    ReaderStream::with_capacity(decoder, CHUNK_BYTES).map(move |bytes| {
        let bytes = bytes.map_err(|error| match error.kind() {
            io::ErrorKind::ConnectionAborted => Problem::new(Code::BadRequest, error.to_string()),
            _ => Problem::new(
                Code::BadRequest,
                format!("the body is not valid gzip: {error}"),
            ),
        })?;
        produced += length(&bytes);
        if produced > FREE_BYTES.max(received.get().saturating_mul(MAX_RATIO)) {
            let detail = format!("the body unpacks to more than {MAX_RATIO} times its length");
            return Err(Problem::new(Code::BodyTooLarge, detail));
        }
        Ok(bytes)
    })
}

fn length(bytes: &Bytes) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// The body did not arrive as a whole.
pub(super) fn interrupted(error: impl Display) -> Problem {
    Problem::new(
        Code::BadRequest,
        format!("the body ended unexpectedly: {error}"),
    )
}
