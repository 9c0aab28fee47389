//! The SQL of the statistics, with one statement for each grouping.

use super::model::{
    CountryCount, SdgCount, Statistics, StatusCount, ThemeCount, ThemeSdgCount, TopicCount,
    UrbanAgendaCount, YearCount,
};
use crate::conventions::resource::selection::Selection;
use crate::database::schema::{
    cities, plan_cities, plan_sdgs, plan_themes, plan_topics, plan_urban_agenda, plans,
};
use crate::database::sql::full_text::SearchMode;
use crate::database::sql::{In, SqlFragment};
use crate::resources::plans::{Plan, PlanFilter, PlanStatus};
use crate::resources::references::{ThemeReference, themes_by_id};
use diesel::QueryResult;
use diesel::dsl::{count_star, sql};
use diesel::prelude::{ExpressionMethods, JoinOnDsl, NullableExpressionMethods, QueryDsl};
use diesel::sql_types::{BigInt, Integer};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

diesel::allow_columns_to_appear_in_same_group_by_clause!(plan_themes::theme_id, plan_sdgs::goal);

/// The number of distinct plans in a group that may contain a plan more than once.
const DISTINCT: &str = "count(DISTINCT plan_cities.plan_id)";

/// The plans that are counted.
#[derive(Clone, Copy)]
struct Counted<'s> {
    selection: &'s Selection<PlanFilter>,
    mode: SearchMode,
}

impl Counted<'_> {
    /// The condition that a column refers to one of the counted plans.
    fn refer_to(self, column: &'static str) -> SqlFragment<In> {
        SqlFragment(self.selection.referred_by::<Plan>(column, self.mode))
    }
}

/// Counts the plans that the filters select.
pub async fn count(
    mut connection: &AsyncPgConnection,
    selection: &Selection<PlanFilter>,
) -> QueryResult<Statistics> {
    let mode = selection.search_mode::<Plan>(connection).await?;
    let counted = Counted { selection, mode };
    let plans = plans::table.filter(counted.refer_to("plans.id"));
    Ok(Statistics {
        plans: plans.count().get_result(&mut connection).await?,
        by_status: by_status(connection, counted).await?,
        by_country: by_country(connection, counted).await?,
        by_theme: by_theme(connection, counted).await?,
        by_sdg: by_sdg(connection, counted).await?,
        by_urban_agenda: by_urban_agenda(connection, counted).await?,
        by_topic: by_topic(connection, counted).await?,
        by_year: by_year(connection, counted).await?,
        themes_by_sdg: themes_by_sdg(connection, counted).await?,
    })
}

/// Sorts the largest counts first; equal counts keep their order.
fn sorted<T, C>(mut counts: Vec<(T, i64)>, count: impl Fn((T, i64)) -> C) -> Vec<C> {
    counts.sort_by_key(|(_, plans)| std::cmp::Reverse(*plans));
    counts.into_iter().map(count).collect()
}

async fn by_status(
    mut connection: &AsyncPgConnection,
    counted: Counted<'_>,
) -> QueryResult<Vec<StatusCount>> {
    let groups = plans::table
        .filter(counted.refer_to("plans.id"))
        .group_by(plans::status);
    let counts: Vec<(Option<PlanStatus>, i64)> = groups
        .select((plans::status, count_star()))
        .load(&mut connection)
        .await?;
    Ok(sorted(counts, |(status, plans)| StatusCount {
        status,
        plans,
    }))
}

async fn by_country(
    mut connection: &AsyncPgConnection,
    counted: Counted<'_>,
) -> QueryResult<Vec<CountryCount>> {
    let links = plan_cities::table
        .inner_join(cities::table)
        .filter(counted.refer_to("plan_cities.plan_id"))
        .filter(cities::country.is_not_null());
    let groups = links
        .group_by(cities::country)
        .select((cities::country.assume_not_null(), sql::<BigInt>(DISTINCT)));
    let counts: Vec<(String, i64)> = groups.load(&mut connection).await?;
    Ok(sorted(counts, |(country, plans)| CountryCount {
        country,
        plans,
    }))
}

