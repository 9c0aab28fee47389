//! Findings: what an editor of a plan should review. None of them is an error.
//!
//! One rule: the view `plan_findings` of the database alone determines which plan has which findings; this module contains the
//! meaning of each code. Start with [`FindingCode`].

mod queries;

pub use queries::refresh;

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// Code of a finding; new codes may be added.
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
    /// An activity is listed twice.
    DuplicateActivity,
    /// An activity is still planned although the plan is completed.
    PlannedInCompletedPlan,
    /// The population and the area of a city give an implausible density.
    ImplausibleDensity,
    /// A pairing has no partner.
    PairingWithoutPartner,
    /// The source breaks off.
    SourceBreaksOff,
    /// An activity is said to be held, but lies in the future.
    HeldInFuture,
    /// A figure of a city differs from what another plan states.
    ContradictingFigures,
    /// A pairing has no activities.
    PairingWithoutActivities,
    /// The plan has no period.
    PlanWithoutPeriod,
    /// A date is given only as text.
    DateTextOnly,
    /// A city is mentioned that does not cooperate in the plan.
    CityNotPartner,
    /// A city of the plan has no country.
    PartnerWithoutCountry,
    /// A figure of the source was not copied to the record of the city.
    FigureNotReviewed,
    /// A theme has no key focus.
    ThemeWithoutFocus,
    /// An outcome has a heading but no theme.
    HeadingWithoutTheme,
    /// A plan has no contact.
    PlanWithoutContact,
    /// A pairing does not say which city leads.
    LeadNotNamed,
    /// A plan has no objectives, no challenges and no outcomes.
    PlanWithoutContent,
    /// A date is given only as text, and the text names no year.
    DateWithoutYear,
    /// A theme of a plan is not that of any activity or outcome.
    ThemeWithoutUse,
    /// A link to a source has no title.
    SourceWithoutTitle,
    /// The same activity is also in another plan.
    ActivityInOtherPlan,
}

/// Severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingSeverity {
    /// Something is probably wrong.
    Warning,
    /// Something is missing or unusual, but may be right.
    Info,
}

impl FindingCode {
    /// Its name in URLs and in `code`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Its severity.
    pub fn severity(self) -> FindingSeverity {
        match self {
            Self::ActivityOutsidePeriod
            | Self::DuplicateActivity
            | Self::PlannedInCompletedPlan
            | Self::ImplausibleDensity
            | Self::PairingWithoutPartner
            | Self::SourceBreaksOff
            | Self::HeldInFuture
            | Self::ContradictingFigures => FindingSeverity::Warning,
            _ => FindingSeverity::Info,
        }
    }

    /// Its title, which is the same for every finding of this code.
    pub fn title(self) -> &'static str {
        match self {
            Self::ActivityOutsidePeriod => "The activity lies outside the period of the plan",
            Self::DuplicateActivity => "The activity is listed twice",
            Self::PlannedInCompletedPlan => {
                "The activity is still planned, but the plan is completed"
            }
            Self::ImplausibleDensity => "The population density is implausible",
            Self::PairingWithoutPartner => "The pairing has no partner",
            Self::SourceBreaksOff => "The source breaks off",
            Self::HeldInFuture => "The activity is said to be held, but it lies in the future",
            Self::ContradictingFigures => "Another plan states a different figure for the city",
            Self::PairingWithoutActivities => "The pairing has no activities",
            Self::PlanWithoutPeriod => "The plan has no period",
            Self::DateTextOnly => "The date is given only as text",
            Self::CityNotPartner => "The city does not cooperate in the plan",
            Self::PartnerWithoutCountry => "The city has no country",
            Self::FigureNotReviewed => "The figure of the source was not copied to the city",
            Self::ThemeWithoutFocus => "The theme has no key focus",
            Self::HeadingWithoutTheme => "The heading has no theme",
            Self::PlanWithoutContact => "The plan has no contact",
            Self::LeadNotNamed => "The pairing does not say which city leads",
            Self::PlanWithoutContent => "The plan has no objectives, no challenges and no outcomes",
            Self::DateWithoutYear => "The date is given only as text, without a year",
            Self::ThemeWithoutUse => "No activity and no outcome has the theme",
            Self::SourceWithoutTitle => "The link to the source has no title",
            Self::ActivityInOtherPlan => "The activity is also in another plan",
        }
    }

    /// Its meaning and its remedy.
    pub fn explanation(self) -> (&'static str, &'static str) {
        let entry = EXPLANATIONS.iter().find(|(code, _, _)| *code == self);
        entry
            .map(|(_, meaning, remedy)| (*meaning, *remedy))
            .unwrap_or_default()
    }
}

