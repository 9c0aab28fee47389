//! Headers that change what a write means: the service does as they say, or refuses the request, but never passes over them.
//!
//! One rule: what is passed over must be what HTTP lets a server pass over, such as `Prefer` (RFC 7240) or
//! `If-Modified-Since` of a write (RFC 9110, section 13.1.3). Start with [`check`].

use crate::conventions::http::problem::{Code, Problem};
use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};

/// Headers that no write is done with, why, and what to do instead.
const REFUSED: [(&str, &str); 3] = [
    ("Idempotency-Key", REPEATED),
    ("X-Idempotency-Key", REPEATED),
    (
        "Content-Range",
        "PUT takes the whole; a part of a record is changed with PATCH",
    ),
];

const REPEATED: &str = "it is not supported yet, and a request that is sent twice would be done twice. Leave the header out: PUT, \
    PATCH and DELETE can be repeated safely with If-Match; a POST can if it gives the record a slug, for then the second one \
    is answered 409";

/// Headers by which a client of a network that lets nothing but POST pass means another method.
const OTHER_METHODS: [&str; 3] = [
    "X-HTTP-Method-Override",
    "X-HTTP-Method",
    "X-Method-Override",
];

/// Refuses a write whose headers ask for what the service does not do.
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
            return Err(refusal(name, why));
        }
    }
    for name in OTHER_METHODS {
        if headers
            .get_all(name)
            .any(|value| !is(value.as_bytes(), method.as_str()))
        {
            return Err(refusal(name, "send the method that is meant"));
        }
    }
    conditions(method, headers)?;
    expectations(headers)
}

/// Conditions that would be passed over: that of a date always, those of entity tags where there is no record to hold them against.
fn conditions(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    // Beside If-Match it does not count (RFC 9110, section 13.1.4).
    if headers.contains_key(header::IF_UNMODIFIED_SINCE) && !headers.contains_key(header::IF_MATCH)
    {
        let why = "a second is too coarse to tell two versions apart; send the entity tag that you read in If-Match";
        return Err(refusal("If-Unmodified-Since", why));
    }
    for name in ["If-Match", "If-None-Match"] {
        if *method == Method::POST && headers.contains_key(name) {
            let why =
                "a POST has no stored record to compare with; a slug that is taken is answered 409";
            return Err(refusal(name, why));
        }
    }
    Ok(())
}

/// `Expect` (RFC 9110, section 10.1.1): the server itself answers `100-continue`, and there is nothing else it could fulfil.
fn expectations(headers: &HeaderMap) -> Result<(), Problem> {
    let members = headers
        .get_all(header::EXPECT)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii);
    let mut others = members.filter(|member| !member.is_empty() && !is(member, "100-continue"));
    match others.next() {
        None => Ok(()),
        Some(_) => Err(Problem::new(
            Code::ExpectationFailed,
            "Expect can be 100-continue here, and nothing else",
        )),
    }
}

fn is(value: &[u8], word: &str) -> bool {
    value.trim_ascii().eq_ignore_ascii_case(word.as_bytes())
}

fn refusal(name: &str, why: &str) -> Problem {
    Problem::new(
        Code::UnsupportedHeader,
        format!("the header {name} cannot be honoured: {why}"),
    )
}
