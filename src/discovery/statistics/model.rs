//! What is counted.

use crate::resources::plans::PlanStatus;
use crate::resources::references::ThemeReference;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Counts of plans, the largest first in each list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Statistics {
    /// All plans that the filters describe.
    #[schema(example = 34)]
    pub plans: i64,
    /// By where they stand.
    pub by_status: Vec<StatusCount>,
    /// By country of a city that cooperates.
    pub by_country: Vec<CountryCount>,
    /// By theme.
    pub by_theme: Vec<ThemeCount>,
    /// By Sustainable Development Goal.
    pub by_sdg: Vec<SdgCount>,
    /// By partnership of the Urban Agenda for the EU.
    pub by_urban_agenda: Vec<UrbanAgendaCount>,
    /// By the year in which their period starts, the latest first; without those of which that is not known.
    pub by_year: Vec<YearCount>,
    /// By theme and Sustainable Development Goal: the cells of a table.
    pub themes_by_sdg: Vec<ThemeSdgCount>,
}

/// Plans that stand somewhere.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusCount {
    /// Where they stand.
    pub status: PlanStatus,
    /// How many.
    #[schema(example = 21)]
    pub plans: i64,
}

/// Plans of a country.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountryCount {
    /// ISO 3166-1 alpha-2 code.
    #[schema(example = "CN")]
    pub country: String,
    /// How many.
    #[schema(example = 17)]
    pub plans: i64,
}

/// Plans with a theme.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThemeCount {
    /// The theme.
    #[serde(flatten)]
    pub theme: ThemeReference,
    /// How many.
    #[schema(example = 9)]
    pub plans: i64,
}

/// Plans that touch a goal.
#[derive(Debug, Serialize, ToSchema)]
pub struct SdgCount {
    /// Number of the goal.
    #[schema(minimum = 1, maximum = 17, example = 11)]
    pub goal: i32,
    /// How many.
    #[schema(example = 30)]
    pub plans: i64,
}

/// Plans that touch a partnership.
#[derive(Debug, Serialize, ToSchema)]
pub struct UrbanAgendaCount {
    /// Slug of the partnership.
    #[schema(example = "urban-mobility")]
    pub partnership: String,
    /// How many.
    #[schema(example = 12)]
    pub plans: i64,
}

/// Plans that start in a year.
#[derive(Debug, Serialize, ToSchema)]
pub struct YearCount {
    /// The year.
    #[schema(example = 2019)]
    pub year: i32,
    /// How many.
    #[schema(example = 14)]
    pub plans: i64,
}

/// Plans with a theme that touch a goal.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThemeSdgCount {
    /// Id of the theme.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub theme_id: Uuid,
    /// Number of the goal.
    #[schema(minimum = 1, maximum = 17, example = 11)]
    pub goal: i32,
    /// How many.
    #[schema(example = 4)]
    pub plans: i64,
}
