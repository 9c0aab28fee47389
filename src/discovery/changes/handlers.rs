//! The handler of the changes.

use super::model::ChangeParameters;
use super::page;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::http::query::Query;
use crate::conventions::paging::{Cast, Start};
use crate::conventions::reading::versioned::Tagged;
use actix_web::{HttpRequest, Responder};

/// `GET /v1/changes`
pub async fn list(
    request: HttpRequest,
    context: Context,
    parameters: Query<ChangeParameters>,
) -> Result<impl Responder, Problem> {
    let start = Start::from_query(&request, "number", Cast::Integer)?;
    let value = page::read(&context, &parameters.0, &start).await?;
    let header = Start::next_link(&request, value.next_cursor.as_deref());
    Ok(Tagged { value, header })
}
