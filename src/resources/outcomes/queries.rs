//! The SQL of outcomes.

use super::model::{Outcome, OutcomeFilter, OutcomeInput, OutcomeSort};
use crate::conventions::paging::{DayBounds, DayKeys};
use crate::conventions::resource::filter::{FilterReference, ListFilter};
use crate::conventions::resource::references::Conflict;
use crate::conventions::resource::{
    Constraint, Readable, Record, Relation, Resource, Row, Rows, Writable,
};
use crate::database::schema::{outcomes, plan_themes};
use crate::database::sql::full_text::SearchSource;
use crate::database::sql::{Conditions, Metadata, NextVersion, Select};
use crate::domain::{Fault, FaultCode, RecordKind};
use crate::resources::plan_parts::{PartFilter, PartTables};
use crate::resources::references::links::Targets;
use crate::resources::references::names_of;
use diesel::prelude::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl};
use diesel::{QueryResult, insert_into, update};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::StreamExt;
use uuid::Uuid;

/// The value of the filter `theme` that asks for outcomes without one.
const WITHOUT_THEME: &str = "none";

/// How the days of outcomes bound the list in their order.
const DAYS: DayKeys = DayKeys {
    keys: &[
        ("outcomes.due_ascending", None),
        ("outcomes.due_descending", None),
    ],
    longest: Some("SELECT max(last_day - first_day) FROM outcomes"),
};

/// The tables beside that of outcomes.
pub const TABLES: PartTables = PartTables {
    parts: "outcomes",
    id: "outcome_id",
    cities: "outcome_cities",
    organisations: "outcome_organisations",
};

impl ListFilter for OutcomeFilter {
    fn references(&mut self) -> Vec<FilterReference<'_>> {
        vec![
            FilterReference::new("plan", RecordKind::Plan, &mut self.within_plan),
            FilterReference::new("plan", RecordKind::Plan, &mut self.plan),
            FilterReference::new("city", RecordKind::City, &mut self.city),
            FilterReference {
                except: Some(WITHOUT_THEME),
                ..FilterReference::new("theme", RecordKind::Theme, &mut self.theme)
            },
        ]
    }

    fn conditions(&self) -> Conditions {
        let mut conditions = Conditions::default();
        if !self.kind.is_empty() {
            conditions.add(outcomes::kind.eq_any(self.kind.clone()));
        }
        if !self.status.is_empty() {
            conditions.add(outcomes::status.eq_any(self.status.clone()));
        }
        let (from, to) = (self.due_from, self.due_to);
        conditions.add_some(from.map(|from| outcomes::last_day.ge(from.earliest())));
        conditions.add_some(to.map(|to| outcomes::first_day.le(to.latest())));
        if self.theme.contains(WITHOUT_THEME) {
            let named = outcomes::theme_id.eq_any(self.theme.ids());
            conditions.add(named.or(outcomes::theme_id.is_null()));
        } else if !self.theme.is_empty() {
            conditions.add(outcomes::theme_id.eq_any(self.theme.ids()));
        }
        let part = PartFilter {
            plans: [&self.within_plan, &self.plan],
            cities: &self.city,
            roles: self.city_role.iter().map(ToString::to_string).collect(),
            organisations: &self.organisation,
        };
        part.add_to(&mut conditions, &TABLES);
        conditions
    }

    fn days(&self) -> Option<DayBounds> {
        Some(DayBounds {
            keys: &DAYS,
            from: self.due_from,
            to: self.due_to,
        })
    }
}

impl Resource for Outcome {
    const KIND: RecordKind = RecordKind::Outcome;
    type Input = OutcomeInput;

    fn new(record: Record, input: OutcomeInput) -> Self {
        Self {
            record,
            input,
            plan_slug: String::new(),
            plan_title: String::new(),
            theme_slug: None,
            theme_name: None,
        }
    }

    fn record(&self) -> &Record {
        &self.record
    }

    fn record_mut(&mut self) -> &mut Record {
        &mut self.record
    }

    fn input(&self) -> &OutcomeInput {
        &self.input
    }

    async fn load_names(connection: &AsyncPgConnection, outcomes: &mut [Self]) -> QueryResult<()> {
        let mut targets = Targets::new(
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
}

impl Readable for Outcome {
    type Filter = OutcomeFilter;
    type Sort = OutcomeSort;

    const SEARCH: SearchSource = SearchSource {
        table: "outcomes",
        name: "coalesce(heading, '')",
        title: "coalesce(heading, left(description, 200))",
        text: "description",
    };
    const REFERS_TO: &'static [RecordKind] =
        &[RecordKind::Plan, RecordKind::City, RecordKind::Theme];
    const RELATIONS: &'static [Relation] = &[Relation {
        name: "plan",
        schema: "Plan",
        many: false,
    }];

    async fn rows<'a>(
        mut connection: &'a AsyncPgConnection,
        select: Select,
    ) -> QueryResult<Rows<'a, Row<Self>>> {
        let rows = select.typed::<OutcomeInput>().load_stream(&mut connection);
        Ok(rows.await?.boxed_local())
    }
}

impl Writable for Outcome {
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

    async fn insert(
        mut connection: &AsyncPgConnection,
        id: Uuid,
        input: OutcomeInput,
    ) -> QueryResult<Record> {
        insert_into(outcomes::table)
            .values((outcomes::id.eq(id), input))
            .returning(Metadata)
            .get_result(&mut connection)
            .await
    }

    async fn update(
        connection: &mut AsyncPgConnection,
        id: Uuid,
        input: OutcomeInput,
    ) -> QueryResult<Record> {
        update(outcomes::table.find(id))
            .set((input, NextVersion::new(outcomes::table)))
            .returning(Metadata)
            .get_result(connection)
            .await
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
}
