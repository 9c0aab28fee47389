//! Reads the findings of a plan.

use super::model::PlanFindings;
use super::queries;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::Key;
use crate::conventions::resource::references::missing;
use crate::domain::RecordKind;
use diesel_async::AsyncPgConnection;

/// Reads the plan with the given key and its findings from the same state of the database.
///
/// # Errors
/// 404, 503.
pub async fn read(context: &Context, key: &Key) -> Result<PlanFindings, Problem> {
    let read = async |connection: &AsyncPgConnection| {
        let Some((plan_id, plan_slug)) = queries::plan_names(connection, key).await? else {
            return Err(missing(connection, RecordKind::Plan, key).await);
        };
        Ok::<_, Problem>(PlanFindings {
            plan_id,
            plan_slug,
            data: queries::findings(connection, plan_id).await?,
        })
    };
    context.database.snapshot(read).await
}
