//! A page of changes.

use super::model::{ChangePage, ChangeParameters};
use super::queries;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::paging::Start;
use crate::database::Connection;

/// Reads a page of changes.
///
/// # Errors
/// 400 for a cursor after a change that the log does not contain, 503.
pub async fn read(
    context: &Context,
    parameters: &ChangeParameters,
    start: &Start,
) -> Result<ChangePage, Problem> {
    let read = async |connection: &Connection| queries::page(connection, parameters, start).await;
    context.database.search(read).await
}
