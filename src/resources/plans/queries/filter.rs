//! The SQL of the filters of plans.

use crate::conventions::problem::Problem;
use crate::conventions::references::{id_of_key, ids_of_filter};
use crate::conventions::resource::Resource;
use crate::database::schema::{
    cities, plan_cities, plan_countries, plan_finding_codes, plan_sdgs, plan_themes,
    plan_urban_agenda, plans,
};
use crate::database::sql::full_text::Manner;
use crate::resources::plans::{Plan, PlanFilter};
use diesel::pg::Pg;
use diesel::prelude::{ExpressionMethods, QueryDsl};
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

type Links = plan_cities::BoxedQuery<'static, Pg, SqlUuid>;

/// The plans that a filter describes.
///
/// # Errors
/// 400 for a reference that leads nowhere, 503.
pub async fn filtered(
    connection: &AsyncPgConnection,
    filter: &PlanFilter,
    manner: Option<Manner>,
) -> Result<plans::BoxedQuery<'static, Pg>, Problem> {
    let mut query = by_cities(
        connection,
        by_vocabularies(by_own_fields(filter), filter),
        filter,
    )
    .await?;
    if !filter.theme.is_empty() {
        let ids = ids_of_filter(connection, "themes", "theme", &filter.theme).await?;
        query = query.filter(
            plans::id.eq_any(
                plan_themes::table
                    .filter(plan_themes::theme_id.eq_any(ids))
                    .select(plan_themes::plan_id),
            ),
        );
    }
    if let Some(text) = &filter.q {
        query = query.filter(Plan::SEARCHED.search(connection, text, manner).await?);
    }
    Ok(query)
}

/// By cities, their parts and their countries.
async fn by_cities(
    connection: &AsyncPgConnection,
    mut query: plans::BoxedQuery<'static, Pg>,
    filter: &PlanFilter,
) -> Result<plans::BoxedQuery<'static, Pg>, Problem> {
    let mut roles: Vec<String> = filter.city_role.iter().map(ToString::to_string).collect();
    if let Some(key) = &filter.within_city {
        let city = id_of_key(connection, "cities", "city", key).await?;
        let mut links = plan_cities::table
            .filter(plan_cities::city_id.eq(city))
            .select(plan_cities::plan_id)
            .into_boxed();
        // The part is that of this city; other cities may have any.
        if !roles.is_empty() {
            links = links.filter(plan_cities::role.eq_any(std::mem::take(&mut roles)));
        }
        query = query.filter(plans::id.eq_any(links));
    }
    let countries: Vec<String> = filter.country.iter().map(ToString::to_string).collect();
    if !filter.city.is_empty() || !roles.is_empty() {
        let cities = ids_of_filter(connection, "cities", "city", &filter.city).await?;
        query = query.filter(plans::id.eq_any(links_to(cities, roles, countries)));
    } else if !countries.is_empty() {
        let links = plan_countries::table.filter(plan_countries::country.eq_any(countries));
        query = query.filter(plans::id.eq_any(links.select(plan_countries::plan_id)));
    }
    Ok(query)
}

/// The plans of those cities, or of any if there is none, that have one of those parts in them and lie in one of those countries.
fn links_to(cities: Vec<Uuid>, roles: Vec<String>, countries: Vec<String>) -> Links {
    let mut links = plan_cities::table.select(plan_cities::plan_id).into_boxed();
    if !cities.is_empty() {
        links = links.filter(plan_cities::city_id.eq_any(cities));
    }
    if !roles.is_empty() {
        links = links.filter(plan_cities::role.eq_any(roles));
    }
    if !countries.is_empty() {
        let located = cities::table.filter(cities::country.eq_any(countries));
        links = links.filter(plan_cities::city_id.eq_any(located.select(cities::id)));
    }
    links
}

/// By what is no record: findings, goals, partnerships.
fn by_vocabularies(
    mut query: plans::BoxedQuery<'static, Pg>,
    filter: &PlanFilter,
) -> plans::BoxedQuery<'static, Pg> {
    if !filter.has_finding.is_empty() {
        let codes: Vec<&'static str> = filter.has_finding.iter().map(|code| code.name()).collect();
        query = query.filter(
            plans::id.eq_any(
                plan_finding_codes::table
                    .filter(plan_finding_codes::code.eq_any(codes))
                    .select(plan_finding_codes::plan_id),
            ),
        );
    }
    if !filter.sdg.is_empty() {
        let links = plan_sdgs::table.filter(plan_sdgs::goal.eq_any(filter.sdg.clone()));
        query = query.filter(plans::id.eq_any(links.select(plan_sdgs::plan_id)));
    }
    if !filter.urban_agenda.is_empty() {
        let links = plan_urban_agenda::table
            .filter(plan_urban_agenda::partnership.eq_any(filter.urban_agenda.clone()));
        query = query.filter(plans::id.eq_any(links.select(plan_urban_agenda::plan_id)));
    }
    query
}

fn by_own_fields(filter: &PlanFilter) -> plans::BoxedQuery<'static, Pg> {
    let mut query = plans::table.into_boxed();
    if !filter.kind.is_empty() {
        query = query.filter(plans::kind.eq_any(filter.kind.clone()));
    }
    if !filter.status.is_empty() {
        query = query.filter(plans::status.eq_any(filter.status.clone()));
    }
    if !filter.programme.is_empty() {
        query = query.filter(plans::programme.eq_any(filter.programme.clone()));
    }
    if let Some(from) = filter.active_from {
        query = query.filter(plans::last_day.ge(from.earliest()));
    }
    if let Some(to) = filter.active_to {
        query = query.filter(plans::first_day.le(to.latest()));
    }
    if let Some(after) = filter.updated_after {
        query = query.filter(plans::updated_at.gt(after));
    }
    if let Some(before) = filter.updated_before {
        query = query.filter(plans::updated_at.lt(before));
    }
    query
}
