//! The SQL of activities; that of their filters is in a file of its own.

mod filter;

use super::model::{Activity, ActivityFilter, ActivityInput, ActivitySort};
use crate::conventions::export::Rows;
use crate::conventions::include::MOST;
use crate::conventions::paging::{Days, Page};
use crate::conventions::problem::Problem;
use crate::conventions::references::{Conflict, Queue};
use crate::conventions::resource::{Constraint, Key, Name, Record, Resource};
use crate::database::clock_timestamp;
use crate::database::schema::{activities, plan_themes};
use crate::database::sql::full_text::Searched;
use crate::domain::{Fault, FaultCode};
use crate::resources::references::links::Targets;
use crate::resources::references::{ThemeReference, names_of};
use diesel::dsl::{max, sql};
use diesel::pg::Pg;
use diesel::prelude::{
    ExpressionMethods, NullableExpressionMethods, OptionalExtension, QueryDsl, Selectable,
};
use diesel::sql_types::{Array, BigInt, Bool, Uuid as SqlUuid};
use diesel::{QueryResult, delete, insert_into, update};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use filter::filtered;
use futures_util::{StreamExt, TryStreamExt};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

type RecordColumns = (
    activities::id,
    activities::version,
    activities::created_at,
    activities::updated_at,
);
const RECORD: RecordColumns = (
    activities::id,
    activities::version,
    activities::created_at,
    activities::updated_at,
);
type Columns = (
    RecordColumns,
    <ActivityInput as Selectable<Pg>>::SelectExpression,
);
type Row = (Record, ActivityInput);

fn columns() -> Columns {
    (
        RECORD,
        <ActivityInput as Selectable<Pg>>::construct_selection(),
    )
}

fn activity((record, input): Row) -> Activity {
    Activity {
        record,
        input,
        plan_slug: String::new(),
        plan_title: String::new(),
        themes: Vec::new(),
    }
}

/// How the days of activities bound the list in their order.
const DAYS: Days = Days {
    keys: &[
        ("activities.date_ascending", None),
        ("activities.date_descending", None),
    ],
    longest: Some("SELECT max(last_day - first_day) FROM activities"),
};

/// The plans of those records: pairs of the ids of both.
///
/// # Errors
/// The statement fails.
pub async fn plans_of(
    mut connection: &AsyncPgConnection,
    ids: Vec<Uuid>,
) -> QueryResult<Vec<(Uuid, Uuid)>> {
    activities::table
        .filter(activities::id.eq_any(ids))
        .select((activities::id, activities::plan_id))
        .load(&mut connection)
        .await
}

/// The first of each of those plans, in their order, with names.
///
/// # Errors
/// A statement fails.
pub async fn of_plans(
    mut connection: &AsyncPgConnection,
    plans: Vec<Uuid>,
) -> QueryResult<Vec<Activity>> {
    let first = "activities.id IN (SELECT first.id FROM unnest(";
    let first = sql::<Bool>(first).bind::<Array<SqlUuid>, _>(plans).sql(") AS plan (id) CROSS JOIN LATERAL (SELECT other.id FROM activities AS other WHERE other.plan_id = plan.id ORDER BY other.position, other.id LIMIT ");
    let query = activities::table
        .filter(first.bind::<BigInt, _>(MOST).sql(") AS first)"))
        .order((activities::plan_id, activities::position, activities::id))
        .select(columns());
    let mut found: Vec<Activity> = query
        .load::<Row>(&mut connection)
        .await?
        .into_iter()
        .map(activity)
        .collect();
    Activity::embed(connection, &mut found).await?;
    Ok(found)
}

