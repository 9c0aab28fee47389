//! The HTTP of documents: each handler's arguments are its contract.

use super::import::{Import, Imported, import};
use super::report::ImportOptions;
use super::stored;
use crate::conventions::body::WholeDocument;
use crate::conventions::context::Context;
use crate::conventions::problem::Problem;
use crate::conventions::query::Filter;
use crate::conventions::resource::Target;
use crate::conventions::revision::{Precondition, Rendition};
use crate::resources::plans::Plan;
use actix_web::http::{StatusCode, header};
use diesel_async::AsyncPgConnection;

/// `GET /v1/plans/{plan_id}/summary`
pub async fn fetch(context: Context, target: Target<Plan>) -> Result<Rendition, Problem> {
    let shown = context.database.snapshot(async |connection: &mut AsyncPgConnection| stored::read(connection, &target.key).await);
    let (body, tag) = shown.await?.json()?;
    Ok(Rendition { body, tag: Some(tag), media_type: "application/json", status: StatusCode::OK, header: None })
}

/// `PUT /v1/plans/{plan_id}/summary`
pub async fn put(
    context: Context,
    target: Target<Plan>,
    precondition: Precondition,
    options: Filter<ImportOptions>,
    document: WholeDocument,
) -> Result<Rendition, Problem> {
    let order = Import { contract: &context.contract, actor: &context.actor, precondition, options: options.0 };
    let Imported { report, tag, created } = import(&context.database, &order, Some(&target.key), document.0).await?;
    let created = created && !report.dry_run;
    let location = || Some((header::LOCATION, format!("{}/v1/plans/{}", context.public_url, report.plan_id?)));
    let body = serde_json::to_vec(&report).map_err(Problem::internal)?;
    let status = if created { StatusCode::CREATED } else { StatusCode::OK };
    Ok(Rendition { body, tag, media_type: "application/json", status, header: location().filter(|_| created) })
}
