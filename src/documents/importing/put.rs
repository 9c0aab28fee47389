//! The import of a document as a request and its response.

use super::{Import, ImportOptions, Imported, import};
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::versioned::Representation;
use crate::conventions::resource::Key;
use crate::conventions::writing::precondition::Precondition;
use actix_web::http::{StatusCode, header};
use serde_json::Value;

/// Imports the document of the plan with the given key, and returns the report as a response: 201 with `Location` if the plan was
/// created, otherwise 200.
///
/// # Errors
/// 404 if no plan has the id, 409, 412, 422, 503.
pub async fn put(
    context: &Context,
    key: &Key,
    precondition: Precondition,
    options: ImportOptions,
    document: Value,
) -> Result<Representation, Problem> {
    let operation = Import {
        contract: &context.contract,
        actor: &context.actor,
        precondition,
        options,
    };
    let imported = import(&context.database, &operation, Some(key), document).await?;
    response(&context.public_url, imported)
}

fn response(public_url: &str, imported: Imported) -> Result<Representation, Problem> {
    let Imported {
        report,
        tag,
        created,
    } = imported;
    let body = serde_json::to_vec(&report).map_err(Problem::internal)?;
    let created = created && !report.dry_run;
    let location = report.plan_id.filter(|_| created).map(|id| {
        let url = format!("{public_url}/v1/plans/{id}");
        (header::LOCATION, url)
    });
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
        header: location,
    })
}
