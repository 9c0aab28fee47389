//! The handler of findings.

use super::model::PlanFindings;
use super::reading;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::fetch::Target;
use crate::conventions::reading::versioned::Tagged;
use crate::resources::plans::Plan;

/// `GET /v1/plans/{plan_id}/findings`
pub async fn fetch(
    context: Context,
    target: Target<Plan>,
) -> Result<Tagged<PlanFindings>, Problem> {
    let value = reading::read(&context, &target.key).await?;
    let header = None;
    Ok(Tagged { value, header })
}
