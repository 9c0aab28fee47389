//! The findings of a plan: what an editor should look at, each with its place in the document.

use super::queries;
use crate::conventions::context::Context;
use crate::conventions::problem::Problem;
use crate::conventions::reading::versioned::Tagged;
use crate::conventions::resource::Target;
use crate::resources::plans::{FindingCode, FindingSeverity, Plan};
use diesel_async::AsyncPgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The findings of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanFindings {
    /// Id of the plan.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub plan_id: Uuid,
    /// Slug of the plan.
    #[schema(example = "manchester-chengdu-liuzhou-yangzhou")]
    pub plan_slug: String,
    /// The findings, in the order of the document.
    pub data: Vec<Finding>,
}

/// Something that an editor should look at.
#[derive(Debug, Serialize, ToSchema)]
pub struct Finding {
    /// What was found.
    pub code: FindingCode,
    /// How much it matters.
    pub severity: FindingSeverity,
    /// Where in the document of the plan (JSON Pointer).
    #[schema(example = "/activities/3/date")]
    pub pointer: String,
    /// What was found here, in a sentence.
    #[schema(example = "The activity lies outside the period of the plan: First mission to China")]
    pub message: String,
    /// Address of the page that explains it.
    #[schema(example = "/findings/activity_outside_period")]
    pub page: String,
}

impl Finding {
    /// A finding about the thing that people know by `subject`.
    pub fn new(code: FindingCode, pointer: String, subject: &str) -> Self {
        let subject: String = subject.chars().take(200).collect();
        Self {
            code,
            severity: code.severity(),
            pointer,
            message: format!("{}: {subject}", code.title()),
            page: format!("/findings/{}", code.name()),
        }
    }
}

/// `GET /v1/plans/{plan_id}/findings`
pub async fn fetch(
    context: Context,
    target: Target<Plan>,
) -> Result<Tagged<PlanFindings>, Problem> {
    let read = async |connection: &AsyncPgConnection| {
        let plan = queries::plan_names(connection, &target.key).await?;
        let (plan_id, plan_slug) = plan.ok_or_else(|| Problem::not_found("plan", &target.key))?;
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