/// The meaning and the remedy of each code.
const EXPLANATIONS: [(FindingCode, &str, &str); 23] = [
    (
        FindingCode::ActivityOutsidePeriod,
        "All days on which the activity may have taken place are before the start or after the end of the period of the plan.",
        "Compare both dates with the source. If the source says so, leave them as they are: activities do take place before and after the period of a plan.",
    ),
    (
        FindingCode::DuplicateActivity,
        "An earlier activity of the plan has the same title, ignoring case, and the same date.",
        "Delete one of the two, or distinguish them in their titles.",
    ),
    (
        FindingCode::PlannedInCompletedPlan,
        "The plan has the status completed, but the activity has the status planned.",
        "Find out whether the activity took place, and set its status to held, postponed or cancelled.",
    ),
    (
        FindingCode::ImplausibleDensity,
        "According to its record, the city has fewer than 1 or more than 50 000 inhabitants per square kilometre. Often a thousands separator was read as a decimal point, or one figure describes the city and the other one its metropolitan area.",
        "Verify both figures and correct the record of the city.",
    ),
    (
        FindingCode::PairingWithoutPartner,
        "The plan is a pairing, but it has only one city, or none.",
        "Add the partners, or make the plan a cluster.",
    ),
    (
        FindingCode::SourceBreaksOff,
        "A note of the plan, of a source, of an activity or of an outcome says that the source breaks off or is incomplete.",
        "Look for a complete copy of the source, add what is missing, and remove the note.",
    ),
    (
        FindingCode::HeldInFuture,
        "The activity has the status held, but its first possible day is still to come, in every time zone. The finding ends on that day.",
        "Verify the date, or set the status to planned.",
    ),
    (
        FindingCode::ContradictingFigures,
        "The source of another plan states a population or an area for the same city, and the two figures differ by more than a quarter of the smaller one. Often one of them describes the city and the other one its metropolitan area. Only texts that are plainly one number are compared: 2.682.500, 2 682 500 and 2.68 million are, but 2–3 million is not.",
        "Find out what each figure describes, and add the verified figure to the record of the city. What a source states stays as it is.",
    ),
    (
        FindingCode::PairingWithoutActivities,
        "The plan is a pairing, but it has no activities.",
        "Add the activities of the source, if it names any.",
    ),
    (
        FindingCode::PlanWithoutPeriod,
        "The period of the plan has neither a start nor an end nor a text.",
        "Add the period of cooperation from the source.",
    ),
    (
        FindingCode::DateTextOnly,
        "The date has the wording of the source, which names a year, but neither a start nor an end, so filters by date do not find it.",
        "Add the year, month or day to which the wording refers, if there is one.",
    ),
    (
        FindingCode::CityNotPartner,
        "An activity or an outcome mentions a city that is not one of the cities of the plan. This is normal for a venue or a neighbour; a new partner should be added.",
        "Add the city to the plan if it cooperates in it; otherwise nothing needs to be done.",
    ),
    (
        FindingCode::PartnerWithoutCountry,
        "The record of a city that cooperates in the plan has no country, so filters by country do not find the plan.",
        "Add the country to the record of the city.",
    ),
    (
        FindingCode::FigureNotReviewed,
        "The source states a population or an area for the city, and the record of the city has none. A text without a digit, such as N/A, is no figure.",
        "Find out what the figure describes, and add a verified figure to the record of the city.",
    ),
    (
        FindingCode::ThemeWithoutFocus,
        "The plan has the theme, but no key focus for it.",
        "Add the key focus from the source, if it has one.",
    ),
    (
        FindingCode::HeadingWithoutTheme,
        "The outcome has a heading of the source, but no theme of the plan.",
        "Choose the theme to which the heading refers, if there is one.",
    ),
    (
        FindingCode::PlanWithoutContact,
        "The plan has no contact.",
        "Add the office or the person that the source names.",
    ),
    (
        FindingCode::LeadNotNamed,
        "The plan is a pairing, and none of its cities has the role lead.",
        "If the source says who leads, give that city the role lead.",
    ),
    (
        FindingCode::PlanWithoutContent,
        "The plan has neither objectives nor challenges, and no outcome belongs to it: it says what was done at most, but not what for.",
        "Add what the source says about objectives, challenges and results, or link the full plan among the sources.",
    ),
    (
        FindingCode::DateWithoutYear,
        "The date has the wording of the source, but neither a start nor an end, and the wording names no year, so nobody can tell when it was.",
        "Look for the year in the source or in other records, and add it as start and end.",
    ),
    (
        FindingCode::ThemeWithoutUse,
        "Activities or outcomes of the plan have themes, but none of them has this one.",
        "Give the theme to the activities and outcomes that serve it; if there are none, nothing needs to be done.",
    ),
    (
        FindingCode::SourceWithoutTitle,
        "A source has a link but no title, so the pages show only its address.",
        "Add the title of the page or file to which the link leads.",
    ),
    (
        FindingCode::ActivityInOtherPlan,
        "Another plan has an activity with the same title, ignoring case, accents and marks, and the same date, which is known at least to the month. Plans that mirror one another are not compared. A mission of several pairings really belongs to each of them; a copy made by mistake does not.",
        "If the activity belongs to only one of the plans, delete it in the other.",
    ),
];
