//! The SQL of plans; that of their filters and of their findings is in files of its own.

mod filter;
mod findings;

pub use filter::filtered;

use super::model::{Plan, PlanFilter, PlanInput, PlanSort, Position};
use crate::conventions::export::Rows;
use crate::conventions::paging::{Days, Narrow, Order, Page};
use crate::conventions::problem::{Problem, RelatedRecord};
use crate::conventions::references::{Conflict, Queue};
use crate::conventions::resource::{Constraint, Key, Name, Record, Resource};
use crate::conventions::slugs;
use crate::database::schema::{activity_themes, cities, outcomes, plan_relations, plans};
use crate::database::sql::full_text::Searched;
use crate::database::{Database, clock_timestamp};
use crate::domain::{Fault, FaultCode};
use crate::resources::references::links::Targets;
use crate::resources::references::{
    activities_as_users, names_of, outcomes_as_users, plans_as_users,
};
use diesel::pg::Pg;
use diesel::prelude::{
    ExpressionMethods, NullableExpressionMethods, OptionalExtension, QueryDsl, Selectable,
};
use diesel::{QueryResult, delete, insert_into, update};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::StreamExt;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Plans of a country by their periods.
const BY_COUNTRY: Narrow = Narrow {
    table: "plan_countries",
    id: "plan_id",
    value: "country",
    keys: &["period_start_ascending", "period_start_descending"],
};

type RecordColumns = (
    plans::id,
    plans::version,
    plans::created_at,
    plans::updated_at,
);
const RECORD: RecordColumns = (
    plans::id,
    plans::version,
    plans::created_at,
    plans::updated_at,
);
type Columns = (
    RecordColumns,
    <PlanInput as Selectable<Pg>>::SelectExpression,
);

fn columns() -> Columns {
    (RECORD, <PlanInput as Selectable<Pg>>::construct_selection())
}

/// Where the end of a period bounds the list by its start. Periods may be open, so that there is no longest.
const DAYS: Days = Days {
    keys: &[("plans.period_start_descending", Some(Order::Desc))],
    longest: None,
};

/// Those plans, with names.
///
/// # Errors
/// A statement fails.
pub async fn by_id(mut connection: &AsyncPgConnection, ids: Vec<Uuid>) -> QueryResult<Vec<Plan>> {
    let mut found: Vec<Plan> = plans::table
        .filter(plans::id.eq_any(ids))
        .select(columns())
        .load(&mut connection)
        .await?;
    Plan::embed(connection, &mut found).await?;
    Ok(found)
}

/// Where those cities are, as far as that is known.
///
/// # Errors
/// The statement fails.
pub async fn positions(
    mut connection: &AsyncPgConnection,
    ids: HashSet<Uuid>,
) -> QueryResult<HashMap<Uuid, Position>> {
    let places = cities::table
        .filter(cities::id.eq_any(ids))
        .filter(cities::longitude.is_not_null());
    let places = places.select((
        cities::id,
        cities::longitude.assume_not_null(),
        cities::latitude.assume_not_null(),
    ));
    let rows: Vec<(Uuid, f64, f64)> = places.load(&mut connection).await?;
    Ok(rows
        .into_iter()
        .map(|(id, longitude, latitude)| (id, [longitude, latitude]))
        .collect())
}

/// The activities and outcomes of a plan that serve a theme which the input does not have.
async fn users_of_other_themes(
    mut connection: &AsyncPgConnection,
    plan: Uuid,
    input: &PlanInput,
) -> QueryResult<Vec<RelatedRecord>> {
    let kept: Vec<Uuid> = input.themes.iter().map(|theme| theme.theme.id()).collect();
    let serving = activity_themes::table
        .filter(activity_themes::plan_id.eq(plan))
        .filter(activity_themes::theme_id.ne_all(kept.clone()));
    let activities: Vec<Uuid> = serving
        .select(activity_themes::activity_id)
        .load(&mut connection)
        .await?;
    let serving = outcomes::table
        .filter(outcomes::plan_id.eq(plan))
        .filter(outcomes::theme_id.is_not_null())
        .filter(outcomes::theme_id.ne_all(kept));
    let outcomes: Vec<Uuid> = serving.select(outcomes::id).load(&mut connection).await?;
    let mut users = activities_as_users(connection, activities).await?;
    users.extend(outcomes_as_users(connection, outcomes).await?);
    Ok(users)
}

