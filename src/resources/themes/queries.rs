//! The SQL of themes.

use super::derived::ThemeDerived;
use super::model::{Theme, ThemeFilter, ThemeInput, ThemeSort};
use crate::conventions::http::problem::RelatedRecord;
use crate::conventions::resource::filter::ListFilter;
use crate::conventions::resource::{Constraint, Readable, Record, Resource, Row, Rows, Writable};
use crate::database::schema::{activity_themes, outcomes, plan_themes, theme_urban_agenda, themes};
use crate::database::sql::full_text::SearchSource;
use crate::database::sql::{Conditions, Metadata, NextVersion, Select};
use crate::domain::{FaultCode, RecordKind};
use crate::resources::references::{MAX_USERS, users};
use diesel::prelude::{ExpressionMethods, PgArrayExpressionMethods, QueryDsl};
use diesel::{QueryResult, insert_into, update};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::StreamExt;
use uuid::Uuid;

impl ListFilter for ThemeFilter {
    fn conditions(&self) -> Conditions {
        let mut conditions = Conditions::default();
        conditions.add_any_of(&self.sdg, |any| themes::sdgs.overlaps_with(any));
        conditions.add_any_of(&self.urban_agenda, |any| {
            let links =
                theme_urban_agenda::table.filter(theme_urban_agenda::partnership.eq_any(any));
            themes::id.eq_any(links.select(theme_urban_agenda::theme_id))
        });
        conditions
    }
}

impl Resource for Theme {
    const KIND: RecordKind = RecordKind::Theme;
    type Input = ThemeInput;

    fn new(record: Record, input: ThemeInput) -> Self {
        Self { record, input }
    }

    fn record(&self) -> &Record {
        &self.record
    }

    fn record_mut(&mut self) -> &mut Record {
        &mut self.record
    }

    fn input(&self) -> &ThemeInput {
        &self.input
    }
}

impl Readable for Theme {
    type Filter = ThemeFilter;
    type Sort = ThemeSort;

    const SEARCH: SearchSource = SearchSource {
        table: "themes",
        folded_name: "folded_name",
        has_proper_names: true,
        title: "name",
        text: "array_to_string(aliases || description, ' … ')",
        parts: &[],
    };

    async fn rows<'a>(
        mut connection: &'a AsyncPgConnection,
        select: Select,
    ) -> QueryResult<Rows<'a, Row<Self>>> {
        let rows = select.typed::<ThemeInput>().load_stream(&mut connection);
        Ok(rows.await?.boxed_local())
    }
}

impl Writable for Theme {
    type Derived = ThemeDerived;

    const EXAMPLES: &'static str = include_str!("../../../openapi/examples/themes.json");
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("themes_pkey", "/id", FaultCode::Duplicate),
        Constraint::new("themes_slug_key", "/slug", FaultCode::Duplicate),
        Constraint::new("themes_slug_format", "/slug", FaultCode::Format),
        Constraint::new("themes_name_length", "/name", FaultCode::MaxLength),
        Constraint::new("themes_sdgs_range", "/sdgs", FaultCode::Maximum),
        Constraint::new(
            "theme_urban_agenda_pkey",
            "/urban_agenda",
            FaultCode::UniqueItems,
        ),
        Constraint::new(
            "theme_urban_agenda_partnership_fkey",
            "/urban_agenda",
            FaultCode::UnknownReference,
        ),
    ];

    fn derived(input: &ThemeInput) -> Self::Derived {
        ThemeDerived::from(input)
    }

    async fn insert(
        mut connection: &AsyncPgConnection,
        id: Uuid,
        input: ThemeInput,
    ) -> QueryResult<Record> {
        insert_into(themes::table)
            .values((themes::id.eq(id), Self::derived(&input), input))
            .returning(Metadata)
            .get_result(&mut connection)
            .await
    }

    async fn update(
        connection: &mut AsyncPgConnection,
        id: Uuid,
        input: ThemeInput,
    ) -> QueryResult<Record> {
        update(themes::table.find(id))
            .set((
                Self::derived(&input),
                input,
                NextVersion::new(themes::table),
            ))
            .returning(Metadata)
            .get_result(connection)
            .await
    }

    async fn usage(
        mut connection: &AsyncPgConnection,
        id: Uuid,
    ) -> QueryResult<Vec<RelatedRecord>> {
        let plans = plan_themes::table
            .filter(plan_themes::theme_id.eq(id))
            .select(plan_themes::plan_id)
            .limit(MAX_USERS)
            .load(&mut connection)
            .await?;
        let serving = activity_themes::table
            .filter(activity_themes::theme_id.eq(id))
            .select(activity_themes::activity_id)
            .limit(MAX_USERS);
        let activities = serving.load(&mut connection).await?;
        let outcomes = outcomes::table
            .filter(outcomes::theme_id.eq(id))
            .select(outcomes::id)
            .limit(MAX_USERS)
            .load(&mut connection)
            .await?;
        users(connection, plans, activities, outcomes).await
    }
}
