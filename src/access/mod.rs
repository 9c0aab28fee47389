//! API keys: who may read and who may write.
//!
//! One rule: access is decided before anything else in a request is parsed. Keys are random, only their SHA-256 is
//! stored, and each check queries the database, so that a revoked key stops working at once. Start with [`authenticate`].

mod keys;
mod queries;

pub use keys::{ApiKey, Role, Secret};
pub use queries::{admin_exists, create, list, revoke};

use crate::conventions::context::Actor;
use crate::conventions::context::{Admitted, ApplicationState, Destination};
use crate::conventions::contract::Access;
use crate::conventions::http::problem::{Code, Problem};
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};

/// Middleware: calls the handler if the key of the request, or a request without a key, is sufficient for the operation. Requests
/// for operations that do not exist are also passed on, and get the status 404 or 405.
///
/// # Errors
/// The errors of the handler. A refused request gets a problem document.
pub async fn authenticate<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    match admit(&request).await {
        Ok(()) => next
            .call(request)
            .await
            .map(ServiceResponse::map_into_left_body),
        Err(problem) => Ok(request.error_response(problem).map_into_right_body()),
    }
}

/// Checks that a request may use its operation, and records in the request that it was admitted.
async fn admit(request: &ServiceRequest) -> Result<(), Problem> {
    let Some(registry) = request.app_data::<web::Data<ApplicationState>>() else {
        return Err(Problem::internal("the application has no state"));
    };
    let Some(operation) = Destination::from_request(request).operation else {
        return Ok(());
    };
    decide(request, registry, operation.access).await
}

/// Checks access for a path that is not an operation of the OpenAPI document, and records the owner of the key in the request.
///
/// # Errors
/// 401, 403, 503.
pub async fn admit_to(request: &ServiceRequest, access: Access) -> Result<(), Problem> {
    match request.app_data::<web::Data<ApplicationState>>() {
        Some(registry) => decide(request, registry, access).await,
        None => Err(Problem::internal("the application has no state")),
    }
}

/// Checks the key of a request, and records in the request that it was admitted.
async fn decide(
    request: &ServiceRequest,
    registry: &ApplicationState,
    access: Access,
) -> Result<(), Problem> {
    identify(request, registry, access).await?;
    request.extensions_mut().insert(Admitted(access));
    Ok(())
}

/// Checks that the key of a request is sufficient for the required access, and records the owner of the key in the request.
async fn identify(
    request: &ServiceRequest,
    registry: &ApplicationState,
    access: Access,
) -> Result<(), Problem> {
    let needed = match access {
        Access::Public => return Ok(()),
        Access::Read => registry.require_key_for_reads.then_some(Role::Reader),
        Access::Write => Some(Role::Editor),
    };
    let Some(secret) = bearer_token(request)? else {
        return match needed {
            None => Ok(()),
            Some(_) => Err(unauthorized(
                "an API key is needed; send it as Authorization: Bearer ucap_…",
                "",
            )),
        };
    };
    let key = active_key(registry, secret).await?;
    let role = key.role;
    // Recorded before the role is checked, so that the request log names the key of a refused request, too.
    request.extensions_mut().insert(Actor::Key {
        id: key.id,
        name: key.name,
    });
    match needed.filter(|needed| role < *needed) {
        None => Ok(()),
        Some(needed) => Err(Problem::new(
            Code::Forbidden,
            format!("a key with the role {needed} is needed; this key has the role {role}"),
        )),
    }
}

/// The key with the given secret, unless it was revoked.
async fn active_key(registry: &ApplicationState, secret: &str) -> Result<ApiKey, Problem> {
    let digest = Secret::digest_of(secret);
    let key = registry
        .database
        .read(async |connection| {
            Ok::<_, Problem>(queries::find_by_digest(connection, &digest).await?)
        })
        .await?;
    key.ok_or_else(|| {
        unauthorized(
            "the API key is unknown or was revoked",
            ", error=\"invalid_token\"",
        )
    })
}

/// The token of `Authorization: Bearer …` (RFC 6750, section 2.1).
fn bearer_token(request: &ServiceRequest) -> Result<Option<&str>, Problem> {
    let Some(value) = request.headers().get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    match text.split_once(' ') {
        Some((scheme, token))
            if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() =>
        {
            Ok(Some(token.trim()))
        }
        _ => Err(unauthorized(
            "the header Authorization must have the form: Bearer ucap_…",
            ", error=\"invalid_request\"",
        )),
    }
}

fn unauthorized(detail: &str, error: &str) -> Problem {
    Problem::new(Code::Unauthorized, detail).with_header(
        header::WWW_AUTHENTICATE,
        format!("Bearer realm=\"ucap\"{error}"),
    )
}
