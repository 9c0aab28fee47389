//! The SQL of plans.

use super::derived::PlanDerived;
use super::filter::PlanFilter;
use super::model::{ActiveBy, Plan, PlanInput, PlanSort, Position};
use super::relations::inverse_relations;
use crate::conventions::http::problem::RelatedRecord;
use crate::conventions::resource::filter::RecordKeys;
use crate::conventions::resource::references::Conflict;
use crate::conventions::resource::{
    Constraint, Nested, Readable, Record, Relation, Resource, Row, Rows, Writable,
};
use crate::database::schema::{activity_themes, cities, outcomes, plan_relations, plans};
use crate::database::sql::full_text::SearchSource;
use crate::database::sql::{Metadata, NextVersion, Select};
use crate::domain::{Fault, FaultCode, RecordKind};
use crate::resources::references::links::Targets;
use crate::resources::references::{MAX_USERS, names_of, users};
use diesel::prelude::{ExpressionMethods, NullableExpressionMethods, QueryDsl};
use diesel::{QueryResult, insert_into, update};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::StreamExt;
use futures_util::future::try_join;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The coordinates of cities, as far as they are known.
///
/// # Errors
/// The statement fails.
pub async fn positions(
    mut connection: &AsyncPgConnection,
    ids: HashSet<Uuid>,
) -> QueryResult<HashMap<Uuid, Position>> {
    let located = cities::table
        .filter(cities::id.eq_any(ids))
        .filter(cities::longitude.is_not_null());
    let located = located.select((
        cities::id,
        cities::longitude.assume_not_null(),
        cities::latitude.assume_not_null(),
    ));
    let rows: Vec<(Uuid, f64, f64)> = located.load(&mut connection).await?;
    Ok(rows
        .into_iter()
        .map(|(id, longitude, latitude)| (id, [longitude, latitude]))
        .collect())
}

impl Resource for Plan {
    const KIND: RecordKind = RecordKind::Plan;
    type Input = PlanInput;

    fn new(record: Record, input: PlanInput) -> Self {
        Self {
            record,
            input,
            active_by: None,
            inverse_relations: Vec::new(),
        }
    }

    fn record(&self) -> &Record {
        &self.record
    }

    fn record_mut(&mut self) -> &mut Record {
        &mut self.record
    }

    fn input(&self) -> &PlanInput {
        &self.input
    }

    async fn load_names(connection: &AsyncPgConnection, plans: &mut [Self]) -> QueryResult<()> {
        let targets = Targets::new(plans.iter_mut().flat_map(|plan| plan.input.links()));
        let ids = plans.iter().map(|plan| plan.record.id).collect();
        // The statements are sent without waiting for the results in between.
        let inverse = inverse_relations(connection, ids);
        let (names, mut inverse) = try_join(names_of(connection, targets), inverse).await?;
        for plan in plans {
            plan.input.links().for_each(|link| link.set_names(&names));
            plan.inverse_relations = inverse.remove(&plan.record.id).unwrap_or_default();
        }
        Ok(())
    }
}

impl Nested for Plan {
    const PARENT: RecordKind = RecordKind::City;
    const SORT: PlanSort = PlanSort::CreatedAt;

    fn parent(filter: &mut PlanFilter) -> &mut RecordKeys {
        &mut filter.within_city
    }
}

impl Readable for Plan {
    type Filter = PlanFilter;
    type Sort = PlanSort;

    const SEARCH: SearchSource = SearchSource {
        table: "plans",
        folded_name: "folded_title",
        has_proper_names: false,
        title: "title",
        text: "array_to_string(objectives || challenges || search_texts(themes, '$[*].label') \
               || search_texts(themes, '$[*].focus[*].text') \
               || search_texts(topics, '$[*].label') || search_texts(relations, '$[*].text') || programme || note, ' … ')",
        parts: &[],
    };
    const REFERS_TO: &'static [RecordKind] = &[RecordKind::City, RecordKind::Theme];
    const RELATIONS: &'static [Relation] = &[
        Relation {
            name: "activities",
            schema: "Activity",
            many: true,
        },
        Relation {
            name: "outcomes",
            schema: "Outcome",
            many: true,
        },
    ];

    fn annotate(&mut self, filter: &PlanFilter) {
        let period = &self.input.period;
        self.active_by = match filter.active_by {
            Some(ActiveBy::Activities) if period.start.is_none() && period.end.is_none() => {
                Some(ActiveBy::Activities)
            }
            Some(_) if filter.has_range() => Some(ActiveBy::Period),
            Some(_) | None => None,
        };
    }

    async fn rows<'a>(
        mut connection: &'a AsyncPgConnection,
        select: Select,
    ) -> QueryResult<Rows<'a, Row<Self>>> {
        let rows = select.typed::<PlanInput>().load_stream(&mut connection);
        Ok(rows.await?.boxed_local())
    }
}

impl Writable for Plan {
    type Derived = PlanDerived;

