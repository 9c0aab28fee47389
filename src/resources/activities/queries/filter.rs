//! The SQL of the filters of activities.

use crate::conventions::problem::Problem;
use crate::conventions::references::{id_of_key, ids_of_filter};
use crate::conventions::resource::Resource;
use crate::database::schema::{
    activities, activity_cities, activity_organisations, activity_themes,
};
use crate::database::sql::full_text::Manner;
use crate::resources::activities::{Activity, ActivityFilter};
use diesel::pg::Pg;
use diesel::prelude::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, QueryDsl,
};
use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

type Links = activity_cities::BoxedQuery<'static, Pg, SqlUuid>;
type Organised = activity_organisations::BoxedQuery<'static, Pg, SqlUuid>;

diesel::define_sql_function! {
    /// The text in lower case.
    fn lower(text: Nullable<Text>) -> Nullable<Text>;
}

/// The activities that a filter describes.
///
/// # Errors
/// 400 for a reference that leads nowhere, 503.
pub(super) async fn filtered(
    connection: &AsyncPgConnection,
    filter: &ActivityFilter,
    manner: Option<Manner>,
) -> Result<activities::BoxedQuery<'static, Pg>, Problem> {
    let mut query = by_own_fields(filter);
    if let Some(key) = &filter.within_plan {
        query = query
            .filter(activities::plan_id.eq(id_of_key(connection, "plans", "plan", key).await?));
    }
    if !filter.plan.is_empty() {
        query = query.filter(
            activities::plan_id
                .eq_any(ids_of_filter(connection, "plans", "plan", &filter.plan).await?),
        );
    }
    if !filter.city.is_empty() || !filter.city_role.is_empty() {
        let cities = ids_of_filter(connection, "cities", "city", &filter.city).await?;
        query = query.filter(activities::id.eq_any(links_to(cities, filter)));
    }
    if !filter.theme.is_empty() {
        let ids = ids_of_filter(connection, "themes", "theme", &filter.theme).await?;
        let links = activity_themes::table
            .filter(activity_themes::theme_id.eq_any(ids))
            .select(activity_themes::activity_id);
        query = query.filter(activities::id.eq_any(links));
    }
    if let Some(text) = &filter.q {
        query = query.filter(Activity::SEARCHED.search(connection, text, manner).await?);
    }
    Ok(query)
}

/// The activities of those cities, or of any if there is none, that have one of the parts in them that the filter asks for.
fn links_to(cities: Vec<Uuid>, filter: &ActivityFilter) -> Links {
    let mut links = activity_cities::table
        .select(activity_cities::activity_id)
        .into_boxed();
    if !cities.is_empty() {
        links = links.filter(activity_cities::city_id.eq_any(cities));
    }
    if !filter.city_role.is_empty() {
        let roles = filter.city_role.iter().map(ToString::to_string);
        links = links.filter(activity_cities::role.eq_any(roles.collect::<Vec<_>>()));
    }
    links
}

/// The activities that have one of the organisations that the filter asks for.
fn with_organisation(filter: &ActivityFilter) -> Organised {
    let mut links = activity_organisations::table
        .select(activity_organisations::activity_id)
        .into_boxed();
    for name in &filter.organisation {
        let named = lower(activity_organisations::name.nullable()).eq(lower(Some(name.clone())));
        links = links.or_filter(
            named
                .or(lower(activity_organisations::acronym).eq(lower(Some(name.clone()))))
                .assume_not_null(),
        );
    }
    links
}

fn by_own_fields(filter: &ActivityFilter) -> activities::BoxedQuery<'static, Pg> {
    let mut query = activities::table.into_boxed();
    if !filter.kind.is_empty() {
        query = query.filter(activities::kind.eq_any(filter.kind.clone()));
    }
    if !filter.mode.is_empty() {
        query = query.filter(activities::mode.eq_any(filter.mode.clone()));
    }
    if !filter.status.is_empty() {
        query = query.filter(activities::status.eq_any(filter.status.clone()));
    }
    if let Some(from) = filter.date_from {
        query = query.filter(activities::last_day.ge(from.earliest()));
    }
    if let Some(to) = filter.date_to {
        query = query.filter(activities::first_day.le(to.latest()));
    }
    if !filter.organisation.is_empty() {
        query = query.filter(activities::id.eq_any(with_organisation(filter)));
    }
    if let Some(after) = filter.updated_after {
        query = query.filter(activities::updated_at.gt(after));
    }
    if let Some(before) = filter.updated_before {
        query = query.filter(activities::updated_at.lt(before));
    }
    query
}
