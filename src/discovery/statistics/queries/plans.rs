//! The statements that group plans by their own properties, one for each property.

use super::counted::{Counted, sorted};
use crate::database::schema::{
    cities, plan_cities, plan_sdgs, plan_themes, plan_topics, plan_urban_agenda, plans,
};
use crate::discovery::programmes;
use crate::discovery::statistics::model::{
    CountryCount, PlanCounts, ProgrammeCount, SdgCount, StatusCount, ThemeCount, ThemeSdgCount,
    TopicCount, UrbanAgendaCount, YearCount,
};
use crate::resources::plans::{GroupedBy, PlanStatus};
use crate::resources::references::{ThemeReference, themes_by_id};
use diesel::QueryResult;
use diesel::dsl::sql;
use diesel::prelude::{ExpressionMethods, JoinOnDsl, NullableExpressionMethods, QueryDsl};
use diesel::sql_types::Integer;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

diesel::allow_columns_to_appear_in_same_group_by_clause!(plan_themes::theme_id, plan_sdgs::goal);

/// Counts the plans by their properties.
pub(super) async fn count(
    mut connection: &AsyncPgConnection,
    counted: Counted<'_>,
) -> QueryResult<PlanCounts> {
    let plans = plans::table.filter(counted.refer_to("plans.id"));
    Ok(PlanCounts {
        plans: plans
            .select(counted.rows("plans.id"))
            .get_result(&mut connection)
            .await?,
        list: counted.lists.all(),
        by_status: by_status(connection, counted).await?,
        by_country: by_country(connection, counted).await?,
        by_theme: by_theme(connection, counted).await?,
        by_sdg: by_sdg(connection, counted).await?,
        by_urban_agenda: by_urban_agenda(connection, counted).await?,
        by_topic: by_topic(connection, counted).await?,
        by_programme: by_programme(connection, counted).await?,
        by_year: by_year(connection, counted).await?,
        themes_by_sdg: themes_by_sdg(connection, counted).await?,
    })
}

async fn by_status(
    mut connection: &AsyncPgConnection,
    counted: Counted<'_>,
) -> QueryResult<Vec<StatusCount>> {
    let groups = plans::table
        .filter(counted.refer_to("plans.id"))
        .group_by(plans::status);
    let counts: Vec<(Option<PlanStatus>, i64)> = groups
        .select((plans::status, counted.rows("plans.id")))
        .load(&mut connection)
        .await?;
    Ok(sorted(counts, |(status, plans)| StatusCount {
        list: counted.lists.of(
            GroupedBy::Status,
            status.map_or("none".to_owned(), |status| status.to_string()),
        ),
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
    let groups = links.group_by(cities::country).select((
        cities::country.assume_not_null(),
        counted.distinct("plan_cities.plan_id"),
    ));
    let counts: Vec<(String, i64)> = groups.load(&mut connection).await?;
    Ok(sorted(counts, |(country, plans)| CountryCount {
        list: counted.lists.of(GroupedBy::Country, &country),
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
        .select((plan_themes::theme_id, counted.rows("plan_themes.plan_id")))
        .load(&mut connection)
        .await?;
    let names = themes_by_id(connection, counts.iter().map(|(id, _)| *id).collect()).await?;
    let named = sorted(counts, |(theme_id, plans)| {
        let names = names.get(&theme_id)?.clone();
        let list = counted.lists.of(GroupedBy::Theme, &names.slug);
        let theme = ThemeReference { theme_id, names };
        Some(ThemeCount { theme, plans, list })
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
        .select((plan_sdgs::goal, counted.rows("plan_sdgs.plan_id")))
        .load(&mut connection)
        .await?;
    Ok(sorted(counts, |(goal, plans)| SdgCount {
        list: counted.lists.of(GroupedBy::Sdg, goal),
        goal,
        plans,
    }))
}

async fn by_urban_agenda(
    mut connection: &AsyncPgConnection,
    counted: Counted<'_>,
) -> QueryResult<Vec<UrbanAgendaCount>> {
    let groups = plan_urban_agenda::table
        .filter(counted.refer_to("plan_urban_agenda.plan_id"))
        .group_by(plan_urban_agenda::partnership);
    let counts: Vec<(String, i64)> = groups
        .select((
            plan_urban_agenda::partnership,
            counted.rows("plan_urban_agenda.plan_id"),
        ))
        .load(&mut connection)
        .await?;
    Ok(sorted(counts, |(partnership, plans)| UrbanAgendaCount {
        list: counted.lists.of(GroupedBy::UrbanAgenda, &partnership),
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
        .select((plan_topics::topic, counted.rows("plan_topics.plan_id")))
        .load(&mut connection)
        .await?;
    Ok(sorted(counts, |(topic, plans)| TopicCount {
        list: counted.lists.of(GroupedBy::Topic, &topic),
        topic,
        plans,
    }))
}

async fn by_programme(
    connection: &AsyncPgConnection,
    counted: Counted<'_>,
) -> QueryResult<Vec<ProgrammeCount>> {
    let selected = Some(counted.refer_to("plans.id"));
    let programmes = programmes::count(connection, counted.by, selected).await?;
    let counts = programmes.into_iter().map(|programme| ProgrammeCount {
        list: counted.lists.of(GroupedBy::Programme, &programme.name),
        programme: programme.name,
        plans: programme.plans,
    });
    Ok(counts.collect())
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
        .select((sql::<Integer>(year), counted.rows("plans.id")))
        .load(&mut connection)
        .await?;
    let mut years: Vec<YearCount> = counts
        .into_iter()
        .map(|(year, plans)| YearCount {
            year,
            plans,
            list: counted.lists.of(GroupedBy::Year, year),
        })
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
        .select((
            plan_themes::theme_id,
            plan_sdgs::goal,
            counted.distinct("plan_themes.plan_id"),
        ))
        .load(&mut connection)
        .await?;
    let mut cells: Vec<ThemeSdgCount> = counts
        .into_iter()
        .map(|(theme_id, goal, plans)| ThemeSdgCount {
            list: counted.lists.of_theme_and_goal(theme_id, goal),
            theme_id,
            goal,
            plans,
        })
        .collect();
    cells.sort_by_key(|cell| (cell.theme_id, cell.goal));
    Ok(cells)
}
