//! The fields of an activity, its rules, filters and sort keys.

use super::parents::ParentFilter;
use crate::conventions::paging::{Cast, Column, Order, SortKey};
use crate::conventions::resource::filter::RecordKeys;
use crate::conventions::resource::references::Reference;
use crate::conventions::resource::{
    Assigned, Assignment, Input, Nested, Record, unassigned_position,
};
use crate::database::schema::activities;
use crate::database::{Json, text_column};
use crate::domain::{Faults, PartialDate, Period, RecordKind};
use crate::resources::plan_parts::{self, PartTables, PlanPart};
use crate::resources::references::links::{CityLink, Link, Names, read_by_id};
use crate::resources::references::organisation::{self, Organisation};
use crate::resources::references::{CityReference, ThemeReference};
use diesel::prelude::{AsChangeset, ExpressionMethods, Insertable, Queryable, Selectable};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Kind of activity.
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
pub enum ActivityKind {
    /// The journey of a delegation.
    Mission,
    /// A visit, such as to a city, an institution or a site.
    Visit,
    /// A meeting.
    Meeting,
    /// A conference or forum.
    Conference,
    /// A webinar.
    Webinar,
    /// A workshop.
    Workshop,
    /// Coaching by experts.
    Coaching,
    /// An exhibition.
    Exhibition,
    /// The conclusion of an agreement.
    Agreement,
    /// A pilot project.
    PilotProject,
    /// A publication.
    Publication,
    /// A document that was written together, such as a plan, a report or a concept note.
    Document,
    /// Something else.
    Other,
}

/// Mode of an activity.
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
pub enum ActivityMode {
    /// The participants meet in one place.
    InPerson,
    /// It takes place over the network.
    Online,
    /// Both at once.
    Hybrid,
}

/// Status of an activity.
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
pub enum ActivityStatus {
    /// It will take place.
    Planned,
    /// It took place.
    Held,
    /// It was postponed.
    Postponed,
    /// It was cancelled.
    Cancelled,
}

/// Role of a city in an activity.
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
pub enum ActivityCityRole {
    /// Receives the other cities.
    Host,
    /// Is only the place of the activity.
    Venue,
    /// Travels to the activity.
    Visitor,
    /// Takes part.
    Participant,
    /// Is only mentioned.
    Mentioned,
}
text_column!(ActivityKind, ActivityMode, ActivityStatus, ActivityCityRole);

/// A city that is involved in an activity; it need not be one of the cities of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActivityCity {
    /// The city.
    #[serde(flatten)]
    #[schema(value_type = CityReference)]
    pub city: CityLink,
    /// Role of the city in the activity.
    pub role: ActivityCityRole,
}
read_by_id!(ActivityCity { city: CityLink from city_id: Uuid, role: ActivityCityRole });

/// The content of an activity, both as a record of its own and in the document of its plan.
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
#[diesel(table_name = activities, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ActivityContent {
    /// Title: what the activity is, in one line.
    #[schema(
        max_length = 300,
        example = "First mission to Guangzhou, Liuzhou and Nanning"
    )]
    pub title: String,
    /// What happened or will happen.
    #[schema(example = "Visits to partners for hydrogen and waste projects.")]
    pub description: Option<String>,
    /// Kind of activity.
    pub kind: ActivityKind,
    /// Mode of the activity; null if it is not stated.
    pub mode: Option<ActivityMode>,
    /// Status of the activity.
    pub status: ActivityStatus,
    /// When it takes place; if only a start or an end is given, that day, month or year.
    #[serde(default)]
    #[diesel(serialize_as = Json<Period>, deserialize_as = Json<Period>)]
    pub date: Period,
    /// Cities that are involved, each at most once in each role.
    #[serde(default)]
    #[schema(max_items = 200)]
    #[diesel(serialize_as = Json<Vec<ActivityCity>>, deserialize_as = Json<Vec<ActivityCity>>)]
    pub cities: Vec<ActivityCity>,
    /// Organisations that are involved.
    #[serde(default)]
    #[schema(max_items = 200)]
    #[diesel(serialize_as = Json<Vec<Organisation>>, deserialize_as = Json<Vec<Organisation>>)]
    pub organisations: Vec<Organisation>,
    /// Key outputs, in order.
    #[serde(default)]
    #[schema(example = json!(["Concept notes"]))]
    pub outputs: Vec<String>,
    /// Remark by an editor.
    #[schema(example = "Here the source breaks off.")]
    pub note: Option<String>,
}

