//! The fields of a plan, its rules, filters and sort keys. Its nested parts are in `parts.rs`.

use super::parts::{
    PlanCity, PlanCityRole, PlanContact, PlanRelation, PlanSdg, PlanSource, PlanTheme, PlanTopic,
    PlanUrbanAgenda,
};
use super::relations::InverseRelation;
use crate::conventions::paging::{Cast, Column, Order, SortKey};
use crate::conventions::resource::references::Reference;
use crate::conventions::resource::{Assigned, Assignment, Input, Record};
use crate::database::schema::plans;
use crate::database::{Json, text_column};
use crate::domain::{Faults, Period, RecordKind, Slug};
use crate::resources::references::links::Link;
use diesel::prelude::{AsChangeset, ExpressionMethods, Insertable, Queryable, Selectable};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};
use utoipa::ToSchema;

/// Kind of cooperation.
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
    EnumIter,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PlanKind {
    /// A lead city cooperates with partners; the source may not say which city leads.
    Pairing,
    /// Several cities cooperate without a lead.
    Cluster,
}

/// Status of a plan.
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
    EnumIter,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PlanStatus {
    /// It is not agreed yet.
    Draft,
    /// It is agreed and in progress.
    Active,
    /// It is completed.
    Completed,
    /// It was cancelled.
    Cancelled,
}
text_column!(PlanKind, PlanStatus);

/// An Urban Cooperation Action Plan, as it is written.
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
#[diesel(table_name = plans, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct PlanInput {
    /// Human-readable identifier for URLs; derived from the title if it is not given, and never changed.
    #[serde(default)]
    #[schema(example = "manchester-chengdu-liuzhou-yangzhou")]
    pub slug: Slug,
    /// Title of the plan.
    #[schema(
        max_length = 300,
        example = "Manchester with Chengdu, Liuzhou and Yangzhou"
    )]
    pub title: String,
    /// Programme under which it was agreed.
    #[schema(max_length = 200, example = "IUC Asia")]
    pub programme: Option<String>,
    /// Language in which the plan is written, as a BCP 47 tag.
    #[serde(default)]
    #[schema(
        pattern = "^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*$",
        max_length = 35,
        example = "en"
    )]
    pub language: Option<String>,
    /// Kind of cooperation.
    pub kind: PlanKind,
    /// Status of the plan; null if the source does not state it.
    #[serde(default)]
    pub status: Option<PlanStatus>,
    /// Period of cooperation; if its start or its end is not known, it is open on that side.
    #[serde(default)]
    #[diesel(serialize_as = Json<Period>, deserialize_as = Json<Period>)]
    pub period: Period,
    /// Main objectives, in their order.
    #[serde(default)]
    #[schema(example = json!(["Start concrete projects together"]))]
    pub objectives: Vec<String>,
    /// Key challenges, in their order.
    #[serde(default)]
    #[schema(example = json!(["Opening the Chinese market to young companies"]))]
    pub challenges: Vec<String>,
    /// Cities that cooperate, each at most once. A pairing has at most one lead, a cluster has none.
    #[serde(default)]
    #[schema(max_items = 200)]
    #[diesel(serialize_as = Json<Vec<PlanCity>>, deserialize_as = Json<Vec<PlanCity>>)]
    pub cities: Vec<PlanCity>,
    /// Themes of the cooperation, each at most once.
    #[serde(default)]
    #[schema(max_items = 100)]
    #[diesel(serialize_as = Json<Vec<PlanTheme>>, deserialize_as = Json<Vec<PlanTheme>>)]
    pub themes: Vec<PlanTheme>,
    /// Sustainable Development Goals to which it contributes.
    #[serde(default)]
    #[diesel(serialize_as = Json<Vec<PlanSdg>>, deserialize_as = Json<Vec<PlanSdg>>)]
    pub sdgs: Vec<PlanSdg>,
    /// Partnerships of the Urban Agenda for the EU to which it is related.
    #[serde(default)]
    #[diesel(serialize_as = Json<Vec<PlanUrbanAgenda>>, deserialize_as = Json<Vec<PlanUrbanAgenda>>)]
    pub urban_agenda: Vec<PlanUrbanAgenda>,
    /// Topics of the programme under which the plan is published, each at most once.
    #[serde(default)]
    #[schema(max_items = 100)]
    #[diesel(serialize_as = Json<Vec<PlanTopic>>, deserialize_as = Json<Vec<PlanTopic>>)]
    pub topics: Vec<PlanTopic>,
    /// Contacts for further information.
    #[serde(default)]
    #[diesel(serialize_as = Json<Vec<PlanContact>>, deserialize_as = Json<Vec<PlanContact>>)]
    pub contacts: Vec<PlanContact>,
    /// Sources of the record.
    #[serde(default)]
    #[diesel(serialize_as = Json<Vec<PlanSource>>, deserialize_as = Json<Vec<PlanSource>>)]
    pub sources: Vec<PlanSource>,
    /// Relations to other plans. Each names a plan of the registry or, if the registry does not hold it, has its title as `text`.
    #[serde(default)]
    #[diesel(serialize_as = Json<Vec<PlanRelation>>, deserialize_as = Json<Vec<PlanRelation>>)]
    pub relations: Vec<PlanRelation>,
    /// Remark by an editor.
    #[schema(example = "Checked against the paper form.")]
    pub note: Option<String>,
}

