//! The HTTP of the search.

use super::model::SearchParameters;
use super::page;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::http::query::Query;
use crate::conventions::paging::{Cast, Start};
use crate::conventions::reading::versioned::Tagged;
use actix_web::{HttpRequest, Responder};

/// `GET /v1/search`
pub async fn search(
    request: HttpRequest,
    context: Context,
    parameters: Query<SearchParameters>,
) -> Result<impl Responder, Problem> {
    let start = Start::from_query(&request, "rank", Cast::Rank)?;
    let value = page::read(&context, &parameters.0, &start).await?;
    let header = Start::next_link(&request, value.next_cursor.as_deref());
    Ok(Tagged { value, header })
}
