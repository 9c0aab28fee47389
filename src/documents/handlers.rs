//! The handlers of documents. The arguments of a handler state what it takes from the request.

use super::importing::{Import, ImportOptions, Imported, import};
use super::sheets::{self, Sheet};
use super::summary;
use crate::conventions::context::Context;
use crate::conventions::http::body::WholeDocument;
use crate::conventions::http::entity_tag;
use crate::conventions::http::problem::Problem;
use crate::conventions::http::query::Query;
use crate::conventions::reading::fetch::Target;
use crate::conventions::reading::versioned::Representation;
use crate::conventions::writing::precondition::Precondition;
use crate::resources::plans::Plan;
use actix_web::http::{StatusCode, header};
use diesel_async::AsyncPgConnection;

/// `GET /v1/plans/{plan_id}/summary`
pub async fn fetch(context: Context, target: Target<Plan>) -> Result<Representation, Problem> {
    let document = context
        .database
        .consistent_read(async |connection: &AsyncPgConnection| {
            summary::read(connection, &target.key).await
        });
    let (body, tag) = document.await?.json()?;
    Ok(Representation {
        body,
        tag: Some(tag),
        media_type: "application/json",
        status: StatusCode::OK,
        header: None,
    })
}

/// `GET /v1/plans/{plan_id}/summary.html`
pub async fn page(context: Context, target: Target<Plan>) -> Result<Representation, Problem> {
    let (sheet, version) = sheet(&context, &target).await?;
    let body = sheets::html(&sheet)
        .map_err(Problem::internal)?
        .into_bytes();
    let policy = (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
            .to_owned(),
    );
    let tag = Some(entity_tag::for_version(version, &body));
    Ok(Representation {
        body,
        tag,
        media_type: "text/html; charset=utf-8",
        status: StatusCode::OK,
        header: Some(policy),
    })
}

/// `GET /v1/plans/{plan_id}/summary.md`
pub async fn markdown(context: Context, target: Target<Plan>) -> Result<Representation, Problem> {
    let (sheet, version) = sheet(&context, &target).await?;
    let body = sheets::markdown(&sheet)
        .map_err(Problem::internal)?
        .into_bytes();
    let tag = Some(entity_tag::for_version(version, &body));
    Ok(Representation {
        body,
        tag,
        media_type: "text/markdown; charset=utf-8",
        status: StatusCode::OK,
        header: None,
    })
}

async fn sheet(context: &Context, target: &Target<Plan>) -> Result<(Sheet, i32), Problem> {
    let versioned = context
        .database
        .consistent_read(async |connection: &AsyncPgConnection| {
            summary::read(connection, &target.key).await
        })
        .await?;
    Ok((Sheet::new(&versioned.document), versioned.version))
}

/// `PUT /v1/plans/{plan_id}/summary`
pub async fn put(
    context: Context,
    target: Target<Plan>,
    precondition: Precondition,
    options: Query<ImportOptions>,
    document: WholeDocument,
) -> Result<Representation, Problem> {
    let operation = Import {
        contract: &context.contract,
        actor: &context.actor,
        precondition,
        options: options.0,
    };
    let Imported {
        report,
        tag,
        created,
    } = import(&context.database, &operation, Some(&target.key), document.0).await?;
    let created = created && !report.dry_run;
    let location = || {
        Some((
            header::LOCATION,
            format!("{}/v1/plans/{}", context.public_url, report.plan_id?),
        ))
    };
    let body = serde_json::to_vec(&report).map_err(Problem::internal)?;
    let status = if created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok(Representation {
        body,
        tag,
        media_type: "application/json",
        status,
        header: location().filter(|_| created),
    })
}
