//! Request bodies: size, media type, JSON, and its normal form; validation against the schema comes after.
//!
//! [`Body`] is what POST and PUT take, [`Patch`] what PATCH takes. Neither is looked at before access was granted.

use super::contract::Contract;
use super::problem::{Code, Problem};
use super::resource::{Input, Resource};
use crate::domain::{Fault, FaultCode, Faults, Place, text};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;
use serde_json::Value;
use std::collections::BTreeSet;
use std::pin::Pin;
use std::time::Duration;

/// The largest body that is taken for one record, in bytes.
pub const LIMIT: usize = 1024 * 1024;
/// The largest body that is taken for a whole document, in bytes.
pub const DOCUMENT_LIMIT: usize = 8 * 1024 * 1024;
/// How long the whole body may take to arrive.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A valid input document of `R`.
pub struct Body<R: Resource>(pub R::Input);

/// A merge patch for `R`, of valid shape.
pub struct Patch<R> {
    /// The patch itself.
    pub value: Value,
    resource: std::marker::PhantomData<R>,
}

/// A whole document: a JSON object in its normal form, not checked yet.
pub struct WholeDocument(pub Value);

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl<R: Resource> FromRequest for Body<R> {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let value = json(&request, payload, &["application/json"], LIMIT).await?;
            parse::<R>(contract(&request)?, value).map(Self)
        })
    }
}

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

impl<R: Resource> FromRequest for Patch<R> {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let value = json(
                &request,
                payload,
                &["application/merge-patch+json", "application/json"],
                LIMIT,
            )
            .await?;
            let faults = contract(&request)?.check(&format!("{}Patch", R::NAME.schema), &value);
            if faults.is_empty() {
                return Ok(Self {
                    value,
                    resource: std::marker::PhantomData,
                });
            }
            Err(Problem::of_faults(Code::ValidationFailed, faults))
        })
    }
}

fn contract(request: &HttpRequest) -> Result<&Contract, Problem> {
    let registry = request.app_data::<web::Data<super::context::Registry>>();
    registry
        .map(|registry| &*registry.contract)
        .ok_or_else(|| Problem::internal("no registry"))
}

fn input_schema<R: Resource>() -> String {
    format!("{}Input", R::NAME.schema)
}

/// Checks a value against the schema and the rules of `R` and gives it its type.
///
/// # Errors
/// `validation_failed` with every fault.
pub fn parse<R: Resource>(contract: &Contract, value: Value) -> Result<R::Input, Problem> {
    let faults = contract.check(&input_schema::<R>(), &value);
    let (input, faults) = understand::<R>(contract, value, faults)?;
    input
        .filter(|_| faults.is_empty())
        .ok_or_else(|| Problem::of_faults(Code::ValidationFailed, faults))
}

/// Gives a value of which all faults of shape are known its type, if it has none, and adds the rules that it breaks.
///
/// # Errors
/// The schema allows what the type does not take; never in a binary that was tested.
pub fn understand<R: Resource>(
    contract: &Contract,
    value: Value,
    mut faults: Vec<Fault>,
) -> Result<(Option<R::Input>, Vec<Fault>), Problem> {
    if !faults.is_empty() {
        faults.extend(rule_faults_beside::<R>(contract, &value, &faults));
        return Ok((None, faults));
    }
    let input: R::Input = serde_json::from_value(value).map_err(|error| {
        Problem::internal(format!(
            "the schema of {} allows what its type does not take: {error}",
            R::NAME.schema
        ))
    })?;
    let mut rules = Faults::default();
    input.validate(&mut rules);
    Ok((Some(input), rules.into_vec()))
}

/// The rules that a value of wrong shape breaks besides, so that one answer names them too.
///
/// What is wrong is put aside, member by member of the body, and a valid stand-in takes its place: every value of an
/// enum in turn, else the example of the document. A rule counts as broken if it is with each stand-in; nothing more is
/// said of the members that were put aside.
fn rule_faults_beside<R: Resource>(
    contract: &Contract,
    value: &Value,
    known: &[Fault],
) -> Vec<Fault> {
    let members: BTreeSet<&str> = known.iter().filter_map(member_of).collect();
    let stand_ins: Vec<(&str, Vec<Value>)> = members
        .iter()
        .map(|member| (*member, contract.valid_values(&input_schema::<R>(), member)))
        .collect();
    let rounds = stand_ins
        .iter()
        .map(|(_, values)| values.len())
        .max()
        .unwrap_or(1)
        .max(1);
    let broken = |round: usize| {
        let mut whole = value.clone();
        for (member, values) in &stand_ins {
            replace(&mut whole, member, values.get(round % values.len().max(1)));
        }
        let mut rules = Faults::default();
        serde_json::from_value::<R::Input>(whole)
            .ok()?
            .validate(&mut rules);
        Some(rules.into_vec())
    };
    let Some(rounds) = (0..rounds).map(broken).collect::<Option<Vec<_>>>() else {
        return Vec::new();
    };
    let Some((first, others)) = rounds.split_first() else {
        return Vec::new();
    };
    let always = |fault: &&Fault| {
        others
            .iter()
            .all(|round| round.iter().any(|other| other.place == fault.place))
    };
    let aside = |fault: &&Fault| member_of(fault).is_some_and(|member| members.contains(member));
    first
        .iter()
        .filter(always)
        .filter(|fault| !aside(fault))
        .cloned()
        .collect()
}

