//! The SQL of outcomes; that of their filters is in a file of its own.

mod filter;

use super::model::{Outcome, OutcomeFilter, OutcomeInput, OutcomeSort};
use crate::conventions::export::Rows;
use crate::conventions::include::MOST;
use crate::conventions::paging::{Days, Page};
use crate::conventions::problem::Problem;
use crate::conventions::references::{Conflict, Queue};
use crate::conventions::resource::{Constraint, Key, Name, Record, Resource};
use crate::database::clock_timestamp;
use crate::database::schema::{outcomes, plan_themes};
use crate::database::sql::full_text::Searched;
use crate::domain::{Fault, FaultCode};
use crate::resources::references::links::Targets;
use crate::resources::references::names_of;
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
    outcomes::id,
    outcomes::version,
    outcomes::created_at,
    outcomes::updated_at,
);
const RECORD: RecordColumns = (
    outcomes::id,
    outcomes::version,
    outcomes::created_at,
    outcomes::updated_at,
);
type Columns = (
    RecordColumns,
    <OutcomeInput as Selectable<Pg>>::SelectExpression,
);
type Row = (Record, OutcomeInput);

fn columns() -> Columns {
    (
        RECORD,
        <OutcomeInput as Selectable<Pg>>::construct_selection(),
    )
}

fn outcome((record, input): Row) -> Outcome {
    Outcome {
        record,
        input,
        plan_slug: String::new(),
        plan_title: String::new(),
        theme_slug: None,
        theme_name: None,
    }
}

/// How the days of outcomes bound the list in their order.
const DAYS: Days = Days {
    keys: &[
        ("outcomes.due_ascending", None),
        ("outcomes.due_descending", None),
    ],
    longest: Some("SELECT max(last_day - first_day) FROM outcomes"),
};

/// The plans of those records: pairs of the ids of both.
///
/// # Errors
/// The statement fails.
pub async fn plans_of(
    mut connection: &AsyncPgConnection,
    ids: Vec<Uuid>,
) -> QueryResult<Vec<(Uuid, Uuid)>> {
    outcomes::table
        .filter(outcomes::id.eq_any(ids))
        .select((outcomes::id, outcomes::plan_id))
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
) -> QueryResult<Vec<Outcome>> {
    let first = "outcomes.id IN (SELECT first.id FROM unnest(";
    let first = sql::<Bool>(first).bind::<Array<SqlUuid>, _>(plans).sql(") AS plan (id) CROSS JOIN LATERAL (SELECT other.id FROM outcomes AS other WHERE other.plan_id = plan.id ORDER BY other.position, other.id LIMIT ");
    let query = outcomes::table
        .filter(first.bind::<BigInt, _>(MOST).sql(") AS first)"))
        .order((outcomes::plan_id, outcomes::position, outcomes::id))
        .select(columns());
    let mut found: Vec<Outcome> = query
        .load::<Row>(&mut connection)
        .await?
        .into_iter()
        .map(outcome)
        .collect();
    Outcome::embed(connection, &mut found).await?;
    Ok(found)
}

