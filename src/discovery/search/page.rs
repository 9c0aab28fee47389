//! A page of search hits.

use super::model::{SearchPage, SearchParameters};
use super::queries;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::paging::Start;
use crate::database::Connection;

/// Reads a page of search hits.
///
/// # Errors
/// 503.
pub async fn read(
    context: &Context,
    parameters: &SearchParameters,
    start: &Start,
) -> Result<SearchPage, Problem> {
    let read = async |connection: &Connection| {
        Ok::<_, Problem>(queries::found(connection, parameters, start).await?)
    };
    let (data, next_cursor) = context.database.search(read).await?;
    Ok(SearchPage { data, next_cursor })
}
