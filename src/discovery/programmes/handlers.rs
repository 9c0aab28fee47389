//! The handler of the programmes.

use super::model::ProgrammePage;
use super::queries;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::versioned::Tagged;
use crate::database::Connection;

/// `GET /v1/programmes`
pub async fn list(context: Context) -> Result<Tagged<ProgrammePage>, Problem> {
    let read =
        async |connection: &Connection| Ok::<_, Problem>(queries::count_all(connection).await?);
    let value = ProgrammePage {
        data: context.database.snapshot(read).await?,
        next_cursor: None,
    };
    let header = None;
    Ok(Tagged { value, header })
}
