//! The statements that group plans by what belongs to them.

use super::counted::{Counted, sorted};
use crate::database::schema::activities;
use crate::database::sql::Conditions;
use crate::discovery::organisations::{self, NamedBy};
use crate::discovery::statistics::model::{ActivityKindCount, OrganisationCount, YearCount};
use crate::resources::activities::ActivityKind;
use crate::resources::plans::GroupedBy;
use diesel::QueryResult;
use diesel::dsl::sql;
use diesel::prelude::{ExpressionMethods, QueryDsl};
use diesel::sql_types::Integer;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// The number of organisations that are listed.
const LISTED: usize = 50;

pub(super) async fn by_activity_kind(
    mut connection: &AsyncPgConnection,
    counted: Counted<'_>,
) -> QueryResult<Vec<ActivityKindCount>> {
    let groups = activities::table
        .filter(counted.refer_to("activities.plan_id"))
        .group_by(activities::kind);
    let counts: Vec<(ActivityKind, i64)> = groups
        .select((activities::kind, counted.distinct("activities.plan_id")))
        .load(&mut connection)
        .await?;
    Ok(sorted(counts, |(kind, plans)| ActivityKindCount {
        list: counted.lists.of(GroupedBy::ActivityKind, kind),
        kind,
        plans,
    }))
}

pub(super) async fn by_activity_year(
    mut connection: &AsyncPgConnection,
    counted: Counted<'_>,
) -> QueryResult<Vec<YearCount>> {
    let year = "extract(year FROM activities.first_day)::integer";
    let dated = activities::table
        .filter(counted.refer_to("activities.plan_id"))
        .filter(activities::first_day.is_not_null())
        .filter(sql::<diesel::sql_types::Bool>(
            "activities.date ->> 'start' IS NOT NULL",
        ));
    let counts: Vec<(i32, i64)> = dated
        .group_by(sql::<Integer>(year))
        .select((sql::<Integer>(year), counted.distinct("activities.plan_id")))
        .load(&mut connection)
        .await?;
    let years = counts.into_iter().map(|(year, plans)| YearCount {
        list: counted.lists.of(GroupedBy::ActivityYear, year),
        year,
        plans,
    });
    let mut years: Vec<YearCount> = years.collect();
    years.sort_by_key(|count| std::cmp::Reverse(count.year));
    Ok(years)
}

pub(super) async fn by_organisation(
    connection: &AsyncPgConnection,
    counted: Counted<'_>,
) -> QueryResult<Vec<OrganisationCount>> {
    let named_by = NamedBy {
        activities: &|| Conditions::default().and(counted.refer_to("activities.plan_id")),
        outcomes: Some(&|| Conditions::default().and(counted.refer_to("outcomes.plan_id"))),
    };
    let mut most = organisations::count(connection, counted.by, &named_by).await?;
    most.truncate(LISTED);
    let names = organisations::names(connection, &most).await?;
    let counts = most
        .into_iter()
        .zip(names)
        .map(|(found, organisation)| OrganisationCount {
            list: counted.lists.of(GroupedBy::Organisation, &organisation),
            organisation,
            plans: found.plans,
        });
    Ok(counts.collect())
}
