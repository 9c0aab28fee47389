//! The fields of an outcome, its rules, filters and sort keys.

use crate::conventions::paging::{Cast, Column, Order, SortKey};
use crate::conventions::resource::filter::RecordKeys;
use crate::conventions::resource::references::Reference;
use crate::conventions::resource::{
    Assigned, Assignment, Input, Nested, Record, unassigned_position,
};
use crate::database::schema::outcomes;
use crate::database::{Json, text_column};
use crate::domain::{Faults, PartialDate, Period, RecordKind};
use crate::resources::plan_parts::{self, PartTables, PlanPart};
use crate::resources::references::CityReference;
use crate::resources::references::links::{CityLink, Link, Names, read_by_id};
use crate::resources::references::organisation::{self, Organisation};
use diesel::prelude::{AsChangeset, ExpressionMethods, Insertable, Queryable, Selectable};
use serde::{Deserialize, Deserializer, Serialize};
use strum::{Display, EnumString};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Kind of outcome.
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
pub enum OutcomeKind {
    /// A result.
    Result,
    /// A benefit.
    Benefit,
    /// An output: a tangible product.
    Output,
}

/// Status of an outcome: how certain it is.
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
pub enum OutcomeStatus {
    /// It is an area of interest.
    Interest,
    /// It is possible.
    Possible,
    /// It is planned.
    Planned,
    /// It is agreed.
    Agreed,
    /// It is in progress.
    InProgress,
    /// It was achieved.
    Achieved,
    /// It was dropped.
    Dropped,
}

/// Role of a city in an outcome.
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
pub enum OutcomeCityRole {
    /// Benefits from the outcome.
    Beneficiary,
    /// Funds the outcome.
    Funder,
    /// Implements the outcome.
    Implementer,
    /// Takes part.
    Partner,
    /// Is only mentioned.
    Mentioned,
}
text_column!(OutcomeKind, OutcomeStatus, OutcomeCityRole);

/// A city that is involved in an outcome; it need not be one of the cities of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OutcomeCity {
    /// The city.
    #[serde(flatten)]
    #[schema(value_type = CityReference)]
    pub city: CityLink,
    /// Role of the city in the outcome.
    pub role: OutcomeCityRole,
}
read_by_id!(OutcomeCity { city: CityLink from city_id: Uuid, role: OutcomeCityRole });

/// An indicator that measures an outcome. Values that are not numbers belong in the description.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OutcomeIndicator {
    /// What is measured.
    #[schema(max_length = 300, example = "Hydrogen buses in service")]
    pub name: String,
    /// Unit of the values.
    #[schema(max_length = 100, example = "buses")]
    pub unit: Option<String>,
    /// Value at the beginning.
    #[schema(minimum = -1000000000000000_i64, maximum = 1000000000000000_i64, example = 0)]
    #[serde(default, deserialize_with = "number")]
    pub baseline: Option<f64>,
    /// Target value.
    #[schema(minimum = -1000000000000000_i64, maximum = 1000000000000000_i64, example = 20)]
    #[serde(default, deserialize_with = "number")]
    pub target: Option<f64>,
    /// Value that was reached.
    #[schema(minimum = -1000000000000000_i64, maximum = 1000000000000000_i64, example = 4)]
    #[serde(default, deserialize_with = "number")]
    pub actual: Option<f64>,
}

/// Reads a number as the database will return it, which has no negative zero.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Ok(Option::<f64>::deserialize(deserializer)?.map(|number| number + 0.0))
}

