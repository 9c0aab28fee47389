//! Findings: what an editor of a plan should look at. None of them is an error.
//!
//! One rule: which plan has which findings is said once, by the view `plan_findings` of the database; here is what each
//! code means. Start with [`FindingCode`].

mod queries;

pub use queries::refresh;

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// What can be found in a plan; the list only ever grows.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FindingCode {
    /// An activity lies outside the period of the plan.
    ActivityOutsidePeriod,
    /// An activity comes twice.
    DuplicateActivity,
    /// An activity is still planned although the plan is completed.
    PlannedInCompletedPlan,
    /// The population and the area of a city do not go together.
    ImplausibleDensity,
    /// A pairing has no city but its lead.
    PairingWithoutPartner,
    /// The source breaks off.
    SourceBreaksOff,
    /// A pairing has no activities.
    PairingWithoutActivities,
    /// The plan has no period.
    PlanWithoutPeriod,
    /// A date is there as text alone.
    DateTextOnly,
    /// A city is named that does not cooperate in the plan.
    CityNotPartner,
    /// A city of the plan has no country.
    PartnerWithoutCountry,
    /// A figure of the source was not taken over into the record of its city.
    FigureNotReviewed,
    /// A theme has no key focus.
    ThemeWithoutFocus,
    /// An outcome has a heading but no theme.
    HeadingWithoutTheme,
    /// Nobody is named whom one could ask.
    PlanWithoutContact,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingSeverity {
    /// Something is probably wrong.
    Warning,
    /// Something is missing or unusual, and may well be right.
    Info,
}

impl FindingCode {
    /// Its name in addresses and in `code`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// How much it matters.
    pub fn severity(self) -> FindingSeverity {
        match self {
            Self::ActivityOutsidePeriod
            | Self::DuplicateActivity
            | Self::PlannedInCompletedPlan
            | Self::ImplausibleDensity
            | Self::PairingWithoutPartner
            | Self::SourceBreaksOff => FindingSeverity::Warning,
            _ => FindingSeverity::Info,
        }
    }

    /// What it is, in a few words that never change with the case.
    pub fn title(self) -> &'static str {
        match self {
            Self::ActivityOutsidePeriod => "The activity lies outside the period of the plan",
            Self::DuplicateActivity => "The activity comes twice",
            Self::PlannedInCompletedPlan => {
                "The activity is still planned, but the plan is completed"
            }
            Self::ImplausibleDensity => "Population and area do not go together",
            Self::PairingWithoutPartner => "The pairing has no partner",
            Self::SourceBreaksOff => "The source breaks off",
            Self::PairingWithoutActivities => "The pairing has no activities",
            Self::PlanWithoutPeriod => "The plan has no period",
            Self::DateTextOnly => "The date is there as text alone",
            Self::CityNotPartner => "The city does not cooperate in the plan",
            Self::PartnerWithoutCountry => "The city has no country",
            Self::FigureNotReviewed => "The figure of the source was not taken over",
            Self::ThemeWithoutFocus => "The theme has no key focus",
            Self::HeadingWithoutTheme => "The heading stands for no theme",
            Self::PlanWithoutContact => "The plan names nobody to ask",
        }
    }

    /// When it is found, and what to do about it.
    pub fn explanation(self) -> (&'static str, &'static str) {
        let entry = EXPLANATIONS.iter().find(|(code, _, _)| *code == self);
        entry
            .map(|(_, meaning, remedy)| (*meaning, *remedy))
            .unwrap_or_default()
    }
}

/// When each is found, and what to do about it.
const EXPLANATIONS: [(FindingCode, &str, &str); 15] = [
    (
        FindingCode::ActivityOutsidePeriod,
        "Every day on which the activity can have been is before the start or after the end of the plan's period.",
        "Compare both dates with the source. Leave them if the source says so: plans do begin early and end late.",
    ),
    (
        FindingCode::DuplicateActivity,
        "An earlier activity of the plan has the same title, in whatever case, and the same date.",
        "Delete one of the two, or say in the titles how they differ.",
    ),
    (
        FindingCode::PlannedInCompletedPlan,
        "The plan has the status completed, the activity the status planned.",
        "Find out whether the activity took place, and set its status to held, postponed or cancelled.",
    ),
    (
        FindingCode::ImplausibleDensity,
        "The record of the city has fewer than 1 or more than 50 000 inhabitants to a square kilometre. Often a dot was read as a decimal point, or one figure is of the city and the other of its surroundings.",
        "Look both figures up and correct the record of the city.",
    ),
    (
        FindingCode::PairingWithoutPartner,
        "A pairing is between cities, but this plan has its lead alone.",
        "Add the partners, or make the plan a cluster.",
    ),
    (
        FindingCode::SourceBreaksOff,
        "A note of the plan, of a source, of an activity or of an outcome says that the source breaks off or is not complete.",
        "Look for a complete copy of the source, add what is missing, and take the note out.",
    ),
    (
        FindingCode::PairingWithoutActivities,
        "Nothing is recorded that was done or is planned.",
        "Add the activities of the source, if it names any.",
    ),
    (
        FindingCode::PlanWithoutPeriod,
        "Neither a start nor an end nor a wording of the period is recorded.",
        "Add the period of cooperation from the source.",
    ),
    (
        FindingCode::DateTextOnly,
        "The wording of the source is there, but neither a start nor an end, so that filters by date do not find it.",
        "Add the year, month or day that the wording means, if it means one.",
    ),
    (
        FindingCode::CityNotPartner,
        "An activity or an outcome names a city that is not among the cities of the plan. A venue or a neighbour often is not; a new partner should be.",
        "Add the city to the plan if it cooperates in it; otherwise there is nothing to do.",
    ),
    (
        FindingCode::PartnerWithoutCountry,
        "The record of a city that cooperates in the plan has no country, so that filters by country miss the plan.",
        "Add the country to the record of the city.",
    ),
    (
        FindingCode::FigureNotReviewed,
        "The source states a population or an area for the city, and the record of the city has none.",
        "Find out what the figure counts, and add a reviewed one to the record of the city.",
    ),
    (
        FindingCode::ThemeWithoutFocus,
        "The plan names the theme but says nothing of its key focus.",
        "Add the key focus from the source, if it has one.",
    ),
    (
        FindingCode::HeadingWithoutTheme,
        "The outcome stands under a heading in the source, but serves no theme of the plan.",
        "Choose the theme that the heading means. Leave it open if there is none.",
    ),
    (
        FindingCode::PlanWithoutContact,
        "The plan has no contact.",
        "Add the desk or the person that the source names.",
    ),
];