async fn by_theme(
    mut connection: &AsyncPgConnection,
    counted: Counted<'_>,
) -> QueryResult<Vec<ThemeCount>> {
    let groups = plan_themes::table
        .filter(counted.refer_to("plan_themes.plan_id"))
        .group_by(plan_themes::theme_id);
    let counts: Vec<(Uuid, i64)> = groups
        .select((plan_themes::theme_id, count_star()))
        .load(&mut connection)
        .await?;
    let names = themes_by_id(connection, counts.iter().map(|(id, _)| *id).collect()).await?;
    let named = sorted(counts, |(theme_id, plans)| {
        let names = names.get(&theme_id)?.clone();
        let theme = ThemeReference { theme_id, names };
        Some(ThemeCount { theme, plans })
    });
    Ok(named.into_iter().flatten().collect())
}

async fn by_sdg(
    mut connection: &AsyncPgConnection,
    counted: Counted<'_>,
) -> QueryResult<Vec<SdgCount>> {
    let groups = plan_sdgs::table
        .filter(counted.refer_to("plan_sdgs.plan_id"))
        .group_by(plan_sdgs::goal);
    let counts: Vec<(i32, i64)> = groups
        .select((plan_sdgs::goal, count_star()))
        .load(&mut connection)
        .await?;
    Ok(sorted(counts, |(goal, plans)| SdgCount { goal, plans }))
}

async fn by_urban_agenda(
    mut connection: &AsyncPgConnection,
    counted: Counted<'_>,
) -> QueryResult<Vec<UrbanAgendaCount>> {
    let groups = plan_urban_agenda::table
        .filter(counted.refer_to("plan_urban_agenda.plan_id"))
        .group_by(plan_urban_agenda::partnership);
    let counts: Vec<(String, i64)> = groups
        .select((plan_urban_agenda::partnership, count_star()))
        .load(&mut connection)
        .await?;
    Ok(sorted(counts, |(partnership, plans)| UrbanAgendaCount {
        partnership,
        plans,
    }))
}

async fn by_topic(
    mut connection: &AsyncPgConnection,
    counted: Counted<'_>,
) -> QueryResult<Vec<TopicCount>> {
    let groups = plan_topics::table
        .filter(counted.refer_to("plan_topics.plan_id"))
        .group_by(plan_topics::topic);
    let counts: Vec<(String, i64)> = groups
        .select((plan_topics::topic, count_star()))
        .load(&mut connection)
        .await?;
    Ok(sorted(counts, |(topic, plans)| TopicCount { topic, plans }))
}

async fn by_year(
    mut connection: &AsyncPgConnection,
    counted: Counted<'_>,
) -> QueryResult<Vec<YearCount>> {
    let year = "extract(year FROM plans.period_start_descending)::integer";
    let starts = plans::table
        .filter(counted.refer_to("plans.id"))
        .filter(sql::<diesel::sql_types::Bool>(
            "plans.period ->> 'start' IS NOT NULL",
        ));
    let counts: Vec<(i32, i64)> = starts
        .group_by(sql::<Integer>(year))
        .select((sql::<Integer>(year), count_star()))
        .load(&mut connection)
        .await?;
    let mut years: Vec<YearCount> = counts
        .into_iter()
        .map(|(year, plans)| YearCount { year, plans })
        .collect();
    years.sort_by_key(|count| std::cmp::Reverse(count.year));
    Ok(years)
}

async fn themes_by_sdg(
    mut connection: &AsyncPgConnection,
    counted: Counted<'_>,
) -> QueryResult<Vec<ThemeSdgCount>> {
    let cells = plan_themes::table
        .inner_join(plan_sdgs::table.on(plan_sdgs::plan_id.eq(plan_themes::plan_id)));
    let cells = cells
        .filter(counted.refer_to("plan_themes.plan_id"))
        .group_by((plan_themes::theme_id, plan_sdgs::goal));
    let counts: Vec<(Uuid, i32, i64)> = cells
        .select((plan_themes::theme_id, plan_sdgs::goal, count_star()))
        .load(&mut connection)
        .await?;
    let mut cells: Vec<ThemeSdgCount> = counts
        .into_iter()
        .map(|(theme_id, goal, plans)| ThemeSdgCount {
            theme_id,
            goal,
            plans,
        })
        .collect();
    cells.sort_by_key(|cell| (cell.theme_id, cell.goal));
    Ok(cells)
}
