//! The handler of the changes.

use super::model::ChangeParameters;
use super::queries;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::http::query::Query;
use crate::conventions::paging::{Cast, Start};
use crate::conventions::reading::versioned::Tagged;
use crate::database::Connection;
use actix_web::{HttpRequest, Responder};

/// `GET /v1/changes`
pub async fn list(
    request: HttpRequest,
    context: Context,
    parameters: Query<ChangeParameters>,
) -> Result<impl Responder, Problem> {
    let start = Start::from_query(&request, "number", Cast::Integer)?;
    let read =
        async |connection: &Connection| queries::page(connection, &parameters.0, &start).await;
    let value = context.database.search(read).await?;
    let header = Start::next_link(&request, value.next_cursor.as_deref());
    Ok(Tagged { value, header })
}
