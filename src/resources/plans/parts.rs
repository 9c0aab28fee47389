//! The nested parts of a plan: its cities, themes, goals, contacts, sources and relations.

use crate::database::text_column;
use crate::resources::references::links::{CityLink, CityLinks, PlanLink, ThemeLink, read_by_id};
use crate::resources::references::{CityReference, CityReferences, RelatedPlan, ThemeReference};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};
use utoipa::ToSchema;
use uuid::Uuid;

/// Role of a city in a plan.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    Display,
    EnumString,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PlanCityRole {
    /// The city from whose perspective the plan is written.
    Lead,
    /// A city with which the lead cooperates.
    Partner,
}
text_column!(PlanCityRole, PlanRelationKind);

/// What the source says about a city, verbatim. It documents the source and may differ from the record of the city.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AsStated {
    /// Name of the city.
    #[schema(max_length = 500, example = "Manchester")]
    pub name: Option<String>,
    /// Province, state or department.
    #[schema(max_length = 500, example = "North West England")]
    pub region: Option<String>,
    /// Country of the city.
    #[schema(max_length = 500, example = "United Kingdom")]
    pub country: Option<String>,
    /// Population of the city.
    #[schema(max_length = 500, example = "2.682.500")]
    pub population: Option<String>,
    /// Area of the city.
    #[schema(max_length = 500, example = "1.277 km ²")]
    pub area: Option<String>,
    /// Mayor of the city.
    #[serde(default)]
    #[schema(max_length = 500, example = "The Lord Mayor of Manchester")]
    pub mayor: Option<String>,
}

/// A city that cooperates in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanCity {
    /// The city.
    #[serde(flatten)]
    #[schema(value_type = CityReference)]
    pub city: CityLink,
    /// Role of the city in the plan.
    pub role: PlanCityRole,
    /// What the source says about the city, verbatim.
    #[serde(default)]
    pub as_stated: AsStated,
}
read_by_id!(PlanCity { city: CityLink from city_id: Uuid, role: PlanCityRole, #[serde(default)] as_stated: AsStated });

/// A key focus of a theme in a plan; it has a text, or cities, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanFocus {
    /// Text of the statement; null if the source only names cities.
    #[schema(
        max_length = 2000,
        example = "Hydrogen infrastructure and turning power into storable energy"
    )]
    pub text: Option<String>,
    /// Cities that the statement names.
    #[serde(flatten)]
    #[schema(value_type = CityReferences)]
    pub cities: CityLinks,
}
read_by_id!(PlanFocus { cities: CityLinks from #[serde(default)] city_ids: Vec<Uuid>, text: Option<String> });

/// A theme that a plan is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanTheme {
    /// The theme.
    #[serde(flatten)]
    #[schema(value_type = ThemeReference)]
    pub theme: ThemeLink,
    /// Wording of the plan for the theme.
    #[schema(max_length = 500, example = "e-Mobility / Renewable Energy")]
    pub label: Option<String>,
    /// Key focus of the theme.
    #[serde(default)]
    pub focus: Vec<PlanFocus>,
}
read_by_id!(PlanTheme { theme: ThemeLink from theme_id: Uuid, label: Option<String>, #[serde(default)] focus: Vec<PlanFocus> });

/// Who relates a plan to a goal, a partnership or a topic.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The source states it.
    #[default]
    Stated,
    /// An editor of the registry assigned it; the source does not state it.
    Assigned,
}

/// A Sustainable Development Goal to which a plan contributes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanSdg {
    /// Number of the goal.
    #[schema(minimum = 1, maximum = 17, example = 11)]
    pub goal: i32,
    /// Number of a target of that goal.
    #[schema(pattern = "^([1-9]|1[0-7])\\.([1-9][0-9]?|[a-f])$", example = "11.2")]
    pub target: Option<String>,
    /// Wording of the source.
    #[schema(max_length = 500, example = "Resilient and sustainable cities")]
    pub label: Option<String>,
    /// Whether the source states the goal or an editor assigned it.
    #[serde(default)]
    pub basis: Basis,
}

/// A partnership of the Urban Agenda for the EU to which a plan is related.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanUrbanAgenda {
    /// Slug of the partnership.
    #[schema(format = "urban-agenda-partnership", example = "urban-mobility")]
    pub partnership: String,
    /// Wording of the source.
    #[schema(max_length = 500, example = "EU UP Urban Mobility")]
    pub label: Option<String>,
    /// Whether the source states the partnership or an editor assigned it.
    #[serde(default)]
    pub basis: Basis,
}

