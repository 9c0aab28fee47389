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
    // One word costs a millisecond however common it is, by one plan for all words: to plan it each time would cost as much again.
    let one_word = async |connection: &Connection| {
        Ok::<_, Problem>(queries::found_by_one_word(connection, parameters, start).await?)
    };
    let any = async |connection: &Connection| {
        Ok::<_, Problem>(queries::found(connection, parameters, start).await?)
    };
    let (data, next_cursor) = match context.database.read(one_word).await? {
        Some(found) => found,
        None => context.database.search(any).await?,
    };
    Ok(SearchPage { data, next_cursor })
}
