//! Groups of plans: those that the statistics count, each as a filter of the list of plans.
//!
//! One rule: a group selects exactly the plans that its number in the statistics counts, each of them, although plans that mirror one
//! another count once; a group without plans selects none. Start with [`PlanGroup`].

mod queries;

pub(super) use queries::{organisations, spellings};

use crate::database::schema::{activities, plan_sdgs, plan_themes, plans, themes};
use crate::database::sql::Conditions;
use chrono::{Datelike, NaiveDate};
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::{BoolExpressionMethods, ExpressionMethods, QueryDsl};
use diesel::query_builder::QueryFragment;
use diesel::sql_types::Bool;
use queries::{Linked, Naming};
use serde::Deserialize;
use strum::{Display, EnumString};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ObjectBuilder, RefOr, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

/// A property by which the statistics count plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum GroupedBy {
    /// Status; `none` if the plan states none.
    Status,
    /// Country of a city that cooperates.
    Country,
    /// Theme, by id or slug.
    Theme,
    /// Goal, by number.
    Sdg,
    /// Partnership, by slug.
    UrbanAgenda,
    /// Topic, by slug.
    Topic,
    /// Year in which the period starts.
    Year,
    /// Programme, in any spelling.
    Programme,
    /// Kind of an activity of the plan.
    ActivityKind,
    /// Year in which a dated activity of the plan starts.
    ActivityYear,
    /// Organisation that an activity or an outcome of the plan names, in any spelling.
    Organisation,
}

/// A group of plans, written `property:value`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct PlanGroup {
    property: Option<GroupedBy>,
    /// The value, as it was written.
    pub(super) value: String,
}

impl From<String> for PlanGroup {
    fn from(text: String) -> Self {
        let (property, value) = text.split_once(':').unwrap_or_default();
        Self {
            property: property.parse().ok(),
            value: value.to_owned(),
        }
    }
}

impl ToSchema for PlanGroup {}

impl PartialSchema for PlanGroup {
    fn schema() -> RefOr<Schema> {
        // Names of programmes and organisations are texts without control characters.
        let name = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+";
        let slug = "[a-z0-9]+(-[a-z0-9]+)*";
        let groups = [
            "status:(none|draft|active|completed|cancelled)".to_owned(),
            "country:[A-Z]{2}".to_owned(),
            "sdg:([1-9]|1[0-7])".to_owned(),
            "(year|activity_year):[1-9][0-9]{0,3}".to_owned(),
            "activity_kind:[a-z_]+".to_owned(),
            format!("(theme|urban_agenda|topic):{slug}"),
            format!("(programme|organisation):{name}"),
        ];
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(format!("^({})$", groups.join("|"))))
            .max_length(Some(320))
            .into()
    }
}

impl PlanGroup {
    /// True if the group is a programme.
    pub(super) fn is_programme(&self) -> bool {
        self.property == Some(GroupedBy::Programme)
    }

    /// True if the group is an organisation.
    pub(super) fn is_organisation(&self) -> bool {
        self.property == Some(GroupedBy::Organisation)
    }

    /// Adds the condition that a plan is in the group. `spellings` are the stored spellings of the programme or organisation, if it
    /// is one.
    pub(super) fn add_to(&self, conditions: &mut Conditions, spellings: Vec<String>) {
        let value = self.value.as_str();
        match self.property {
            Some(GroupedBy::Status) if value == "none" => conditions.add(plans::status.is_null()),
            Some(GroupedBy::Status) => conditions.add(plans::status.eq(value.to_owned())),
            Some(GroupedBy::Programme) => conditions.add(plans::programme.eq_any(spellings)),
            Some(GroupedBy::Theme) => conditions.add(with_theme(value.to_owned())),
            Some(GroupedBy::Sdg) => {
                let goal = value.parse::<i32>().unwrap_or_default();
                let links = plan_sdgs::table.filter(plan_sdgs::goal.eq(goal));
                conditions.add(plans::id.eq_any(links.select(plan_sdgs::plan_id)));
            }
            Some(GroupedBy::Organisation) => {
                conditions.add(Naming::new(spellings));
            }
            Some(GroupedBy::Year | GroupedBy::ActivityYear) => self.add_year(conditions),
            Some(linked) => conditions.add(linked_by(linked, value)),
            None => conditions.add(plans::id.eq(Uuid::nil())),
        }
    }

    fn add_year(&self, conditions: &mut Conditions) {
        let year = self.value.parse().ok();
        let first = year.filter(|year| (1..=9999).contains(year));
        let first = first.and_then(|year| NaiveDate::from_ymd_opt(year, 1, 1));
        let last = first.and_then(|first| NaiveDate::from_ymd_opt(first.year(), 12, 31));
        match (first.zip(last), self.property) {
            (Some((first, last)), Some(GroupedBy::ActivityYear)) => {
                let dated = activities::table
                    .filter(activities::first_day.between(first, last))
                    .filter(sql::<Bool>("activities.date ->> 'start' IS NOT NULL"));
                conditions.add(plans::id.eq_any(dated.select(activities::plan_id)));
            }
            (Some((first, last)), _) => {
                conditions.add(plans::period_start_descending.between(first, last));
                conditions.add(sql::<Bool>("plans.period ->> 'start' IS NOT NULL"));
            }
            (None, _) => conditions.add(plans::id.eq(Uuid::nil())),
        }
    }
}

/// The condition that a plan is linked to a value of a property.
fn linked_by(property: GroupedBy, value: &str) -> Linked {
    let (table, column) = match property {
        GroupedBy::Country => ("plan_countries", "country"),
        GroupedBy::UrbanAgenda => ("plan_urban_agenda", "partnership"),
        GroupedBy::Topic => ("plan_topics", "topic"),
        _ => ("activities", "kind"),
    };
    let value = value.to_owned();
    Linked {
        table,
        column,
        value,
    }
}

/// The condition that a plan has a theme, by id or slug.
fn with_theme(key: String) -> impl QueryFragment<Pg> + Send + use<> {
    let id = key.parse::<Uuid>().unwrap_or_default();
    let of_slug = themes::table
        .filter(themes::slug.eq(key))
        .select(themes::id);
    let is_named = plan_themes::theme_id
        .eq(id)
        .or(plan_themes::theme_id.eq_any(of_slug));
    plans::id.eq_any(
        plan_themes::table
            .filter(is_named)
            .select(plan_themes::plan_id),
    )
}
