//! The handlers of documents. The arguments of a handler state what it takes from the request.

use super::importing::{self, ImportOptions};
use super::{records, rendering, summary};
use crate::conventions::bulk::import::MixedImportOptions;
use crate::conventions::context::Context;
use crate::conventions::http::body::WholeDocument;
use crate::conventions::http::problem::Problem;
use crate::conventions::http::query::Query;
use crate::conventions::reading::fetch::Target;
use crate::conventions::reading::versioned::Representation;
use crate::conventions::writing::precondition::Precondition;
use crate::resources::plans::Plan;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

/// `POST /v1/imports`
pub async fn import_records(
    request: HttpRequest,
    context: Context,
    options: Query<MixedImportOptions>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    records::import((request, payload), context, options.0).await
}

/// `GET /v1/plans/{plan_id}/summary`
pub async fn fetch(context: Context, target: Target<Plan>) -> Result<Representation, Problem> {
    let (body, tag) = summary::fetch(&context, &target.key).await?.json()?;
    Ok(Representation::new("application/json", body, tag))
}

/// `GET /v1/plans/{plan_id}/summary.html`
pub async fn page(context: Context, target: Target<Plan>) -> Result<Representation, Problem> {
    rendering::html(&summary::fetch(&context, &target.key).await?)
}

/// `GET /v1/plans/{plan_id}/summary.md`
pub async fn markdown(context: Context, target: Target<Plan>) -> Result<Representation, Problem> {
    rendering::markdown(&summary::fetch(&context, &target.key).await?)
}

/// `PUT /v1/plans/{plan_id}/summary`
pub async fn put(
    context: Context,
    target: Target<Plan>,
    precondition: Precondition,
    options: Query<ImportOptions>,
    document: WholeDocument,
) -> Result<Representation, Problem> {
    importing::put(&context, &target.key, precondition, options.0, document.0).await
}
