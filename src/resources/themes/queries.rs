//! The SQL of themes.

use super::model::{Theme, ThemeFilter, ThemeInput, ThemeSort};
use crate::conventions::http::problem::{Problem, RelatedRecord};
use crate::conventions::paging::Page;
use crate::conventions::resource::Rows;
use crate::conventions::resource::references::{Conflict, Queue};
use crate::conventions::resource::slugs;
use crate::conventions::resource::{Constraint, Key, Name, Record, Resource};
use crate::database::clock_timestamp;
use crate::database::schema::{activity_themes, outcomes, plan_themes, theme_urban_agenda, themes};
use crate::database::sql::full_text::{Manner, Searched};
use crate::domain::FaultCode;
use crate::resources::references::{activities_as_users, outcomes_as_users, plans_as_users};
use diesel::pg::Pg;
use diesel::prelude::{
    ExpressionMethods, OptionalExtension, PgArrayExpressionMethods, QueryDsl, Selectable,
};
use diesel::{QueryResult, delete, insert_into, update};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::StreamExt;
use uuid::Uuid;

type RecordColumns = (
    themes::id,
    themes::version,
    themes::created_at,
    themes::updated_at,
);
const RECORD: RecordColumns = (
    themes::id,
    themes::version,
    themes::created_at,
    themes::updated_at,
);
type Columns = (
    RecordColumns,
    <ThemeInput as Selectable<Pg>>::SelectExpression,
);

fn columns() -> Columns {
    (
        RECORD,
        <ThemeInput as Selectable<Pg>>::construct_selection(),
    )
}

async fn filtered(
    connection: &AsyncPgConnection,
    filter: &ThemeFilter,
    manner: Option<Manner>,
) -> QueryResult<themes::BoxedQuery<'static, Pg>> {
    let mut query = themes::table.into_boxed();
    if !filter.sdg.is_empty() {
        query = query.filter(themes::sdgs.overlaps_with(filter.sdg.clone()));
    }
    if !filter.urban_agenda.is_empty() {
        let matching = theme_urban_agenda::table
            .filter(theme_urban_agenda::partnership.eq_any(filter.urban_agenda.clone()));
        query = query.filter(themes::id.eq_any(matching.select(theme_urban_agenda::theme_id)));
    }
    if let Some(after) = filter.updated_after {
        query = query.filter(themes::updated_at.gt(after));
    }
    if let Some(before) = filter.updated_before {
        query = query.filter(themes::updated_at.lt(before));
    }
    if let Some(text) = &filter.q {
        query = query.filter(Theme::SEARCHED.search(connection, text, manner).await?);
    }
    Ok(query)
}