/// An activity under a plan, as it is written.
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
#[diesel(table_name = activities, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ActivityInput {
    /// Id of the plan that it belongs to.
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub plan_id: Uuid,
    /// Id of the activity of the same plan that it belongs to, such as the mission during which a workshop took place. That activity
    /// belongs to none itself.
    #[serde(default)]
    #[schema(example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f3a1b")]
    pub parent_id: Option<Uuid>,
    /// Its content.
    #[serde(flatten)]
    #[diesel(embed)]
    pub content: ActivityContent,
    /// Ids of the themes that it serves; they must be themes of the plan.
    #[serde(default)]
    #[schema(max_items = 100, example = json!(["0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f2a1c"]))]
    pub theme_ids: Vec<Uuid>,
    /// Position within the plan; if it is not given, the record comes last.
    #[serde(default = "unassigned_position")]
    // Serialized by value: the insertion by reference that diesel derives would demand the same of the embedded content.
    #[diesel(serialize_as = i32)]
    #[schema(minimum = 0, maximum = 1000000000, example = 0)]
    pub position: i32,
}

impl ActivityContent {
    /// Its links to cities.
    pub fn links(&mut self) -> impl Iterator<Item = Link<'_>> {
        let cities = self.cities.iter_mut().map(|city| &mut city.city);
        plan_parts::links(cities, &mut self.organisations)
    }
}

impl Input for ActivityInput {
    fn validate(&self, faults: &mut Faults) {
        self.content.date.validate("/date", faults);
        faults.add_duplicates(
            "/cities",
            &self.content.cities,
            |city| (city.city.id(), city.role as u8),
            "the city",
        );
        faults.add_duplicates("/theme_ids", &self.theme_ids, |id| *id, "the theme");
    }

    fn references(&self) -> Vec<Reference> {
        let cities = self.content.cities.iter().map(|city| city.city.id());
        let themes = self.theme_ids.iter().copied();
        let mut references = vec![Reference::new("/plan_id", RecordKind::Plan, self.plan_id)];
        references.extend(Reference::in_list(RecordKind::City, cities, |index| {
            format!("/cities/{index}/city_id")
        }));
        references.extend(Reference::in_list(RecordKind::Theme, themes, |index| {
            format!("/theme_ids/{index}")
        }));
        references.extend(organisation::references(&self.content.organisations));
        let parent = self.parent_id.into_iter();
        references.extend(parent.map(|id| Reference::new("/parent_id", RecordKind::Activity, id)));
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

/// An activity under a plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Activity {
    /// The metadata that the service maintains.
    #[serde(flatten)]
    pub record: Record,
    /// The stored document.
    #[serde(flatten)]
    pub input: ActivityInput,
    /// Slug of the plan.
    #[schema(read_only, example = "manchester-chengdu-liuzhou-yangzhou")]
    pub plan_slug: String,
    /// Title of the plan.
    #[schema(read_only, example = "Manchester with Chengdu, Liuzhou and Yangzhou")]
    pub plan_title: String,
    /// Title of the activity that it belongs to.
    #[schema(
        read_only,
        example = "Mission to Brussels and meetings with cities from China"
    )]
    pub parent_title: Option<String>,
    /// The themes of `theme_ids` with their names.
    #[schema(read_only)]
    pub themes: Vec<ThemeReference>,
}

