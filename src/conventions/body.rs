//! Request bodies: size, media type, JSON, and its normal form; validation against the schema comes after.
//!
//! [`Body`] is what POST and PUT take, [`Patch`] what PATCH takes. Neither is looked at before access was granted.

use super::problem::{Code, Problem};
use super::resource::{Input, Resource};
use crate::domain::{Fault, FaultCode, Faults, Place, text};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;
use serde_json::Value;
use std::pin::Pin;
use std::time::Duration;

/// The largest body that is taken, in bytes.
pub const LIMIT: usize = 1024 * 1024;
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

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl<R: Resource> FromRequest for Body<R> {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let value = json(&request, payload, &["application/json"]).await?;
            parse::<R>(contract(&request)?, value).map(Self)
        })
    }
}

impl<R: Resource> FromRequest for Patch<R> {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let value = json(&request, payload, &["application/merge-patch+json", "application/json"]).await?;
            let faults = contract(&request)?.check(&format!("{}Patch", R::NAME.schema), &value);
            if faults.is_empty() {
                return Ok(Self { value, resource: std::marker::PhantomData });
            }
            Err(Problem::of_faults(Code::ValidationFailed, faults))
        })
    }
}

fn contract(request: &HttpRequest) -> Result<&super::contract::Contract, Problem> {
    let registry = request.app_data::<web::Data<super::context::Registry>>();
    registry.map(|registry| &*registry.contract).ok_or_else(|| Problem::internal("no registry"))
}

/// Checks a value against the schema and the rules of `R` and gives it its type.
///
/// # Errors
/// `validation_failed` with every fault.
pub fn parse<R: Resource>(contract: &super::contract::Contract, value: Value) -> Result<R::Input, Problem> {
    let mut faults = contract.check(&format!("{}Input", R::NAME.schema), &value);
    if faults.is_empty() {
        let input: R::Input = serde_json::from_value(value)
            .map_err(|error| Problem::internal(format!("the schema of {} allows what its type does not take: {error}", R::NAME.schema)))?;
        let mut rules = Faults::default();
        input.validate(&mut rules);
        faults = rules.into_vec();
        if faults.is_empty() {
            return Ok(input);
        }
    } else {
        faults.extend(rule_faults_beside::<R>(value, &faults));
    }
    Err(Problem::of_faults(Code::ValidationFailed, faults))
}

/// The rules that what is left of a value breaks once everything of wrong shape is taken out, so that one answer
/// names them too. Nothing is said of what was taken out, nor of what holds it.
fn rule_faults_beside<R: Resource>(mut value: Value, known: &[Fault]) -> Vec<Fault> {
    let pointers: Vec<&str> = known.iter().filter_map(pointer_of).collect();
    for pointer in &pointers {
        remove(&mut value, pointer);
    }
    let Ok(input) = serde_json::from_value::<R::Input>(value) else { return Vec::new() };
    let mut rules = Faults::default();
    input.validate(&mut rules);
    let touches = |rule: &Fault| pointer_of(rule).is_some_and(|rule| pointers.iter().any(|known| related(rule, known)));
    rules.into_vec().into_iter().filter(|rule| !touches(rule)).collect()
}

fn pointer_of(fault: &Fault) -> Option<&str> {
    match &fault.place {
        Place::Pointer(pointer) => Some(pointer),
        Place::Parameter(_) => None,
    }
}

/// True if both pointers go through the same top-level member.
fn related(one: &str, other: &str) -> bool {
    one.split('/').nth(1) == other.split('/').nth(1)
}

fn remove(value: &mut Value, pointer: &str) {
    let Some((parent, last)) = pointer.rsplit_once('/') else { return };
    match value.pointer_mut(parent) {
        Some(Value::Object(members)) => drop(members.remove(&last.replace("~1", "/").replace("~0", "~"))),
        Some(Value::Array(_)) => remove(value, parent),
        _ => {}
    }
}

/// Reads the body as JSON in its normal form.
///
/// # Errors
/// 400, 408, 413 or 415.
async fn json(request: &HttpRequest, payload: Payload, media_types: &[&str]) -> Result<Value, Problem> {
    check_media_type(request, media_types)?;
    let bytes = tokio::time::timeout(TIMEOUT, collect(payload));
    let bytes = bytes.await.map_err(|_| Problem::new(Code::RequestTimeout, "the body did not arrive within 30 seconds"))??;
    let mut value = serde_json::from_slice(&bytes).map_err(|error| Problem::new(Code::MalformedJson, error.to_string()))?;
    text::normalise_json(&mut value);
    if !matches!(value, Value::Object(_)) {
        let fault = Fault::at("", FaultCode::Type, "the body must be a JSON object");
        return Err(Problem::of_faults(Code::ValidationFailed, vec![fault]));
    }
    Ok(value)
}

fn check_media_type(request: &HttpRequest, media_types: &[&str]) -> Result<(), Problem> {
    let header = |name| request.headers().get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    let essence = header(header::CONTENT_TYPE).unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !media_types.contains(&essence.as_str()) {
        let sent = if essence.is_empty() { "a body without Content-Type".to_owned() } else { format!("{essence:?}") };
        let detail = format!("send {} here, not {sent}", media_types.join(" or "));
        let problem = Problem::new(Code::UnsupportedMediaType, detail);
        let patch = media_types.first().copied().unwrap_or_default();
        return Err(if media_types.len() > 1 { problem.with_header(header::HeaderName::from_static("accept-patch"), patch) } else { problem });
    }
    match header(header::CONTENT_ENCODING) {
        None | Some("identity") => Ok(()),
        Some(other) => Err(Problem::new(Code::UnsupportedMediaType, format!("bodies are taken uncompressed, not as {other:?}"))),
    }
}

async fn collect(mut payload: Payload) -> Result<web::BytesMut, Problem> {
    let mut bytes = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| Problem::new(Code::BadRequest, format!("the body broke off: {error}")))?;
        if bytes.len() + chunk.len() > LIMIT {
            return Err(Problem::new(Code::BodyTooLarge, format!("a body may have at most {LIMIT} bytes")));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