/// A topic of the programme under which a plan is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanTopic {
    /// Slug of the topic.
    #[schema(format = "topic", example = "urban-mobility")]
    pub topic: String,
    /// Wording of the source.
    #[schema(max_length = 500, example = "Sustainable urban mobility")]
    pub label: Option<String>,
    /// Whether the source states the topic or an editor assigned it.
    #[serde(default)]
    pub basis: Basis,
}

/// A contact for further information; it has at least one of organisation, name, email and url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanContact {
    /// Name of an organisation.
    #[schema(max_length = 300, example = "IUC-ASIA")]
    pub organisation: Option<String>,
    /// Name of a person.
    #[schema(max_length = 300, example = "Desk for Asia")]
    pub name: Option<String>,
    /// E-mail address.
    #[schema(
        format = "email",
        pattern = "^[^\\s@\\x00-\\x1f\\x7f-\\x9f]+@[^\\s@\\x00-\\x1f\\x7f-\\x9f]+$",
        max_length = 254,
        example = "office@iuc-asia.eu"
    )]
    pub email: Option<String>,
    /// Web address.
    #[schema(
        pattern = "^https?://[^\\s/?#\\x00-\\x1f\\x7f-\\x9f]+[^\\s\\x00-\\x1f\\x7f-\\x9f]*$",
        max_length = 2000,
        example = "https://www.iuc-asia.eu/"
    )]
    pub url: Option<String>,
    /// Purpose of the contact.
    #[schema(max_length = 500, example = "Further information and the full plan")]
    pub purpose: Option<String>,
}

/// Kind of source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// The summary of the plan on the form of the programme.
    Summary,
    /// The full plan.
    FullPlan,
    /// A web page.
    WebPage,
    /// An agreement between the cities, such as a memorandum of understanding.
    Agreement,
    /// Something else.
    Other,
}

/// A source of the record; it has a title or a web address, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanSource {
    /// Title of the document; null if the source is only linked.
    #[schema(max_length = 500, example = "U-CAP summary of Manchester")]
    pub title: Option<String>,
    /// Kind of source, if it is known.
    #[serde(default)]
    pub kind: Option<SourceKind>,
    /// Web address.
    #[schema(
        pattern = "^https?://[^\\s/?#\\x00-\\x1f\\x7f-\\x9f]+[^\\s\\x00-\\x1f\\x7f-\\x9f]*$",
        max_length = 2000,
        example = "https://www.iuc-asia.eu/"
    )]
    pub url: Option<String>,
    /// Language, as a BCP 47 tag.
    #[schema(
        pattern = "^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*$",
        max_length = 35,
        example = "en"
    )]
    pub language: Option<String>,
    /// Day on which the source was retrieved.
    #[schema(example = "2026-03-01")]
    pub retrieved_on: Option<chrono::NaiveDate>,
    /// Remark on the source.
    #[schema(
        max_length = 2000,
        example = "The last activity breaks off in the source."
    )]
    pub note: Option<String>,
}

/// Kind of relation of a plan to another plan.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    Display,
    EnumString,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PlanRelationKind {
    /// The other plan describes the same cooperation from the perspective of another city.
    Mirrors,
    /// The other plan is a cluster to which this plan belongs.
    MemberOf,
    /// The other plan is the predecessor of this plan.
    Continues,
}

/// A relation to another plan: to one that the registry holds, or to one of which it only has the title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanRelation {
    /// The other plan.
    #[serde(flatten)]
    #[schema(value_type = RelatedPlan)]
    pub plan: PlanLink,
    /// Kind of the relation.
    pub kind: PlanRelationKind,
    /// Title of the other plan as the source states it, if the registry does not hold that plan.
    #[schema(max_length = 500, example = "Cooperation plan of Manchester and Wuhan")]
    pub text: Option<String>,
    /// Web address of a plan that the registry does not hold.
    #[schema(
        pattern = "^https?://[^\\s/?#\\x00-\\x1f\\x7f-\\x9f]+[^\\s\\x00-\\x1f\\x7f-\\x9f]*$",
        max_length = 2000,
        example = "https://www.iuc-asia.eu/"
    )]
    pub url: Option<String>,
}
read_by_id!(PlanRelation { plan: PlanLink from plan_id: Option<Uuid>, kind: PlanRelationKind, text: Option<String>, url: Option<String> });
