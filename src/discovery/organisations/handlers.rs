//! The handler of the organisations.

use super::model::OrganisationParameters;
use super::page;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::http::query::Query;
use crate::conventions::paging::{Cast, Start};
use crate::conventions::reading::versioned::Tagged;
use crate::conventions::resource::selection::Selection;
use crate::resources::activities::ActivityFilter;
use actix_web::{HttpRequest, Responder};

/// `GET /v1/organisations`
pub async fn list(
    request: HttpRequest,
    context: Context,
    selection: Selection<ActivityFilter>,
    parameters: Query<OrganisationParameters>,
) -> Result<impl Responder, Problem> {
    let start = Start::from_query(&request, "plans", Cast::Text)?;
    let value = page::read(&context, selection, &parameters.0, &start).await?;
    let header = Start::next_link(&request, value.next_cursor.as_deref());
    Ok(Tagged { value, header })
}
