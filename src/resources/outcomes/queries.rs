//! The SQL of outcomes.

use super::derived::OutcomeDerived;
use super::model::{Outcome, OutcomeFilter, OutcomeInput, OutcomeSort};
use crate::conventions::paging::{DayBounds, DayKeys};
use crate::conventions::resource::filter::{FilterReference, ListFilter};
use crate::conventions::resource::references::Conflict;
use crate::conventions::resource::{
    Constraint, Readable, Record, Relation, Resource, Row, Rows, Writable,
};
use crate::database::schema::outcomes;
use crate::database::sql::full_text::SearchSource;
use crate::database::sql::{Conditions, Metadata, NextVersion, Select};
use crate::domain::{FaultCode, RecordKind};
use crate::resources::plan_parts::{self, PartFilter};
use diesel::prelude::{BoolExpressionMethods, ExpressionMethods, QueryDsl};
use diesel::{QueryResult, insert_into, update};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::StreamExt;
use uuid::Uuid;

/// The value of the filter `theme` for outcomes without a theme.
const WITHOUT_THEME: &str = "none";

/// The sort keys whose range the filters by due date limit.
const DAYS: DayKeys = DayKeys {
    keys: &[
        ("outcomes.due_ascending", None),
        ("outcomes.due_descending", None),
    ],
    longest: Some("SELECT max(last_day - first_day) FROM outcomes"),
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
        conditions.add_any_of(&self.kind, |any| outcomes::kind.eq_any(any));
        conditions.add_any_of(&self.status, |any| outcomes::status.eq_any(any));
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
        part.add_to::<Outcome>(&mut conditions);
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
        plan_parts::load_names(connection, outcomes).await
    }
}

impl Readable for Outcome {
    type Filter = OutcomeFilter;
    type Sort = OutcomeSort;

    const SEARCH: SearchSource = SearchSource {
        table: "outcomes",
        folded_name: "folded_heading",
        has_proper_names: false,
        title: "coalesce(heading, left(description, 200))",
        text: "array_to_string(description || search_texts(organisations, '$[*].name') \
               || search_texts(organisations, '$[*].acronym') || search_texts(indicators, '$[*].name') || note, ' … ')",
        parts: &[],
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
    type Derived = OutcomeDerived;

    const EXAMPLES: &'static str = include_str!("../../../openapi/examples/outcomes.json");
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
            "outcome_organisations_city_id_fkey",
            "/organisations",
            FaultCode::UnknownReference,
        ),
    ];

    fn derived(input: &OutcomeInput) -> Self::Derived {
        OutcomeDerived::from(input)
    }

    async fn insert(
        mut connection: &AsyncPgConnection,
        id: Uuid,
        input: OutcomeInput,
    ) -> QueryResult<Record> {
        insert_into(outcomes::table)
            .values((outcomes::id.eq(id), Self::derived(&input), input))
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
            .set((
                Self::derived(&input),
                input,
                NextVersion::new(outcomes::table),
            ))
            .returning(Metadata)
            .get_result(connection)
            .await
    }

    async fn conflicts(
        connection: &AsyncPgConnection,
        _: Uuid,
        input: &OutcomeInput,
    ) -> QueryResult<Vec<Conflict>> {
        let theme = input.theme_id.map(|id| ("/theme_id".to_owned(), id));
        plan_parts::foreign_themes(connection, input.plan_id, Vec::from_iter(theme)).await
    }
}