impl Input for PlanInput {
    fn validate(&self, faults: &mut Faults) {
        self.period.validate("/period", faults);
        self.validate_cities(faults);
        faults.add_duplicates(
            "/themes",
            &self.themes,
            |theme| theme.theme.id(),
            "the theme",
        );
        faults.add_duplicates(
            "/sdgs",
            &self.sdgs,
            |sdg| (sdg.goal, sdg.target.clone()),
            "the goal",
        );
        self.validate_targets(faults);
        faults.add_duplicates(
            "/urban_agenda",
            &self.urban_agenda,
            |entry| entry.partnership.clone(),
            "the partnership",
        );
        faults.add_duplicates(
            "/topics",
            &self.topics,
            |entry| entry.topic.clone(),
            "the topic",
        );
        self.validate_focus(faults);
        self.validate_contacts(faults);
        self.validate_sources(faults);
        self.validate_relations(faults);
    }

    fn references(&self) -> Vec<Reference> {
        let cities = self.cities.iter().map(|city| city.city.id());
        let mut references: Vec<Reference> =
            Reference::in_list(RecordKind::City, cities, |index| {
                format!("/cities/{index}/city_id")
            })
            .collect();
        for (index, theme) in self.themes.iter().enumerate() {
            let pointer = format!("/themes/{index}");
            let id = theme.theme.id();
            references.push(Reference::new(
                format!("{pointer}/theme_id"),
                RecordKind::Theme,
                id,
            ));
            for (at, focus) in theme.focus.iter().enumerate() {
                let ids = focus.cities.ids();
                references.extend(Reference::in_list(RecordKind::City, ids, |place| {
                    format!("{pointer}/focus/{at}/city_ids/{place}")
                }));
            }
        }
        let plans = self.relations.iter().enumerate();
        references.extend(plans.filter_map(|(index, relation)| {
            let pointer = format!("/relations/{index}/plan_id");
            Some(Reference::new(
                pointer,
                RecordKind::Plan,
                relation.plan.id()?,
            ))
        }));
        references
    }

    fn assigned(&self) -> Assigned<'_> {
        Assigned::Slug {
            slug: &self.slug,
            name: &self.title,
        }
    }

    fn assign(&mut self, value: Assignment) {
        if let Assignment::Slug(slug) = value {
            self.slug = slug;
        }
    }
}

