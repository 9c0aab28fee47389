//! A page of search hits.

use super::model::{SearchPage, SearchParameters};
use super::queries;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::paging::Start;
use crate::database::Connection;
use crate::domain::words::{Query, is_one_word};

/// Reads a page of search hits.
///
/// # Errors
/// 503.
pub async fn read(
    context: &Context,
    parameters: &SearchParameters,
    start: &Start,
) -> Result<SearchPage, Problem> {
    let query = Query::parse(&parameters.q);
    let query = query.as_ref();
    // One word costs a millisecond however common it is, by one plan for all words: to plan it each time would cost as much again.
    let one_word = query.filter(|query| start.after.is_none() && is_one_word(query));
    let mut found = None;
    if let Some(word) = one_word {
        let of_word = async |connection: &Connection| {
            Ok::<_, Problem>(queries::found_by_one_word(connection, parameters, word, start).await?)
        };
        found = context.database.read(of_word).await?;
    }
    let any = async |connection: &Connection| {
        Ok::<_, Problem>(queries::found(connection, parameters, query, start).await?)
    };
    let (data, next_cursor) = match found {
        Some(found) => found,
        None => context.database.search(any).await?,
    };
    Ok(SearchPage { data, next_cursor })
}
