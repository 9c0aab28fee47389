//! The SQL of the filters of outcomes.

use crate::conventions::problem::Problem;
use crate::conventions::references::{id_of_key, ids_of_filter};
use crate::conventions::resource::Resource;
use crate::database::schema::{outcome_cities, outcome_organisations, outcomes};
use crate::database::sql::full_text::Manner;
use crate::resources::outcomes::{Outcome, OutcomeFilter};
use diesel::pg::Pg;
use diesel::prelude::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, QueryDsl,
};
use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

type Links = outcome_cities::BoxedQuery<'static, Pg, SqlUuid>;
type Organised = outcome_organisations::BoxedQuery<'static, Pg, SqlUuid>;

diesel::define_sql_function! {
    /// The text in lower case.
    fn lower(text: Nullable<Text>) -> Nullable<Text>;
}

/// The value of the filter `theme` that asks for outcomes without one.
const WITHOUT_THEME: &str = "none";

/// The outcomes that a filter describes.
///
/// # Errors
/// 400 for a reference that leads nowhere, 503.
pub(super) async fn filtered(
    connection: &AsyncPgConnection,
    filter: &OutcomeFilter,
    manner: Option<Manner>,
) -> Result<outcomes::BoxedQuery<'static, Pg>, Problem> {
    let mut query = by_own_fields(filter);
    if let Some(key) = &filter.within_plan {
        query =
            query.filter(outcomes::plan_id.eq(id_of_key(connection, "plans", "plan", key).await?));
    }
    if !filter.plan.is_empty() {
        query = query.filter(
            outcomes::plan_id
                .eq_any(ids_of_filter(connection, "plans", "plan", &filter.plan).await?),
        );
    }
    if !filter.city.is_empty() || !filter.city_role.is_empty() {
        let cities = ids_of_filter(connection, "cities", "city", &filter.city).await?;
        query = query.filter(outcomes::id.eq_any(links_to(cities, filter)));
    }
    if !filter.theme.is_empty() {
        let named = filter.theme.iter().filter(|theme| *theme != WITHOUT_THEME);
        let named: Vec<String> = named.cloned().collect();
        let ids = ids_of_filter(connection, "themes", "theme", &named).await?;
        let serves_one = outcomes::theme_id.eq_any(ids);
        query = if named.len() < filter.theme.len() {
            query.filter(serves_one.or(outcomes::theme_id.is_null()))
        } else {
            query.filter(serves_one)
        };
    }
    if let Some(text) = &filter.q {
        query = query.filter(Outcome::SEARCHED.search(connection, text, manner).await?);
    }
    Ok(query)
}

/// The outcomes of those cities, or of any if there is none, that have one of the parts in them that the filter asks for.
fn links_to(cities: Vec<Uuid>, filter: &OutcomeFilter) -> Links {
    let mut links = outcome_cities::table
        .select(outcome_cities::outcome_id)
        .into_boxed();
    if !cities.is_empty() {
        links = links.filter(outcome_cities::city_id.eq_any(cities));
    }
    if !filter.city_role.is_empty() {
        let roles = filter.city_role.iter().map(ToString::to_string);
        links = links.filter(outcome_cities::role.eq_any(roles.collect::<Vec<_>>()));
    }
    links
}

/// The outcomes that have one of the organisations that the filter asks for.
fn with_organisation(filter: &OutcomeFilter) -> Organised {
    let mut links = outcome_organisations::table
        .select(outcome_organisations::outcome_id)
        .into_boxed();
    for name in &filter.organisation {
        let named = lower(outcome_organisations::name.nullable()).eq(lower(Some(name.clone())));
        links = links.or_filter(
            named
                .or(lower(outcome_organisations::acronym).eq(lower(Some(name.clone()))))
                .assume_not_null(),
        );
    }
    links
}

fn by_own_fields(filter: &OutcomeFilter) -> outcomes::BoxedQuery<'static, Pg> {
    let mut query = outcomes::table.into_boxed();
    if !filter.kind.is_empty() {
        query = query.filter(outcomes::kind.eq_any(filter.kind.clone()));
    }
    if !filter.status.is_empty() {
        query = query.filter(outcomes::status.eq_any(filter.status.clone()));
    }
    if let Some(from) = filter.due_from {
        query = query.filter(outcomes::last_day.ge(from.earliest()));
    }
    if let Some(to) = filter.due_to {
        query = query.filter(outcomes::first_day.le(to.latest()));
    }
    if !filter.organisation.is_empty() {
        query = query.filter(outcomes::id.eq_any(with_organisation(filter)));
    }
    if let Some(after) = filter.updated_after {
        query = query.filter(outcomes::updated_at.gt(after));
    }
    if let Some(before) = filter.updated_before {
        query = query.filter(outcomes::updated_at.lt(before));
    }
    query
}
