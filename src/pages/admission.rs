//! The checks before a page is made: access, the accepted media type, and the query.
//!
//! One rule: a page takes the parameters of the operation whose data it shows, checked in the same way. Start with [`admit`].

use super::negotiation::accepts_page;
use super::query::Query;
use crate::access;
use crate::conventions::context::ApplicationState;
use crate::conventions::contract::Access;
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::http::query::QueryValues;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};

/// Middleware of a page: calls the handler if the client may read. `operation` is the path of the operation whose parameters
/// the page takes. A page without parameters ignores its query, because other sites may add parameters that count visits.
///
/// # Errors
/// The errors of the handler. Refused requests are answered with a problem document.
pub async fn admit<B: MessageBody>(
    operation: Option<&'static str>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    match check(operation, &request).await {
        Ok(()) => next
            .call(request)
            .await
            .map(ServiceResponse::map_into_left_body),
        Err(problem) => Ok(request.error_response(problem).map_into_right_body()),
    }
}

async fn check(operation: Option<&str>, request: &ServiceRequest) -> Result<(), Problem> {
    access::admit_to(request, Access::Read).await?;
    if !accepts_page(request.headers()) {
        let detail =
            "this page is available as text/html only; the same data are available below /v1";
        return Err(Problem::new(Code::NotAcceptable, detail));
    }
    let query = operation.map_or_else(Query::default, |_| Query::read(request.query_string()));
    let values = operation.map_or_else(
        || Ok(QueryValues::default()),
        |operation| values(operation, request, &query),
    )?;
    request.extensions_mut().insert(values);
    request.extensions_mut().insert(query);
    Ok(())
}

/// The validated values of the query. An empty query has no values, and no required parameter is missing from it.
fn values(
    operation: &str,
    request: &ServiceRequest,
    query: &Query,
) -> Result<QueryValues, Problem> {
    if query.is_empty() {
        return Ok(QueryValues::default());
    }
    let registry = request.app_data::<web::Data<ApplicationState>>();
    let definition =
        registry.and_then(|registry| registry.contract.operation(&Method::GET, operation));
    definition
        .ok_or_else(|| Problem::internal(format!("there is no operation {operation}")))?
        .parameters
        .read(&query.text())
}