/// The member of the body that a fault is in.
fn member_of(fault: &Fault) -> Option<&str> {
    match &fault.place {
        Place::Pointer(pointer) => pointer.split('/').nth(1),
        Place::Parameter(_) => None,
    }
}

fn replace(whole: &mut Value, member: &str, value: Option<&Value>) {
    let Some(members) = whole.as_object_mut() else {
        return;
    };
    match value {
        Some(value) => drop(members.insert(member.to_owned(), value.clone())),
        None => drop(members.shift_remove(&member.replace("~1", "/").replace("~0", "~"))),
    }
}

/// Reads the body as JSON in its normal form.
///
/// # Errors
/// 400, 408, 413 or 415.
async fn json(
    request: &HttpRequest,
    payload: Payload,
    media_types: &[&str],
    limit: usize,
) -> Result<Value, Problem> {
    check_media_type(request, media_types)?;
    let bytes = tokio::time::timeout(TIMEOUT, collect(payload, limit));
    let bytes = bytes.await.map_err(|_| {
        Problem::new(
            Code::RequestTimeout,
            "the body did not arrive within 30 seconds",
        )
    })??;
    let mut value = serde_json::from_slice(&bytes)
        .map_err(|error| Problem::new(Code::MalformedJson, error.to_string()))?;
    text::normalise_json(&mut value);
    if !matches!(value, Value::Object(_)) {
        let fault = Fault::at("", FaultCode::Type, "the body must be a JSON object");
        return Err(Problem::of_faults(Code::ValidationFailed, vec![fault]));
    }
    Ok(value)
}

/// Refuses a body of another media type, or a compressed one.
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
            "a body without Content-Type".to_owned()
        } else {
            format!("{essence:?}")
        };
        let detail = format!("send {} here, not {sent}", media_types.join(" or "));
        let problem = Problem::new(Code::UnsupportedMediaType, detail);
        let patch = media_types.first().copied().unwrap_or_default();
        return Err(if media_types.len() > 1 {
            problem.with_header(header::HeaderName::from_static("accept-patch"), patch)
        } else {
            problem
        });
    }
    check_not_encoded(request)
}

/// Refuses a body with a content coding, whichever line of the header names it (RFC 9110, section 8.4).
fn check_not_encoded(request: &HttpRequest) -> Result<(), Problem> {
    let lines = request.headers().get_all(header::CONTENT_ENCODING);
    let mut codings = lines
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii);
    let encoded = |coding: &[u8]| !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity");
    match codings.find(|coding| encoded(coding)) {
        None => Ok(()),
        Some(coding) => {
            let coding = String::from_utf8_lossy(coding);
            let detail = format!("bodies are taken uncompressed, not as {coding:?}");
            let problem = Problem::new(Code::UnsupportedMediaType, detail);
            Err(problem.with_header(header::ACCEPT_ENCODING, "identity"))
        }
    }
}

/// The bytes of a body as they arrive.
pub fn bytes(
    payload: web::Payload,
) -> impl futures_util::Stream<Item = Result<web::Bytes, Problem>> + Unpin {
    payload.map(|bytes| {
        bytes
            .map_err(|error| Problem::new(Code::BadRequest, format!("the body broke off: {error}")))
    })
}

async fn collect(mut payload: Payload, limit: usize) -> Result<web::BytesMut, Problem> {
    let mut bytes = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            Problem::new(Code::BadRequest, format!("the body broke off: {error}"))
        })?;
        if bytes.len() + chunk.len() > limit {
            return Err(Problem::new(
                Code::BodyTooLarge,
                format!("this body may have at most {limit} bytes"),
            ));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
