//! The handler of findings.

use super::model::PlanFindings;
use super::queries;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::fetch::Target;
use crate::conventions::reading::versioned::Tagged;
use crate::conventions::resource::references::missing;
use crate::domain::RecordKind;
use crate::resources::plans::Plan;
use diesel_async::AsyncPgConnection;

/// `GET /v1/plans/{plan_id}/findings`
pub async fn fetch(
    context: Context,
    target: Target<Plan>,
) -> Result<Tagged<PlanFindings>, Problem> {
    let read = async |connection: &AsyncPgConnection| {
        let Some((plan_id, plan_slug)) = queries::plan_names(connection, &target.key).await? else {
            return Err(missing(connection, RecordKind::Plan, &target.key).await);
        };
        Ok::<_, Problem>(PlanFindings {
            plan_id,
            plan_slug,
            data: queries::findings(connection, plan_id).await?,
        })
    };
    let value = context.database.snapshot(read).await?;
    Ok(Tagged {
        value,
        header: None,
    })
}
