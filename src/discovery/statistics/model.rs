//! Numbers of plans.

use crate::resources::activities::ActivityKind;
use crate::resources::plans::PlanStatus;
use crate::resources::references::ThemeReference;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Numbers of plans, in descending order in each list, and the addresses of the lists of these plans. Plans that mirror one another
/// describe one cooperation and count once; the lists show each of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct Statistics {
    /// By properties of the plans.
    #[serde(flatten)]
    pub counts: PlanCounts,
    /// By kind of activity: plans that have an activity of that kind.
    pub by_activity_kind: Vec<ActivityKindCount>,
    /// By the year in which activities start, the latest first: plans that have a dated activity of that year.
    pub by_activity_year: Vec<YearCount>,
    /// By organisation: plans in which an activity or an outcome names it. The 50 organisations with the most plans are listed;
    /// `/v1/organisations` lists all.
    pub by_organisation: Vec<OrganisationCount>,
}

/// Numbers of plans by properties of the plans.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanCounts {
    /// Number of all plans that the filters select.
    #[schema(example = 34)]
    pub plans: i64,
    /// Address of the list of these plans.
    #[schema(example = "/v1/plans")]
    pub list: String,
    /// By status.
    pub by_status: Vec<StatusCount>,
    /// By country of the cities that cooperate.
    pub by_country: Vec<CountryCount>,
    /// By theme.
    pub by_theme: Vec<ThemeCount>,
    /// By Sustainable Development Goal.
    pub by_sdg: Vec<SdgCount>,
    /// By partnership of the Urban Agenda for the EU.
    pub by_urban_agenda: Vec<UrbanAgendaCount>,
    /// By topic of the programme.
    pub by_topic: Vec<TopicCount>,
    /// By programme. Spellings that only differ in case, accents or marks are one programme.
    pub by_programme: Vec<ProgrammeCount>,
    /// By the year in which the period starts, the latest first; plans without a known start are left out.
    pub by_year: Vec<YearCount>,
    /// By theme and Sustainable Development Goal, as the cells of a table.
    pub themes_by_sdg: Vec<ThemeSdgCount>,
}

/// Number of plans with a status.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusCount {
    /// Status of the plans; null for those whose source states none.
    pub status: Option<PlanStatus>,
    /// Number of plans.
    #[schema(example = 21)]
    pub plans: i64,
    /// Address of the list of these plans.
    #[schema(example = "/v1/plans?group=status:active")]
    pub list: String,
}

/// Number of plans of a country.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountryCount {
    /// ISO 3166-1 alpha-2 code.
    #[schema(example = "CN")]
    pub country: String,
    /// Number of plans.
    #[schema(example = 17)]
    pub plans: i64,
    /// Address of the list of these plans.
    #[schema(example = "/v1/plans?group=country:CN")]
    pub list: String,
}

/// Number of plans with a theme.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThemeCount {
    /// The theme.
    #[serde(flatten)]
    pub theme: ThemeReference,
    /// Number of plans.
    #[schema(example = 9)]
    pub plans: i64,
    /// Address of the list of these plans.
    #[schema(example = "/v1/plans?group=theme:circular-economy")]
    pub list: String,
}

/// Number of plans that contribute to a goal.
#[derive(Debug, Serialize, ToSchema)]
pub struct SdgCount {
    /// Number of the goal.
    #[schema(minimum = 1, maximum = 17, example = 11)]
    pub goal: i32,
    /// Number of plans.
    #[schema(example = 30)]
    pub plans: i64,
    /// Address of the list of these plans.
    #[schema(example = "/v1/plans?group=sdg:11")]
    pub list: String,
}

/// Number of plans that are related to a partnership.
#[derive(Debug, Serialize, ToSchema)]
pub struct UrbanAgendaCount {
    /// Slug of the partnership.
    #[schema(example = "urban-mobility")]
    pub partnership: String,
    /// Number of plans.
    #[schema(example = 12)]
    pub plans: i64,
    /// Address of the list of these plans.
    #[schema(example = "/v1/plans?group=urban_agenda:urban-mobility")]
    pub list: String,
}

/// Number of plans with a topic.
#[derive(Debug, Serialize, ToSchema)]
pub struct TopicCount {
    /// Slug of the topic.
    #[schema(example = "urban-mobility")]
    pub topic: String,
    /// Number of plans.
    #[schema(example = 8)]
    pub plans: i64,
    /// Address of the list of these plans.
    #[schema(example = "/v1/plans?group=topic:urban-mobility")]
    pub list: String,
}

/// Number of plans of a year.
#[derive(Debug, Serialize, ToSchema)]
pub struct YearCount {
    /// The year.
    #[schema(example = 2019)]
    pub year: i32,
    /// Number of plans.
    #[schema(example = 14)]
    pub plans: i64,
    /// Address of the list of these plans.
    #[schema(example = "/v1/plans?group=year:2019")]
    pub list: String,
}

/// Number of plans with a theme that contribute to a goal.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThemeSdgCount {
    /// Id of the theme.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f2a1c")]
    pub theme_id: Uuid,
    /// Number of the goal.
    #[schema(minimum = 1, maximum = 17, example = 11)]
    pub goal: i32,
    /// Number of plans.
    #[schema(example = 4)]
    pub plans: i64,
    /// Address of the list of these plans.
    #[schema(example = "/v1/plans?group=theme:circular-economy&group=sdg:11")]
    pub list: String,
}

/// Number of plans of a programme.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgrammeCount {
    /// The programme, in the most frequent spelling.
    #[schema(example = "IUC Asia")]
    pub programme: String,
    /// Number of plans.
    #[schema(example = 24)]
    pub plans: i64,
    /// Address of the list of these plans.
    #[schema(example = "/v1/plans?group=programme:IUC%20Asia")]
    pub list: String,
}

/// Number of plans that have an activity of a kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivityKindCount {
    /// The kind of activity.
    pub kind: ActivityKind,
    /// Number of plans.
    #[schema(example = 19)]
    pub plans: i64,
    /// Address of the list of these plans.
    #[schema(example = "/v1/plans?group=activity_kind:mission")]
    pub list: String,
}

/// Number of plans in which an organisation is named.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationCount {
    /// Name of the organisation, in the most frequent spelling.
    #[schema(example = "Manchester Metropolitan University")]
    pub organisation: String,
    /// Number of plans.
    #[schema(example = 3)]
    pub plans: i64,
    /// Address of the list of these plans.
    #[schema(example = "/v1/plans?group=organisation:Manchester%20Metropolitan%20University")]
    pub list: String,
}