impl Resource for Plan {
    const NAME: Name = Name {
        schema: "Plan",
        singular: "plan",
        plural: "plans",
        has_slug: true,
    };
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("plans_pkey", "/id", FaultCode::Duplicate),
        Constraint::new("plans_slug_key", "/slug", FaultCode::Duplicate),
        Constraint::new("plans_slug_format", "/slug", FaultCode::Format),
        Constraint::new("plans_title_length", "/title", FaultCode::MaxLength),
        Constraint::new("plans_kind_known", "/kind", FaultCode::Enum),
        Constraint::new("plans_status_known", "/status", FaultCode::Enum),
        Constraint::new("plans_period_ordered", "/period/end", FaultCode::Rule),
        Constraint::new("plans_lead_by_kind", "/cities", FaultCode::Rule),
        Constraint::new("plans_cities_distinct", "/cities", FaultCode::UniqueItems),
        Constraint::new("plans_themes_distinct", "/themes", FaultCode::UniqueItems),
        Constraint::new("plan_cities_pkey", "/cities", FaultCode::UniqueItems),
        Constraint::new(
            "plan_cities_plan_id_fkey",
            "/cities",
            FaultCode::UnknownReference,
        ),
        Constraint::new(
            "plan_cities_city_id_fkey",
            "/cities",
            FaultCode::UnknownReference,
        ),
        Constraint::new("plan_countries_pkey", "/cities", FaultCode::UniqueItems),
        Constraint::new(
            "plan_countries_plan_id_fkey",
            "/cities",
            FaultCode::UnknownReference,
        ),
        Constraint::new("plan_cities_role_known", "/cities", FaultCode::Enum),
        Constraint::new("plan_themes_pkey", "/themes", FaultCode::UniqueItems),
        Constraint::new(
            "plan_themes_plan_id_fkey",
            "/themes",
            FaultCode::UnknownReference,
        ),
        Constraint::new(
            "plan_themes_theme_id_fkey",
            "/themes",
            FaultCode::UnknownReference,
        ),
        Constraint::new("plan_focus_cities_pkey", "/themes", FaultCode::UniqueItems),
        Constraint::new(
            "plan_focus_cities_plan_id_fkey",
            "/themes",
            FaultCode::UnknownReference,
        ),
        Constraint::new(
            "plan_focus_cities_city_id_fkey",
            "/themes",
            FaultCode::UnknownReference,
        ),
        Constraint::new("plan_sdgs_pkey", "/sdgs", FaultCode::UniqueItems),
        Constraint::new(
            "plan_sdgs_plan_id_fkey",
            "/sdgs",
            FaultCode::UnknownReference,
        ),
        Constraint::new("plan_sdgs_goal_range", "/sdgs", FaultCode::Maximum),
        Constraint::new(
            "plan_urban_agenda_pkey",
            "/urban_agenda",
            FaultCode::UniqueItems,
        ),
        Constraint::new(
            "plan_urban_agenda_plan_id_fkey",
            "/urban_agenda",
            FaultCode::UnknownReference,
        ),
        Constraint::new(
            "plan_urban_agenda_partnership_fkey",
            "/urban_agenda",
            FaultCode::UnknownReference,
        ),
        Constraint::new("plan_relations_pkey", "/relations", FaultCode::UniqueItems),
        Constraint::new(
            "plan_relations_plan_id_fkey",
            "/relations",
            FaultCode::UnknownReference,
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
    const SEARCHED: Searched = Searched {
        table: "plans",
        name: "title",
    };
    type Input = PlanInput;
    type Filter = PlanFilter;
    type Sort = PlanSort;

    fn record(&self) -> &Record {
        &self.record
    }

    fn record_mut(&mut self) -> &mut Record {
        &mut self.record
    }

    fn input(&self) -> &PlanInput {
        &self.input
    }

    fn of(record: Record, input: PlanInput) -> Self {
        Self { record, input }
    }

    async fn find(mut connection: &AsyncPgConnection, key: &Key) -> QueryResult<Option<Self>> {
        let query = plans::table.select(columns()).into_boxed();
        let query = match key {
            Key::Id(id) => query.filter(plans::id.eq(*id)),
            Key::Slug(slug) => query.filter(plans::slug.eq(slug.clone())),
        };
        query.first(&mut connection).await.optional()
    }

    async fn lock(connection: &mut AsyncPgConnection, ids: &[Uuid]) -> QueryResult<Vec<Self>> {
        plans::table
            .filter(plans::id.eq_any(ids))
            .order(plans::id)
            .select(columns())
            .for_no_key_update()
            .load(connection)
            .await
    }

    async fn page(
        mut connection: &AsyncPgConnection,
        filter: &PlanFilter,
        page: &Page<Self>,
    ) -> Result<Vec<(Self, String)>, Problem> {
        let query = match filter
            .only_country()
            .and_then(|country| page.narrowed(&BY_COUNTRY, country.as_str()))
        {
            Some(narrowed) => plans::table.into_boxed().filter(narrowed),
            None => {
                let mut query = filtered(connection, filter, Some(page.manner)).await?;
                if let Some(within) = page.within(&DAYS, None, filter.active_to) {
                    query = query.filter(within);
                }
                match page.seek() {
                    Some(seek) => query.filter(seek),
                    None => query,
                }
            }
        };
        Ok(query
            .select((columns(), page.key()))
            .order(page.ordering())
            .limit(page.rows())
            .load(&mut connection)
            .await?)
    }

    async fn settle(database: &Database, filter: &PlanFilter) -> Result<(), Problem> {
        if filter.has_finding.is_empty() {
            Ok(())
        } else {
            findings::settle(database).await
        }
    }

    fn is_narrow(filter: &PlanFilter, page: &Page<Self>) -> bool {
        filter
            .only_country()
            .is_some_and(|country| page.narrowed(&BY_COUNTRY, country.as_str()).is_some())
    }

    async fn rows<'a>(
        mut connection: &'a AsyncPgConnection,
        filter: &PlanFilter,
    ) -> Result<Rows<'a, Self>, Problem> {
        let query = filtered(connection, filter, None)
            .await?
            .select(columns())
            .order(plans::id);
        Ok(query
            .load_stream::<Self>(&mut connection)
            .await?
            .boxed_local())
    }

    async fn count(
        mut connection: &AsyncPgConnection,
        filter: &PlanFilter,
        page: &Page<Self>,
    ) -> Result<i64, Problem> {
        Ok(filtered(connection, filter, Some(page.manner))
            .await?
            .count()
            .get_result(&mut connection)
            .await?)
    }

    async fn embed(connection: &AsyncPgConnection, plans: &mut [Self]) -> QueryResult<()> {
        let targets = Targets::of(plans.iter_mut().flat_map(|plan| plan.input.links()));
        let names = names_of(connection, targets).await?;
        plans
            .iter_mut()
            .flat_map(|plan| plan.input.links())
            .for_each(|link| link.name(&names));
        Ok(())
    }

    fn queue(input: &PlanInput) -> Option<Queue> {
        Some(slugs::queue(&Self::NAME, &input.slug, &input.title))
    }

    async fn assign(
        connection: &AsyncPgConnection,
        inputs: &mut [&mut PlanInput],
    ) -> QueryResult<()> {
        let unnamed = inputs.iter_mut().filter(|input| input.slug.is_unassigned());
        slugs::assign(
            connection,
            &Self::NAME,
            unnamed
                .map(|input| (&mut input.slug, input.title.as_str()))
                .collect(),
        )
        .await
    }

    async fn conflicts(
        connection: &AsyncPgConnection,
        id: Uuid,
        input: &PlanInput,
    ) -> QueryResult<Vec<Conflict>> {
        let mut conflicts = slugs::conflicts(connection, &Self::NAME, id, &input.slug).await?;
        let related = users_of_other_themes(connection, id, input).await?;
        if !related.is_empty() {
            let detail =
                "a theme that activities or outcomes of the plan serve cannot be taken out of it";
            conflicts.push(Conflict {
                fault: Fault::at("/themes", FaultCode::InUse, detail),
                related,
            });
        }
        let itself = input
            .relations
            .iter()
            .position(|relation| relation.plan.id() == id);
        conflicts.extend(itself.map(|index| {
            let pointer = format!("/relations/{index}/plan_id");
            Conflict {
                fault: Fault::at(pointer, FaultCode::Rule, "a plan does not relate to itself"),
                related: Vec::new(),
            }
        }));
        Ok(conflicts)
    }

    async fn usage(
        mut connection: &AsyncPgConnection,
        id: Uuid,
    ) -> QueryResult<Vec<RelatedRecord>> {
        let relating = plan_relations::table
            .filter(plan_relations::related_plan_id.eq(id))
            .select(plan_relations::plan_id);
        let plans = relating.load(&mut connection).await?;
        plans_as_users(connection, plans).await
    }

    async fn insert(
        mut connection: &AsyncPgConnection,
        id: Uuid,
        input: PlanInput,
    ) -> QueryResult<Record> {
        insert_into(plans::table)
            .values((plans::id.eq(id), input))
            .returning(RECORD)
            .get_result(&mut connection)
            .await
    }

    async fn update(
        connection: &mut AsyncPgConnection,
        id: Uuid,
        input: PlanInput,
    ) -> QueryResult<Self> {
        let version = plans::version.eq(plans::version + 1);
        update(plans::table.find(id))
            .set((input, version, plans::updated_at.eq(clock_timestamp())))
            .returning(columns())
            .get_result(connection)
            .await
    }

    async fn delete(connection: &mut AsyncPgConnection, id: Uuid) -> QueryResult<()> {
        delete(plans::table.find(id))
            .execute(connection)
            .await
            .map(drop)
    }
}
