//! The SQL of the statistics: a statement for each way to group.

use super::model::{
    CountryCount, SdgCount, Statistics, StatusCount, ThemeCount, ThemeSdgCount, UrbanAgendaCount,
    YearCount,
};
use crate::conventions::resource::filter::Selection;
use crate::database::schema::{
    cities, plan_cities, plan_sdgs, plan_themes, plan_urban_agenda, plans,
};
use crate::database::sql::SqlFragment;
use crate::database::sql::full_text::SearchMode;
use crate::resources::plans::{Plan, PlanFilter, PlanStatus};
use crate::resources::references::{ThemeReference, themes_by_id};
use diesel::QueryResult;
use diesel::dsl::{count_star, sql};
use diesel::prelude::{ExpressionMethods, JoinOnDsl, NullableExpressionMethods, QueryDsl};
use diesel::sql_types::{BigInt, Integer};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

diesel::allow_columns_to_appear_in_same_group_by_clause!(plan_themes::theme_id, plan_sdgs::goal);

/// How many plans a row of a group stands for: it may have a plan twice.
const DISTINCT: &str = "count(DISTINCT plan_cities.plan_id)";

/// Counts the plans that a filter describes.
pub async fn count(
    mut connection: &AsyncPgConnection,
    selection: &Selection<PlanFilter>,
) -> QueryResult<Statistics> {
    let mode = selection.search_mode::<Plan>(connection).await?;
    let ids = |column| SqlFragment(selection.referred_by::<Plan>(column, mode));
    let plans = plans::table.filter(ids("plans.id")).count();
    let plans = plans.get_result(&mut connection).await?;
    let status = plans::table.filter(ids("plans.id")).group_by(plans::status);
    let status: Vec<(PlanStatus, i64)> = status
        .select((plans::status, count_star()))
        .load(&mut connection)
        .await?;
    let countries = plan_cities::table
        .inner_join(cities::table)
        .filter(ids("plan_cities.plan_id"))
        .filter(cities::country.is_not_null());
    let countries = countries
        .group_by(cities::country)
        .select((cities::country.assume_not_null(), sql::<BigInt>(DISTINCT)));
    let countries: Vec<(String, i64)> = countries.load(&mut connection).await?;
    let themes = plan_themes::table
        .filter(ids("plan_themes.plan_id"))
        .group_by(plan_themes::theme_id);
    let themes: Vec<(Uuid, i64)> = themes
        .select((plan_themes::theme_id, count_star()))
        .load(&mut connection)
        .await?;
    let goals = plan_sdgs::table
        .filter(ids("plan_sdgs.plan_id"))
        .group_by(plan_sdgs::goal);
    let goals: Vec<(i32, i64)> = goals
        .select((plan_sdgs::goal, count_star()))
        .load(&mut connection)
        .await?;
    let agenda = plan_urban_agenda::table
        .filter(ids("plan_urban_agenda.plan_id"))
        .group_by(plan_urban_agenda::partnership);
    let agenda: Vec<(String, i64)> = agenda
        .select((plan_urban_agenda::partnership, count_star()))
        .load(&mut connection)
        .await?;
    Ok(Statistics {
        plans,
        by_status: sorted(status)
            .into_iter()
            .map(|(status, plans)| StatusCount { status, plans })
            .collect(),
        by_country: sorted(countries)
            .into_iter()
            .map(|(country, plans)| CountryCount { country, plans })
            .collect(),
        by_theme: named(connection, sorted(themes)).await?,
        by_sdg: sorted(goals)
            .into_iter()
            .map(|(goal, plans)| SdgCount { goal, plans })
            .collect(),
        by_urban_agenda: sorted(agenda)
            .into_iter()
            .map(|(partnership, plans)| UrbanAgendaCount { partnership, plans })
            .collect(),
        by_year: by_year(connection, selection, mode).await?,
        themes_by_sdg: themes_by_sdg(connection, selection, mode).await?,
    })
}

/// The largest first; of those of one size, the order of the groups.
fn sorted<T>(mut counts: Vec<(T, i64)>) -> Vec<(T, i64)> {
    counts.sort_by_key(|(_, plans)| std::cmp::Reverse(*plans));
    counts
}

async fn named(
    connection: &AsyncPgConnection,
    counts: Vec<(Uuid, i64)>,
) -> QueryResult<Vec<ThemeCount>> {
    let names = themes_by_id(connection, counts.iter().map(|(id, _)| *id).collect()).await?;
    let named = counts.into_iter().filter_map(|(theme_id, plans)| {
        Some(ThemeCount {
            theme: ThemeReference {
                theme_id,
                names: names.get(&theme_id)?.clone(),
            },
            plans,
        })
    });
    Ok(named.collect())
}

async fn by_year(
    mut connection: &AsyncPgConnection,
    selection: &Selection<PlanFilter>,
    mode: SearchMode,
) -> QueryResult<Vec<YearCount>> {
    let year = "extract(year FROM plans.period_start_descending)::integer";
    let starts = plans::table
        .filter(SqlFragment(selection.referred_by::<Plan>("plans.id", mode)))
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
    selection: &Selection<PlanFilter>,
    mode: SearchMode,
) -> QueryResult<Vec<ThemeSdgCount>> {
    let cells = plan_themes::table
        .inner_join(plan_sdgs::table.on(plan_sdgs::plan_id.eq(plan_themes::plan_id)));
    let cells = cells
        .filter(SqlFragment(
            selection.referred_by::<Plan>("plan_themes.plan_id", mode),
        ))
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