/// The content of an outcome, both as a record of its own and in the document of its plan.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Serialize,
    Deserialize,
    ToSchema,
    Queryable,
    Selectable,
    Insertable,
    AsChangeset,
)]
#[diesel(table_name = outcomes, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct OutcomeContent {
    /// Heading in the source, which often differs from the theme.
    #[schema(max_length = 300, example = "Horticultural Development")]
    pub heading: Option<String>,
    /// What is expected or was achieved.
    #[schema(example = "A campaign against plastic waste.")]
    pub description: String,
    /// Kind of outcome; null if the source does not tell.
    #[serde(default)]
    pub kind: Option<OutcomeKind>,
    /// Status of the outcome; null if the source does not state it.
    #[serde(default)]
    pub status: Option<OutcomeStatus>,
    /// When it is due; if only a start or an end is given, that day, month or year.
    #[serde(default)]
    #[diesel(serialize_as = Json<Period>, deserialize_as = Json<Period>)]
    pub due: Period,
    /// Cities that are involved, each at most once in each role.
    #[serde(default)]
    #[schema(max_items = 200)]
    #[diesel(serialize_as = Json<Vec<OutcomeCity>>, deserialize_as = Json<Vec<OutcomeCity>>)]
    pub cities: Vec<OutcomeCity>,
    /// Organisations that are involved.
    #[serde(default)]
    #[schema(max_items = 200)]
    #[diesel(serialize_as = Json<Vec<Organisation>>, deserialize_as = Json<Vec<Organisation>>)]
    pub organisations: Vec<Organisation>,
    /// Indicators that measure the outcome.
    #[serde(default)]
    #[schema(max_items = 100)]
    #[diesel(serialize_as = Json<Vec<OutcomeIndicator>>, deserialize_as = Json<Vec<OutcomeIndicator>>)]
    pub indicators: Vec<OutcomeIndicator>,
    /// Remark by an editor.
    #[schema(example = "The sheet names no year.")]
    pub note: Option<String>,
}

/// An expected or achieved result or benefit of a plan, as it is written.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Serialize,
    Deserialize,
    ToSchema,
    Queryable,
    Selectable,
    Insertable,
    AsChangeset,
)]
#[diesel(table_name = outcomes, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct OutcomeInput {
    /// Id of the plan that it belongs to.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub plan_id: Uuid,
    /// Id of the theme that it serves; it must be a theme of the plan.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f2a1c")]
    pub theme_id: Option<Uuid>,
    /// Its content.
    #[serde(flatten)]
    #[diesel(embed)]
    pub content: OutcomeContent,
    /// Position within the plan; if it is not given, the record comes last.
    #[serde(default = "unassigned_position")]
    // Serialized by value: the insertion by reference that diesel derives would demand the same of the embedded content.
    #[diesel(serialize_as = i32)]
    #[schema(minimum = 0, maximum = 1000000000, example = 0)]
    pub position: i32,
}

impl OutcomeContent {
    /// Its links to cities.
    pub fn links(&mut self) -> impl Iterator<Item = Link<'_>> {
        let cities = self.cities.iter_mut().map(|city| &mut city.city);
        plan_parts::links(cities, &mut self.organisations)
    }
}

impl Input for OutcomeInput {
    fn validate(&self, faults: &mut Faults) {
        self.content.due.validate("/due", faults);
        faults.add_duplicates(
            "/cities",
            &self.content.cities,
            |city| (city.city.id(), city.role as u8),
            "the city",
        );
    }

    fn references(&self) -> Vec<Reference> {
        let cities = self.content.cities.iter().map(|city| city.city.id());
        let theme = self.theme_id.into_iter();
        let mut references = vec![Reference::new("/plan_id", RecordKind::Plan, self.plan_id)];
        references.extend(theme.map(|id| Reference::new("/theme_id", RecordKind::Theme, id)));
        references.extend(Reference::in_list(RecordKind::City, cities, |index| {
            format!("/cities/{index}/city_id")
        }));
        references.extend(organisation::references(&self.content.organisations));
        references
    }

    fn assigned(&self) -> Assigned<'_> {
        Assigned::Position {
            plan_id: self.plan_id,
            position: self.position,
        }
    }

    fn assign(&mut self, value: Assignment) {
        if let Assignment::Position(position) = value {
            self.position = position;
        }
    }
}

/// An expected or achieved result or benefit of a plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Outcome {
    /// The metadata that the service maintains.
    #[serde(flatten)]
    pub record: Record,
    /// The stored document.
    #[serde(flatten)]
    pub input: OutcomeInput,
    /// Slug of the plan.
    #[schema(read_only, example = "manchester-chengdu-liuzhou-yangzhou")]
    pub plan_slug: String,
    /// Title of the plan.
    #[schema(read_only, example = "Manchester with Chengdu, Liuzhou and Yangzhou")]
    pub plan_title: String,
    /// Slug of the theme.
    #[schema(read_only, example = "circular-economy")]
    pub theme_slug: Option<String>,
    /// Name of the theme.
    #[schema(read_only, example = "Circular economy")]
    pub theme_name: Option<String>,
}