impl Resource for Outcome {
    const NAME: Name = Name {
        schema: "Outcome",
        singular: "outcome",
        plural: "outcomes",
        has_slug: false,
    };
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("outcomes_pkey", "/id", FaultCode::Duplicate),
        Constraint::new(
            "outcomes_plan_id_fkey",
            "/plan_id",
            FaultCode::UnknownReference,
        ),
        Constraint::new(
            "outcomes_plan_theme_fkey",
            "/theme_id",
            FaultCode::UnknownReference,
        ),
        Constraint::new("outcomes_kind_known", "/kind", FaultCode::Enum),
        Constraint::new("outcomes_status_known", "/status", FaultCode::Enum),
        Constraint::new("outcomes_due_ordered", "/due/end", FaultCode::Rule),
        Constraint::new(
            "outcomes_position_not_negative",
            "/position",
            FaultCode::Minimum,
        ),
        Constraint::new("outcome_cities_pkey", "/cities", FaultCode::UniqueItems),
        Constraint::new(
            "outcome_cities_outcome_id_fkey",
            "/cities",
            FaultCode::UnknownReference,
        ),
        Constraint::new(
            "outcome_cities_city_id_fkey",
            "/cities",
            FaultCode::UnknownReference,
        ),
        Constraint::new("outcome_cities_role_known", "/cities", FaultCode::Enum),
        Constraint::new(
            "outcome_organisations_pkey",
            "/organisations",
            FaultCode::UniqueItems,
        ),
        Constraint::new(
            "outcome_organisations_outcome_id_fkey",
            "/organisations",
            FaultCode::UnknownReference,
        ),
        Constraint::new(
            "outcome_organisations_city_id_fkey",
            "/organisations",
            FaultCode::UnknownReference,
        ),
    ];
    const SEARCHED: Searched = Searched {
        table: "outcomes",
        name: "coalesce(heading, '')",
    };
    type Input = OutcomeInput;
    type Filter = OutcomeFilter;
    type Sort = OutcomeSort;

    fn record(&self) -> &Record {
        &self.record
    }

    fn record_mut(&mut self) -> &mut Record {
        &mut self.record
    }

    fn input(&self) -> &OutcomeInput {
        &self.input
    }

    fn of(record: Record, input: OutcomeInput) -> Self {
        outcome((record, input))
    }

    async fn find(mut connection: &AsyncPgConnection, key: &Key) -> QueryResult<Option<Self>> {
        let Key::Id(id) = key else { return Ok(None) };
        let row = outcomes::table
            .find(*id)
            .select(columns())
            .first::<Row>(&mut connection)
            .await
            .optional()?;
        Ok(row.map(outcome))
    }

    async fn lock(connection: &mut AsyncPgConnection, ids: &[Uuid]) -> QueryResult<Vec<Self>> {
        let query = outcomes::table
            .filter(outcomes::id.eq_any(ids))
            .order(outcomes::id)
            .select(columns())
            .for_no_key_update();
        Ok(query
            .load::<Row>(connection)
            .await?
            .into_iter()
            .map(outcome)
            .collect())
    }

    async fn page(
        mut connection: &AsyncPgConnection,
        filter: &OutcomeFilter,
        page: &Page<Self>,
    ) -> Result<Vec<(Self, String)>, Problem> {
        let mut query = filtered(connection, filter, Some(page.manner))
            .await?
            .select((columns(), page.key()))
            .order(page.ordering())
            .limit(page.rows());
        if let Some(within) = page.within(&DAYS, filter.due_from, filter.due_to) {
            query = query.filter(within);
        }
        if let Some(seek) = page.seek() {
            query = query.filter(seek);
        }
        let rows = query.load::<(Row, String)>(&mut connection).await?;
        Ok(rows
            .into_iter()
            .map(|(row, key)| (outcome(row), key))
            .collect())
    }

    async fn rows<'a>(
        mut connection: &'a AsyncPgConnection,
        filter: &OutcomeFilter,
    ) -> Result<Rows<'a, Self>, Problem> {
        let query = filtered(connection, filter, None)
            .await?
            .select(columns())
            .order(outcomes::id);
        Ok(query
            .load_stream::<Row>(&mut connection)
            .await?
            .map_ok(outcome)
            .boxed_local())
    }

    async fn count(
        mut connection: &AsyncPgConnection,
        filter: &OutcomeFilter,
        page: &Page<Self>,
    ) -> Result<i64, Problem> {
        Ok(filtered(connection, filter, Some(page.manner))
            .await?
            .count()
            .get_result(&mut connection)
            .await?)
    }

    async fn embed(connection: &AsyncPgConnection, outcomes: &mut [Self]) -> QueryResult<()> {
        let mut targets = Targets::of(
            outcomes
                .iter_mut()
                .flat_map(|outcome| outcome.input.content.links()),
        );
        targets
            .plans
            .extend(outcomes.iter().map(|outcome| outcome.input.plan_id));
        targets
            .themes
            .extend(outcomes.iter().filter_map(|outcome| outcome.input.theme_id));
        let names = names_of(connection, targets).await?;
        for outcome in outcomes {
            outcome
                .input
                .content
                .links()
                .for_each(|link| link.name(&names));
            if let Some(plan) = names.plans.get(&outcome.input.plan_id) {
                outcome.plan_slug = plan.slug.to_string();
                outcome.plan_title.clone_from(&plan.title);
            }
            let theme = outcome.input.theme_id.and_then(|id| names.themes.get(&id));
            outcome.theme_slug = theme.map(|theme| theme.slug.to_string());
            outcome.theme_name = theme.map(|theme| theme.name.clone());
        }
        Ok(())
    }

    fn queue(input: &OutcomeInput) -> Option<Queue> {
        // Whoever appends to the same plan at the same time waits and comes after.
        (input.position == OutcomeInput::UNASSIGNED).then(|| Queue {
            key: format!("outcomes/{}", input.plan_id),
            alone: true,
        })
    }

    async fn assign(
        mut connection: &AsyncPgConnection,
        inputs: &mut [&mut OutcomeInput],
    ) -> QueryResult<()> {
        let plans: HashSet<Uuid> = inputs
            .iter()
            .filter(|input| input.position == OutcomeInput::UNASSIGNED)
            .map(|input| input.plan_id)
            .collect();
        if plans.is_empty() {
            return Ok(());
        }
        let last = outcomes::table
            .filter(outcomes::plan_id.eq_any(plans))
            .group_by(outcomes::plan_id);
        let last = last
            .select((outcomes::plan_id, max(outcomes::position).assume_not_null()))
            .load::<(Uuid, i32)>(&mut connection)
            .await?;
        let mut last: HashMap<Uuid, i32> = last.into_iter().collect();
        for input in inputs {
            let last = last
                .entry(input.plan_id)
                .or_insert(OutcomeInput::UNASSIGNED);
            if input.position == OutcomeInput::UNASSIGNED {
                input.position = last.saturating_add(1).min(OutcomeInput::LAST);
            }
            *last = input.position.max(*last);
        }
        Ok(())
    }

    async fn conflicts(
        mut connection: &AsyncPgConnection,
        _: Uuid,
        input: &OutcomeInput,
    ) -> QueryResult<Vec<Conflict>> {
        let Some(theme) = input.theme_id else {
            return Ok(Vec::new());
        };
        let known = plan_themes::table
            .find((input.plan_id, theme))
            .select(plan_themes::theme_id);
        let known: Option<Uuid> = known.first(&mut connection).await.optional()?;
        let conflict = known.is_none().then(|| Conflict {
            fault: Fault::at(
                "/theme_id",
                FaultCode::UnknownReference,
                "this theme is not one of the plan's themes",
            ),
            related: Vec::new(),
        });
        Ok(conflict.into_iter().collect())
    }

    async fn insert(
        mut connection: &AsyncPgConnection,
        id: Uuid,
        input: OutcomeInput,
    ) -> QueryResult<Record> {
        insert_into(outcomes::table)
            .values((outcomes::id.eq(id), input))
            .returning(RECORD)
            .get_result(&mut connection)
            .await
    }

    async fn update(
        connection: &mut AsyncPgConnection,
        id: Uuid,
        input: OutcomeInput,
    ) -> QueryResult<Self> {
        let version = outcomes::version.eq(outcomes::version + 1);
        let row = update(outcomes::table.find(id))
            .set((input, version, outcomes::updated_at.eq(clock_timestamp())))
            .returning(columns());
        row.get_result::<Row>(connection).await.map(outcome)
    }

    async fn delete(connection: &mut AsyncPgConnection, id: Uuid) -> QueryResult<()> {
        delete(outcomes::table.find(id))
            .execute(connection)
            .await
            .map(drop)
    }
}