    const EXAMPLES: &'static str = include_str!("../../../openapi/examples/plans.json");
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("plans_pkey", "/id", FaultCode::Duplicate),
        Constraint::new("plans_slug_key", "/slug", FaultCode::Duplicate),
        Constraint::new("plans_slug_format", "/slug", FaultCode::Format),
        Constraint::new("plans_title_length", "/title", FaultCode::MaxLength),
        Constraint::new("plans_kind_known", "/kind", FaultCode::Enum),
        Constraint::new("plans_status_known", "/status", FaultCode::Enum),
        Constraint::new("plans_period_ordered", "/period/end", FaultCode::Rule),
        Constraint::new("plans_lead_by_kind", "/cities", FaultCode::Rule),
        Constraint::new("plan_cities_pkey", "/cities", FaultCode::UniqueItems),
        Constraint::new(
            "plan_cities_city_id_fkey",
            "/cities",
            FaultCode::UnknownReference,
        ),
        Constraint::new("plan_countries_pkey", "/cities", FaultCode::UniqueItems),
        Constraint::new("plan_city_roles_pkey", "/cities", FaultCode::UniqueItems),
        Constraint::new("plan_cities_role_known", "/cities", FaultCode::Enum),
        Constraint::new("plan_themes_pkey", "/themes", FaultCode::UniqueItems),
        Constraint::new(
            "plan_themes_theme_id_fkey",
            "/themes",
            FaultCode::UnknownReference,
        ),
        Constraint::new("plan_focus_cities_pkey", "/themes", FaultCode::UniqueItems),
        Constraint::new(
            "plan_focus_cities_city_id_fkey",
            "/themes",
            FaultCode::UnknownReference,
        ),
        Constraint::new("plan_sdgs_pkey", "/sdgs", FaultCode::UniqueItems),
        Constraint::new("plan_sdgs_goal_range", "/sdgs", FaultCode::Maximum),
        Constraint::new(
            "plan_urban_agenda_pkey",
            "/urban_agenda",
            FaultCode::UniqueItems,
        ),
        Constraint::new(
            "plan_urban_agenda_partnership_fkey",
            "/urban_agenda",
            FaultCode::UnknownReference,
        ),
        Constraint::new("plan_topics_pkey", "/topics", FaultCode::UniqueItems),
        Constraint::new(
            "plan_topics_topic_fkey",
            "/topics",
            FaultCode::UnknownReference,
        ),
        Constraint::new("plans_language_format", "/language", FaultCode::Pattern),
        Constraint::new("plan_relations_pkey", "/relations", FaultCode::UniqueItems),
        Constraint::new(
            "plan_relations_plan_kind_key",
            "/relations",
            FaultCode::UniqueItems,
        ),
        Constraint::new(
            "plan_relations_related_plan_id_fkey",
            "/relations",
            FaultCode::UnknownReference,
        ),
        Constraint::new("plan_relations_kind_known", "/relations", FaultCode::Enum),
        Constraint::new("plan_relations_not_itself", "/relations", FaultCode::Rule),
        Constraint::new(
            "activity_themes_plan_theme_fkey",
            "/themes",
            FaultCode::InUse,
        ),
        Constraint::new("outcomes_plan_theme_fkey", "/themes", FaultCode::InUse),
    ];

    fn derived(input: &PlanInput) -> Self::Derived {
        PlanDerived::from(input)
    }

    async fn insert(
        mut connection: &AsyncPgConnection,
        id: Uuid,
        input: PlanInput,
    ) -> QueryResult<Record> {
        insert_into(plans::table)
            .values((plans::id.eq(id), Self::derived(&input), input))
            .returning(Metadata)
            .get_result(&mut connection)
            .await
    }

    async fn update(
        connection: &mut AsyncPgConnection,
        id: Uuid,
        input: PlanInput,
    ) -> QueryResult<Record> {
        update(plans::table.find(id))
            .set((Self::derived(&input), input, NextVersion::new(plans::table)))
            .returning(Metadata)
            .get_result(connection)
            .await
    }

    async fn conflicts(
        connection: &AsyncPgConnection,
        id: Uuid,
        input: &PlanInput,
    ) -> QueryResult<Vec<Conflict>> {
        let removed = removed_themes_in_use(connection, id, input).await?;
        let mut relations = input.relations.iter();
        let itself = relations.position(|relation| relation.plan.id() == Some(id));
        let itself = itself.map(|index| {
            let pointer = format!("/relations/{index}/plan_id");
            Conflict {
                fault: Fault::at(
                    pointer,
                    FaultCode::Rule,
                    "a plan cannot be related to itself",
                ),
                related: Vec::new(),
            }
        });
        Ok(removed.into_iter().chain(itself).collect())
    }

    async fn usage(
        mut connection: &AsyncPgConnection,
        id: Uuid,
    ) -> QueryResult<Vec<RelatedRecord>> {
        let relating = plan_relations::table
            .filter(plan_relations::related_plan_id.eq(id))
            .select(plan_relations::plan_id)
            .limit(MAX_USERS);
        let plans = relating.load(&mut connection).await?;
        users(connection, plans, Vec::new(), Vec::new()).await
    }
}

/// The conflict with activities and outcomes that serve a theme which the input removes from the plan.
async fn removed_themes_in_use(
    mut connection: &AsyncPgConnection,
    id: Uuid,
    input: &PlanInput,
) -> QueryResult<Option<Conflict>> {
    let kept: Vec<Uuid> = input.themes.iter().map(|theme| theme.theme.id()).collect();
    let serving = activity_themes::table
        .filter(activity_themes::plan_id.eq(id))
        .filter(activity_themes::theme_id.ne_all(kept.clone()));
    let activities: Vec<Uuid> = serving
        .select(activity_themes::activity_id)
        .limit(MAX_USERS)
        .load(&mut connection)
        .await?;
    let serving = outcomes::table
        .filter(outcomes::plan_id.eq(id))
        .filter(outcomes::theme_id.is_not_null())
        .filter(outcomes::theme_id.ne_all(kept));
    let serving = serving.select(outcomes::id).limit(MAX_USERS);
    let outcomes: Vec<Uuid> = serving.load(&mut connection).await?;
    let related = users(connection, Vec::new(), activities, outcomes).await?;
    let detail = "activities or outcomes of the plan serve a theme that would be removed from it";
    Ok((!related.is_empty()).then(|| Conflict {
        fault: Fault::at("/themes", FaultCode::InUse, detail),
        related,
    }))
}