impl PlanPart for Outcome {
    const TABLES: &'static PartTables = &PartTables {
        parts: "outcomes",
        id: "outcome_id",
        cities: "outcome_cities",
    };

    fn plan_id(&self) -> Uuid {
        self.input.plan_id
    }

    fn theme_ids(&self) -> impl Iterator<Item = Uuid> {
        self.input.theme_id.into_iter()
    }

    fn links(&mut self) -> impl Iterator<Item = Link<'_>> {
        self.input.content.links()
    }

    fn set_names(&mut self, names: &Names) {
        if let Some(plan) = names.plans.get(&self.input.plan_id) {
            self.plan_slug = plan.slug.to_string();
            self.plan_title.clone_from(&plan.title);
        }
        let theme = self.input.theme_id.and_then(|id| names.themes.get(&id));
        self.theme_slug = theme.map(|theme| theme.slug.to_string());
        self.theme_name = theme.map(|theme| theme.name.clone());
    }
}

/// Filters of the list of outcomes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OutcomeFilter {
    /// The plan in the path.
    #[serde(skip)]
    #[param(ignore)]
    pub within_plan: RecordKeys,
    /// Plan of the outcome, by id or slug.
    #[serde(default)]
    #[param(inline, example = json!(["manchester-chengdu-liuzhou-yangzhou"]))]
    pub plan: RecordKeys,
    /// City that is involved, by id or slug.
    #[serde(default)]
    #[param(inline, example = json!(["haikou"]))]
    pub city: RecordKeys,
    /// Role of that city, or of any city if `city` is not given.
    #[serde(default)]
    #[param(example = json!(["funder"]))]
    pub city_role: Vec<OutcomeCityRole>,
    /// Theme that the outcome serves, by id or slug; `none` for outcomes without a theme.
    #[serde(default)]
    #[param(inline, example = json!(["none"]))]
    pub theme: RecordKeys,
    /// Kind of outcome.
    #[serde(default)]
    #[param(example = json!(["result"]))]
    pub kind: Vec<OutcomeKind>,
    /// Status of the outcome.
    #[serde(default)]
    #[param(example = json!(["possible", "interest"]))]
    pub status: Vec<OutcomeStatus>,
    /// Day, month or year: only outcomes that may be due in it or later.
    #[param(example = "2020")]
    pub due_from: Option<PartialDate>,
    /// Day, month or year: only outcomes that may be due in it or earlier.
    #[param(example = "2021")]
    pub due_to: Option<PartialDate>,
    /// Full name or acronym of an organisation that is involved; case, accents and marks are ignored.
    #[serde(default)]
    #[param(max_length = 300, example = json!(["Chinese Academy of Social Sciences"]))]
    pub organisation: Vec<String>,
}

impl Nested for Outcome {
    const PARENT: RecordKind = RecordKind::Plan;
    const SORT: OutcomeSort = OutcomeSort::Position;

    fn parent(filter: &mut OutcomeFilter) -> &mut RecordKeys {
        &mut filter.within_plan
    }
}

/// Sort keys of the list of outcomes.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeSort {
    /// When the record was created.
    #[default]
    CreatedAt,
    /// When the record was last changed.
    UpdatedAt,
    /// Position within the plan.
    Position,
    /// The first day on which it may be due.
    Due,
}

impl SortKey for OutcomeSort {
    fn column(self, order: Order) -> Column {
        let (sql, cast) = match (self, order) {
            (Self::CreatedAt, _) => ("outcomes.created_at", Cast::Time),
            (Self::UpdatedAt, _) => ("outcomes.updated_at", Cast::Time),
            (Self::Position, _) => ("outcomes.position", Cast::Integer),
            (Self::Due, Order::Asc) => ("outcomes.due_ascending", Cast::Date),
            (Self::Due, Order::Desc) => ("outcomes.due_descending", Cast::Date),
        };
        Column {
            sql,
            id: "outcomes.id",
            cast,
        }
    }
}