impl PlanInput {
    /// Its links to other records.
    pub fn links(&mut self) -> impl Iterator<Item = Link<'_>> {
        let themes = self.themes.iter_mut().flat_map(|theme| {
            let focus = theme
                .focus
                .iter_mut()
                .map(|focus| Link::Cities(&mut focus.cities));
            std::iter::once(Link::Theme(&mut theme.theme)).chain(focus)
        });
        let cities = self
            .cities
            .iter_mut()
            .map(|city| Link::City(&mut city.city));
        cities.chain(themes).chain(
            self.relations
                .iter_mut()
                .map(|relation| Link::Plan(&mut relation.plan)),
        )
    }

    fn validate_relations(&self, faults: &mut Faults) {
        faults.add_duplicates(
            "/relations",
            &self.relations,
            |relation| {
                let kind = relation.kind as u8;
                (relation.plan.id(), relation.text.clone(), kind)
            },
            "the relation",
        );
        for (index, relation) in self.relations.iter().enumerate() {
            let pointer = format!("/relations/{index}");
            let is_held = relation.plan.id().is_some();
            match &relation.text {
                None if !is_held => faults.add(
                    pointer,
                    "a relation needs a plan or, if the registry does not hold it, a text",
                ),
                Some(_) if is_held => faults.add(
                    format!("{pointer}/text"),
                    "a relation to a plan of the registry has no text, because the plan has a title",
                ),
                _ if is_held && relation.url.is_some() => faults.add(
                    format!("{pointer}/url"),
                    "only a relation to a plan that the registry does not hold has an address",
                ),
                _ => {}
            }
        }
    }

    fn validate_targets(&self, faults: &mut Faults) {
        for (index, sdg) in self.sdgs.iter().enumerate() {
            let belongs =
                |target: &String| target.split('.').next() == Some(sdg.goal.to_string().as_str());
            if !sdg.target.as_ref().is_none_or(belongs) {
                faults.add(
                    format!("/sdgs/{index}/target"),
                    format!("the target must be one of goal {}", sdg.goal),
                );
            }
        }
    }

    fn validate_focus(&self, faults: &mut Faults) {
        for (index, theme) in self.themes.iter().enumerate() {
            for (place, focus) in theme.focus.iter().enumerate() {
                if focus.text.is_none() && focus.cities.ids().is_empty() {
                    faults.add(
                        format!("/themes/{index}/focus/{place}"),
                        "a key focus needs a text or a city",
                    );
                }
            }
        }
    }

    fn validate_contacts(&self, faults: &mut Faults) {
        for (index, contact) in self.contacts.iter().enumerate() {
            let ways = [
                &contact.organisation,
                &contact.name,
                &contact.email,
                &contact.url,
            ];
            if ways.iter().all(|way| way.is_none()) {
                faults.add(
                    format!("/contacts/{index}"),
                    "a contact needs at least one of organisation, name, email and url",
                );
            }
        }
    }

    fn validate_sources(&self, faults: &mut Faults) {
        for (index, source) in self.sources.iter().enumerate() {
            if source.title.is_none() && source.url.is_none() {
                faults.add(
                    format!("/sources/{index}"),
                    "a source needs a title or a url",
                );
            }
        }
    }

    fn validate_cities(&self, faults: &mut Faults) {
        faults.add_duplicates("/cities", &self.cities, |city| city.city.id(), "the city");
        let leads = self
            .cities
            .iter()
            .filter(|city| city.role == PlanCityRole::Lead)
            .count();
        match self.kind {
            PlanKind::Pairing if leads > 1 => faults.add(
                "/cities",
                format!("a pairing has at most one lead city, but this one has {leads}"),
            ),
            PlanKind::Cluster if leads != 0 => faults.add("/cities", "a cluster has no lead city"),
            _ => {}
        }
    }
}

/// Which days count as those of a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActiveBy {
    /// Those of its period.
    #[default]
    Period,
    /// If it states no period, those from the first to the last of its dated activities.
    Activities,
}

/// An Urban Cooperation Action Plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Plan {
    /// The metadata that the service maintains.
    #[serde(flatten)]
    pub record: Record,
    /// The stored document.
    #[serde(flatten)]
    pub input: PlanInput,
    /// By what a list with the filter `active_by` found the plan; null in all other answers.
    #[schema(read_only)]
    pub active_by: Option<ActiveBy>,
    /// Relations that other plans state of this one, seen from this plan: up to 200. The list of plans finds all (`related_to`).
    #[schema(read_only)]
    pub inverse_relations: Vec<InverseRelation>,
}

/// The position of a city in degrees east and degrees north.
pub type Position = [f64; 2];

/// Sort keys of the list of plans.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanSort {
    /// When the record was created.
    #[default]
    CreatedAt,
    /// When the record was last changed.
    UpdatedAt,
    /// Title, in the order of code points.
    Title,
    /// Start of the period.
    PeriodStart,
}

impl SortKey for PlanSort {
    fn column(self, order: Order) -> Column {
        let (sql, cast) = match (self, order) {
            (Self::CreatedAt, _) => ("plans.created_at", Cast::Time),
            (Self::UpdatedAt, _) => ("plans.updated_at", Cast::Time),
            (Self::Title, _) => ("plans.folded_title", Cast::Text),
            (Self::PeriodStart, Order::Asc) => ("plans.period_start_ascending", Cast::Date),
            (Self::PeriodStart, Order::Desc) => ("plans.period_start_descending", Cast::Date),
        };
        Column {
            sql,
            id: "plans.id",
            cast,
        }
    }
}