impl Resource for Activity {
    const NAME: Name = Name {
        schema: "Activity",
        singular: "activity",
        plural: "activities",
        has_slug: false,
    };
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("activities_pkey", "/id", FaultCode::Duplicate),
        Constraint::new(
            "activities_plan_id_fkey",
            "/plan_id",
            FaultCode::UnknownReference,
        ),
        Constraint::new("activities_title_length", "/title", FaultCode::MaxLength),
        Constraint::new("activities_kind_known", "/kind", FaultCode::Enum),
        Constraint::new("activities_mode_known", "/mode", FaultCode::Enum),
        Constraint::new("activities_status_known", "/status", FaultCode::Enum),
        Constraint::new("activities_date_ordered", "/date/end", FaultCode::Rule),
        Constraint::new(
            "activities_position_not_negative",
            "/position",
            FaultCode::Minimum,
        ),
        Constraint::new("activity_cities_pkey", "/cities", FaultCode::UniqueItems),
        Constraint::new(
            "activity_cities_activity_id_fkey",
            "/cities",
            FaultCode::UnknownReference,
        ),
        Constraint::new(
            "activity_cities_city_id_fkey",
            "/cities",
            FaultCode::UnknownReference,
        ),
        Constraint::new("activity_cities_role_known", "/cities", FaultCode::Enum),
        Constraint::new(
            "activity_organisations_pkey",
            "/organisations",
            FaultCode::UniqueItems,
        ),
        Constraint::new(
            "activity_organisations_activity_id_fkey",
            "/organisations",
            FaultCode::UnknownReference,
        ),
        Constraint::new(
            "activity_organisations_city_id_fkey",
            "/organisations",
            FaultCode::UnknownReference,
        ),
        Constraint::new("activity_themes_pkey", "/theme_ids", FaultCode::UniqueItems),
        Constraint::new(
            "activity_themes_activity_id_fkey",
            "/theme_ids",
            FaultCode::UnknownReference,
        ),
        Constraint::new(
            "activity_themes_plan_id_fkey",
            "/plan_id",
            FaultCode::UnknownReference,
        ),
        Constraint::new(
            "activity_themes_plan_theme_fkey",
            "/theme_ids",
            FaultCode::UnknownReference,
        ),
    ];
    const SEARCHED: Searched = Searched {
        table: "activities",
        name: "title",
    };
    type Input = ActivityInput;
    type Filter = ActivityFilter;
    type Sort = ActivitySort;

    fn record(&self) -> &Record {
        &self.record
    }

    fn record_mut(&mut self) -> &mut Record {
        &mut self.record
    }

    fn input(&self) -> &ActivityInput {
        &self.input
    }

    fn of(record: Record, input: ActivityInput) -> Self {
        activity((record, input))
    }

    async fn find(mut connection: &AsyncPgConnection, key: &Key) -> QueryResult<Option<Self>> {
        let Key::Id(id) = key else { return Ok(None) };
        let row = activities::table
            .find(*id)
            .select(columns())
            .first::<Row>(&mut connection)
            .await
            .optional()?;
        Ok(row.map(activity))
    }

    async fn lock(connection: &mut AsyncPgConnection, ids: &[Uuid]) -> QueryResult<Vec<Self>> {
        let query = activities::table
            .filter(activities::id.eq_any(ids))
            .order(activities::id)
            .select(columns())
            .for_no_key_update();
        Ok(query
            .load::<Row>(connection)
            .await?
            .into_iter()
            .map(activity)
            .collect())
    }

    async fn page(
        mut connection: &AsyncPgConnection,
        filter: &ActivityFilter,
        page: &Page<Self>,
    ) -> Result<Vec<(Self, String)>, Problem> {
        let mut query = filtered(connection, filter, Some(page.manner))
            .await?
            .select((columns(), page.key()))
            .order(page.ordering())
            .limit(page.rows());
        if let Some(within) = page.within(&DAYS, filter.date_from, filter.date_to) {
            query = query.filter(within);
        }
        if let Some(seek) = page.seek() {
            query = query.filter(seek);
        }
        let rows = query.load::<(Row, String)>(&mut connection).await?;
        Ok(rows
            .into_iter()
            .map(|(row, key)| (activity(row), key))
            .collect())
    }

    async fn rows<'a>(
        mut connection: &'a AsyncPgConnection,
        filter: &ActivityFilter,
    ) -> Result<Rows<'a, Self>, Problem> {
        let query = filtered(connection, filter, None)
            .await?
            .select(columns())
            .order(activities::id);
        Ok(query
            .load_stream::<Row>(&mut connection)
            .await?
            .map_ok(activity)
            .boxed_local())
    }

    async fn count(
        mut connection: &AsyncPgConnection,
        filter: &ActivityFilter,
        page: &Page<Self>,
    ) -> Result<i64, Problem> {
        Ok(filtered(connection, filter, Some(page.manner))
            .await?
            .count()
            .get_result(&mut connection)
            .await?)
    }

    async fn embed(connection: &AsyncPgConnection, activities: &mut [Self]) -> QueryResult<()> {
        let mut targets = Targets::of(
            activities
                .iter_mut()
                .flat_map(|activity| activity.input.content.links()),
        );
        targets
            .plans
            .extend(activities.iter().map(|activity| activity.input.plan_id));
        targets.themes.extend(
            activities
                .iter()
                .flat_map(|activity| &activity.input.theme_ids),
        );
        let names = names_of(connection, targets).await?;
        for activity in activities {
            activity
                .input
                .content
                .links()
                .for_each(|link| link.name(&names));
            if let Some(plan) = names.plans.get(&activity.input.plan_id) {
                activity.plan_slug = plan.slug.to_string();
                activity.plan_title.clone_from(&plan.title);
            }
            let themes = activity.input.theme_ids.iter();
            activity.themes = themes
                .filter_map(|id| {
                    Some(ThemeReference {
                        theme_id: *id,
                        names: names.themes.get(id)?.clone(),
                    })
                })
                .collect();
        }
        Ok(())
    }

    fn queue(input: &ActivityInput) -> Option<Queue> {
        // Whoever appends to the same plan at the same time waits and comes after.
        (input.position == ActivityInput::UNASSIGNED).then(|| Queue {
            key: format!("activities/{}", input.plan_id),
            alone: true,
        })
    }

    async fn assign(
        mut connection: &AsyncPgConnection,
        inputs: &mut [&mut ActivityInput],
    ) -> QueryResult<()> {
        let plans: HashSet<Uuid> = inputs
            .iter()
            .filter(|input| input.position == ActivityInput::UNASSIGNED)
            .map(|input| input.plan_id)
            .collect();
        if plans.is_empty() {
            return Ok(());
        }
        let last = activities::table
            .filter(activities::plan_id.eq_any(plans))
            .group_by(activities::plan_id);
        let last = last
            .select((
                activities::plan_id,
                max(activities::position).assume_not_null(),
            ))
            .load::<(Uuid, i32)>(&mut connection)
            .await?;
        let mut last: HashMap<Uuid, i32> = last.into_iter().collect();
        for input in inputs {
            let last = last
                .entry(input.plan_id)
                .or_insert(ActivityInput::UNASSIGNED);
            if input.position == ActivityInput::UNASSIGNED {
                input.position = last.saturating_add(1).min(ActivityInput::LAST);
            }
            *last = input.position.max(*last);
        }
        Ok(())
    }

    async fn conflicts(
        mut connection: &AsyncPgConnection,
        _: Uuid,
        input: &ActivityInput,
    ) -> QueryResult<Vec<Conflict>> {
        let themes = plan_themes::table
            .filter(plan_themes::plan_id.eq(input.plan_id))
            .select(plan_themes::theme_id);
        let themes: Vec<Uuid> = themes.load(&mut connection).await?;
        let foreign = input
            .theme_ids
            .iter()
            .enumerate()
            .filter(|(_, id)| !themes.contains(id));
        let conflicts = foreign.map(|(index, _)| Conflict {
            fault: Fault::at(
                format!("/theme_ids/{index}"),
                FaultCode::UnknownReference,
                "this theme is not one of the plan's themes",
            ),
            related: Vec::new(),
        });
        Ok(conflicts.collect())
    }

    async fn insert(
        mut connection: &AsyncPgConnection,
        id: Uuid,
        input: ActivityInput,
    ) -> QueryResult<Record> {
        insert_into(activities::table)
            .values((activities::id.eq(id), input))
            .returning(RECORD)
            .get_result(&mut connection)
            .await
    }

    async fn update(
        connection: &mut AsyncPgConnection,
        id: Uuid,
        input: ActivityInput,
    ) -> QueryResult<Self> {
        let version = activities::version.eq(activities::version + 1);
        let row = update(activities::table.find(id))
            .set((input, version, activities::updated_at.eq(clock_timestamp())))
            .returning(columns());
        row.get_result::<Row>(connection).await.map(activity)
    }

    async fn delete(connection: &mut AsyncPgConnection, id: Uuid) -> QueryResult<()> {
        delete(activities::table.find(id))
            .execute(connection)
            .await
            .map(drop)
    }
}