impl PlanPart for Activity {
    const TABLES: &'static PartTables = &PartTables {
        parts: "activities",
        id: "activity_id",
        cities: "activity_cities",
    };

    fn plan_id(&self) -> Uuid {
        self.input.plan_id
    }

    fn theme_ids(&self) -> impl Iterator<Item = Uuid> {
        self.input.theme_ids.iter().copied()
    }

    fn links(&mut self) -> impl Iterator<Item = Link<'_>> {
        self.input.content.links()
    }

    fn set_names(&mut self, names: &Names) {
        if let Some(plan) = names.plans.get(&self.input.plan_id) {
            self.plan_slug = plan.slug.to_string();
            self.plan_title.clone_from(&plan.title);
        }
        let themes = self.input.theme_ids.iter().filter_map(|id| {
            Some(ThemeReference {
                theme_id: *id,
                names: names.themes.get(id)?.clone(),
            })
        });
        self.themes = themes.collect();
    }
}

/// Filters of the list of activities.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ActivityFilter {
    /// The plan in the path.
    #[serde(skip)]
    #[param(ignore)]
    pub within_plan: RecordKeys,
    /// Plan of the activity, by id or slug.
    #[serde(default)]
    #[param(inline, example = json!(["manchester-chengdu-liuzhou-yangzhou"]))]
    pub plan: RecordKeys,
    /// Activity that it belongs to, by id; `none` for those that belong to none.
    #[serde(default)]
    #[param(inline, example = json!(["none"]))]
    pub parent: ParentFilter,
    /// City that is involved, by id or slug.
    #[serde(default)]
    #[param(inline, example = json!(["chengdu"]))]
    pub city: RecordKeys,
    /// Role of that city, or of any city if `city` is not given.
    #[serde(default)]
    #[param(example = json!(["host"]))]
    pub city_role: Vec<ActivityCityRole>,
    /// Theme that the activity serves, by id or slug.
    #[serde(default)]
    #[param(inline, example = json!(["circular-economy"]))]
    pub theme: RecordKeys,
    /// Kind of activity.
    #[serde(default)]
    #[param(example = json!(["mission"]))]
    pub kind: Vec<ActivityKind>,
    /// Mode of the activity.
    #[serde(default)]
    #[param(example = json!(["online"]))]
    pub mode: Vec<ActivityMode>,
    /// Status of the activity.
    #[serde(default)]
    #[param(example = json!(["held"]))]
    pub status: Vec<ActivityStatus>,
    /// Day, month or year: only activities that may have taken place in it or later.
    #[param(example = "2019-07")]
    pub date_from: Option<PartialDate>,
    /// Day, month or year: only activities that may have taken place in it or earlier.
    #[param(example = "2019-12")]
    pub date_to: Option<PartialDate>,
    /// Full name or acronym of an organisation that is involved; case, accents and marks are ignored.
    #[serde(default)]
    #[param(max_length = 300, example = json!(["MMU"]))]
    pub organisation: Vec<String>,
}

impl Nested for Activity {
    const PARENT: RecordKind = RecordKind::Plan;
    const SORT: ActivitySort = ActivitySort::Position;

    fn parent(filter: &mut ActivityFilter) -> &mut RecordKeys {
        &mut filter.within_plan
    }
}

/// Sort keys of the list of activities.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActivitySort {
    /// When the record was created.
    #[default]
    CreatedAt,
    /// When the record was last changed.
    UpdatedAt,
    /// Title, in the order of code points.
    Title,
    /// Position within the plan.
    Position,
    /// First day.
    Date,
}

impl SortKey for ActivitySort {
    fn column(self, order: Order) -> Column {
        let (sql, cast) = match (self, order) {
            (Self::CreatedAt, _) => ("activities.created_at", Cast::Time),
            (Self::UpdatedAt, _) => ("activities.updated_at", Cast::Time),
            (Self::Title, _) => ("activities.folded_title", Cast::Text),
            (Self::Position, _) => ("activities.position", Cast::Integer),
            (Self::Date, Order::Asc) => ("activities.date_ascending", Cast::Date),
            (Self::Date, Order::Desc) => ("activities.date_descending", Cast::Date),
        };
        Column {
            sql,
            id: "activities.id",
            cast,
        }
    }
}
