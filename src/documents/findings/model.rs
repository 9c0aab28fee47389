//! A finding, and the list of the findings of a plan.

use crate::resources::plans::{FindingCode, FindingSeverity};
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
    /// The findings: warnings first, each in the order of the document.
    pub data: Vec<Finding>,
}

/// Something that an editor should check.
#[derive(Debug, Serialize, ToSchema)]
pub struct Finding {
    /// The kind of finding.
    pub code: FindingCode,
    /// How important the finding is.
    pub severity: FindingSeverity,
    /// JSON Pointer to the value in the document of the plan.
    #[schema(example = "/activities/3/date")]
    pub pointer: String,
    /// A sentence that describes the finding.
    #[schema(example = "The activity lies outside the period of the plan: First mission to China")]
    pub message: String,
    /// Address of the page that explains this kind of finding.
    #[schema(example = "/findings/activity_outside_period")]
    pub page: String,
}

impl Finding {
    /// Creates a finding. `subject` is the name or title of the value that it is about.
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
