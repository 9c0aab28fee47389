//! Headers that change the meaning of a write: the service honours them or refuses the request.
//!
//! One rule: only headers that HTTP allows a server to ignore are ignored, such as `Prefer` (RFC 7240) or
//! `If-Modified-Since` in a write (RFC 9110, section 13.1.3). Start with [`check`].

use crate::conventions::http::problem::{Code, Problem};
use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};

/// Headers that are refused in every write, with the reason and what to do instead.
const REFUSED: [(&str, &str); 3] = [
    ("Idempotency-Key", IDEMPOTENCY),
    ("X-Idempotency-Key", IDEMPOTENCY),
    (
        "Content-Range",
        "PUT replaces the whole record; use PATCH to change a part of it",
    ),
];

const IDEMPOTENCY: &str = "it is not supported yet, so a request that is sent twice would take effect twice. Leave the header out: \
    PUT, PATCH and DELETE can be repeated safely with If-Match, and a POST can be repeated safely if the body contains a slug, \
    because the second request then fails with 409";

/// Headers with which a client asks for another method where its network only lets GET and POST pass.
const METHOD_OVERRIDES: [&str; 3] = [
    "X-HTTP-Method-Override",
    "X-HTTP-Method",
    "X-Method-Override",
];

/// Refuses a write whose headers ask for something that the service does not support.
///
/// # Errors
/// `unsupported_header`, `expectation_failed`.
pub(super) fn check(request: &ServiceRequest) -> Result<(), Problem> {
    let (method, headers) = (request.method(), request.headers());
    if method.is_safe() {
        return Ok(());
    }
    for (name, why) in REFUSED {
        if headers.contains_key(name) {
            return Err(unsupported(name, why));
        }
    }
    for name in METHOD_OVERRIDES {
        if headers
            .get_all(name)
            .any(|value| !equals(value.as_bytes(), method.as_str()))
        {
            return Err(unsupported(
                name,
                "send the request with the intended method",
            ));
        }
    }
    check_conditions(method, headers)?;
    check_expectations(headers)
}

/// Refuses conditions that could not be honoured: by date always, by entity tag where there is no stored record to compare.
fn check_conditions(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    // If-Match takes precedence (RFC 9110, section 13.1.4).
    if headers.contains_key(header::IF_UNMODIFIED_SINCE) && !headers.contains_key(header::IF_MATCH)
    {
        let why = "dates have a resolution of one second, which is too coarse to distinguish two versions; send the entity tag \
                   that you read in If-Match";
        return Err(unsupported("If-Unmodified-Since", why));
    }
    for name in ["If-Match", "If-None-Match"] {
        if *method == Method::POST && headers.contains_key(name) {
            let why = "for a POST there is no stored record to compare with; a slug that is already in use leads to 409";
            return Err(unsupported(name, why));
        }
    }
    Ok(())
}

/// `Expect` (RFC 9110, section 10.1.1): the HTTP server supports `100-continue`; no other expectation is supported.
fn check_expectations(headers: &HeaderMap) -> Result<(), Problem> {
    let members = headers
        .get_all(header::EXPECT)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii);
    let mut others = members.filter(|member| !member.is_empty() && !equals(member, "100-continue"));
    match others.next() {
        None => Ok(()),
        Some(_) => Err(Problem::new(
            Code::ExpectationFailed,
            "the only value of Expect that is supported is 100-continue",
        )),
    }
}

fn equals(value: &[u8], word: &str) -> bool {
    value.trim_ascii().eq_ignore_ascii_case(word.as_bytes())
}

fn unsupported(name: &str, why: &str) -> Problem {
    Problem::new(
        Code::UnsupportedHeader,
        format!("the header {name} is not supported here: {why}"),
    )
}