impl Resource for Theme {
    const NAME: Name = Name {
        schema: "Theme",
        singular: "theme",
        plural: "themes",
        has_slug: true,
    };
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
            "theme_urban_agenda_theme_id_fkey",
            "/urban_agenda",
            FaultCode::UnknownReference,
        ),
        Constraint::new(
            "theme_urban_agenda_partnership_fkey",
            "/urban_agenda",
            FaultCode::UnknownReference,
        ),
    ];
    const SEARCHED: Searched = Searched {
        table: "themes",
        name: "name",
    };
    type Input = ThemeInput;
    type Filter = ThemeFilter;
    type Sort = ThemeSort;

    fn record(&self) -> &Record {
        &self.record
    }

    fn record_mut(&mut self) -> &mut Record {
        &mut self.record
    }

    fn input(&self) -> &ThemeInput {
        &self.input
    }

    fn of(record: Record, input: ThemeInput) -> Self {
        Self { record, input }
    }

    async fn find(mut connection: &AsyncPgConnection, key: &Key) -> QueryResult<Option<Self>> {
        let query = themes::table.select(columns()).into_boxed();
        let query = match key {
            Key::Id(id) => query.filter(themes::id.eq(*id)),
            Key::Slug(slug) => query.filter(themes::slug.eq(slug.clone())),
        };
        query.first(&mut connection).await.optional()
    }

    async fn lock(connection: &mut AsyncPgConnection, ids: &[Uuid]) -> QueryResult<Vec<Self>> {
        themes::table
            .filter(themes::id.eq_any(ids))
            .order(themes::id)
            .select(columns())
            .for_no_key_update()
            .load(connection)
            .await
    }

    async fn page(
        mut connection: &AsyncPgConnection,
        filter: &ThemeFilter,
        page: &Page<Self::Sort>,
    ) -> Result<Vec<(Self, String)>, Problem> {
        let mut query = filtered(connection, filter, Some(page.manner))
            .await?
            .select((columns(), page.key()))
            .order(page.ordering())
            .limit(page.rows());
        if let Some(seek) = page.seek() {
            query = query.filter(seek);
        }
        Ok(query.load(&mut connection).await?)
    }

    async fn rows<'a>(
        mut connection: &'a AsyncPgConnection,
        filter: &ThemeFilter,
    ) -> Result<Rows<'a, Self>, Problem> {
        let query = filtered(connection, filter, None)
            .await?
            .select(columns())
            .order(themes::id);
        Ok(query
            .load_stream::<Self>(&mut connection)
            .await?
            .boxed_local())
    }

    async fn count(
        mut connection: &AsyncPgConnection,
        filter: &ThemeFilter,
        page: &Page<Self::Sort>,
    ) -> Result<i64, Problem> {
        Ok(filtered(connection, filter, Some(page.manner))
            .await?
            .count()
            .get_result(&mut connection)
            .await?)
    }

    fn queue(input: &ThemeInput) -> Option<Queue> {
        Some(slugs::queue(&Self::NAME, &input.slug, &input.name))
    }

    async fn assign(
        connection: &AsyncPgConnection,
        inputs: &mut [&mut ThemeInput],
    ) -> QueryResult<()> {
        let unnamed = inputs.iter_mut().filter(|input| input.slug.is_unassigned());
        slugs::assign(
            connection,
            &Self::NAME,
            unnamed
                .map(|input| (&mut input.slug, input.name.as_str()))
                .collect(),
        )
        .await
    }

    async fn conflicts(
        connection: &AsyncPgConnection,
        id: Uuid,
        input: &ThemeInput,
    ) -> QueryResult<Vec<Conflict>> {
        slugs::conflicts(connection, &Self::NAME, id, &input.slug).await
    }

    async fn usage(
        mut connection: &AsyncPgConnection,
        id: Uuid,
    ) -> QueryResult<Vec<RelatedRecord>> {
        let plans = plan_themes::table
            .filter(plan_themes::theme_id.eq(id))
            .select(plan_themes::plan_id)
            .load(&mut connection)
            .await?;
        let serving = activity_themes::table
            .filter(activity_themes::theme_id.eq(id))
            .select(activity_themes::activity_id);
        let activities = serving.load(&mut connection).await?;
        let outcomes = outcomes::table
            .filter(outcomes::theme_id.eq(id))
            .select(outcomes::id)
            .load(&mut connection)
            .await?;
        let mut users = plans_as_users(connection, plans).await?;
        users.extend(activities_as_users(connection, activities).await?);
        users.extend(outcomes_as_users(connection, outcomes).await?);
        Ok(users)
    }

    async fn insert(
        mut connection: &AsyncPgConnection,
        id: Uuid,
        input: ThemeInput,
    ) -> QueryResult<Record> {
        insert_into(themes::table)
            .values((themes::id.eq(id), input))
            .returning(RECORD)
            .get_result(&mut connection)
            .await
    }

    async fn update(
        connection: &mut AsyncPgConnection,
        id: Uuid,
        input: ThemeInput,
    ) -> QueryResult<Self> {
        let version = themes::version.eq(themes::version + 1);
        update(themes::table.find(id))
            .set((input, version, themes::updated_at.eq(clock_timestamp())))
            .returning(columns())
            .get_result(connection)
            .await
    }

    async fn delete(connection: &mut AsyncPgConnection, id: Uuid) -> QueryResult<()> {
        delete(themes::table.find(id))
            .execute(connection)
            .await
            .map(drop)
    }
}
