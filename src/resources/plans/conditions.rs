//! The SQL of the filters of plans.

use super::filter::{CityRole, OnlyFilter, PlanFilter, SearchScope};
use super::findings::{self, FindingCode};
use super::groups;
use super::model::ActiveBy;
use super::relations::{Related, RelationFilter};
use crate::conventions::http::problem::Problem;
use crate::conventions::paging::{DayBounds, DayKeys, Lookup, LookupTable, LookupValue, Order};
use crate::conventions::resource::filter::{FilterReference, ListFilter, RecordKeys};
use crate::database::Database;
use crate::database::schema::{
    activities, cities, plan_city_roles, plan_countries, plan_finding_codes, plan_sdgs,
    plan_themes, plan_topics, plan_urban_agenda, plans,
};
use crate::database::sql::Conditions;
use crate::database::sql::full_text::SearchedPart;
use crate::domain::folding::fold;
use crate::domain::{EARLIEST_DAY, LATEST_DAY, PartialDate, RecordKind};
use chrono::NaiveDate;
use diesel::QueryResult;
use diesel::dsl::exists;
use diesel::pg::Pg;
use diesel::prelude::{
    BoolExpressionMethods, ExpressionMethods, PgArrayExpressionMethods, QueryDsl,
};
use diesel::query_builder::QueryFragment;
use diesel_async::AsyncPgConnection;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

/// The plans of a country, in the order of their periods.
const BY_COUNTRY: LookupTable = LookupTable {
    table: "plan_countries",
    id: "plan_id",
    value: "country",
    tags: None,
    keys: &["period_start_ascending", "period_start_descending"],
};

/// The plans of a city, in the order of their titles or periods.
const BY_CITY: LookupTable = LookupTable {
    table: "plan_city_roles",
    id: "plan_id",
    value: "city_id",
    tags: Some("roles"),
    keys: &[
        "folded_title",
        "period_start_ascending",
        "period_start_descending",
    ],
};

/// The sort key whose range the filters by period limit. Periods may be open, so there is no maximum duration.
const DAYS: DayKeys = DayKeys {
    keys: &[("plans.period_start_descending", Some(Order::Desc))],
    longest: None,
};

/// What belongs to a plan and can be searched together with it.
const PARTS: [SearchedPart; 2] = [
    SearchedPart {
        table: "activities",
        owner: "plan_id",
    },
    SearchedPart {
        table: "outcomes",
        owner: "plan_id",
    },
];

impl ListFilter for PlanFilter {
    fn references(&mut self) -> Vec<FilterReference<'_>> {
        vec![
            FilterReference::new("city", RecordKind::City, &mut self.within_city),
            FilterReference::new("city", RecordKind::City, &mut self.city),
            FilterReference::new("theme", RecordKind::Theme, &mut self.theme),
            FilterReference::new("related_to", RecordKind::Plan, &mut self.related_to),
        ]
    }

    async fn look_up(&mut self, connection: &AsyncPgConnection) -> QueryResult<()> {
        let groups = self.group.iter().filter(|group| group.is_programme());
        let groups = groups.map(|group| group.value.clone());
        let asked: Vec<String> = self.programme.iter().cloned().chain(groups).collect();
        self.spellings = groups::spellings(connection, &asked).await?;
        let groups = self.group.iter().filter(|group| group.is_organisation());
        let asked: Vec<String> = groups.map(|group| group.value.clone()).collect();
        let organisations = groups::organisations(connection, &asked).await?;
        self.spellings.extend(organisations);
        Ok(())
    }

    fn conditions(&self) -> Conditions {
        let mut conditions = Conditions::default();
        self.add_own_fields(&mut conditions);
        self.add_vocabularies(&mut conditions);
        self.add_cities(&mut conditions);
        if !self.relation.is_empty() || !self.related_to.is_empty() {
            let to = (!self.related_to.is_empty()).then(|| self.related_to.ids());
            conditions.add(Related::new(&self.relation, to));
        }
        if !self.theme.is_empty() {
            let links = plan_themes::table
                .filter(plan_themes::theme_id.eq_any(self.theme.ids()))
                .select(plan_themes::plan_id);
            conditions.add(plans::id.eq_any(links));
        }
        conditions
    }

    async fn refresh(&self, database: &Database) -> Result<(), Problem> {
        if self.has_finding.is_empty() {
            return Ok(());
        }
        findings::refresh(database).await
    }

    fn days(&self) -> Option<DayBounds> {
        (!self.is_active_by_activities()).then_some(DayBounds {
            keys: &DAYS,
            from: None,
            to: self.active_to,
        })
    }

    fn add_schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.extend([
            (CityRole::name().into_owned(), CityRole::schema()),
            (ActiveBy::name().into_owned(), ActiveBy::schema()),
            (SearchScope::name().into_owned(), SearchScope::schema()),
            (
                RelationFilter::name().into_owned(),
                RelationFilter::schema(),
            ),
        ]);
    }

    fn searched_parts(&self) -> &'static [SearchedPart] {
        match self.q_scope {
            Some(SearchScope::All) => &PARTS,
            Some(SearchScope::Plan) | None => &[],
        }
    }

    fn lookup(&self) -> Option<Lookup> {
        match self.only()? {
            OnlyFilter::Country(country) => Some(Lookup {
                table: &BY_COUNTRY,
                value: LookupValue::Text(country.to_string()),
                tags: Vec::new(),
            }),
            OnlyFilter::City(city) => Some(Lookup {
                table: &BY_CITY,
                value: LookupValue::Id(city.ids().first().copied().unwrap_or_default()),
                tags: self.roles(),
            }),
        }
    }
}

impl PlanFilter {
    fn add_own_fields(&self, conditions: &mut Conditions) {
        conditions.add_any_of(&self.kind, |any| plans::kind.eq_any(any));
        conditions.add_any_of(&self.status, |any| plans::status.eq_any(any));
        if !self.programme.is_empty() {
            conditions.add(plans::programme.eq_any(self.spelled(&self.programme)));
        }
        for group in &self.group {
            group.add_to(conditions, self.spelled(std::slice::from_ref(&group.value)));
        }
        conditions.add_any_of(&self.language, |any| plans::language.eq_any(any));
        let from = self.active_from.map(PartialDate::earliest);
        let to = self.active_to.map(PartialDate::latest);
        if self.is_active_by_activities() {
            conditions.add_some(from.map(ends_on_or_after));
            conditions.add_some(to.map(begins_on_or_before));
        } else {
            conditions.add_some(from.map(|from| plans::last_day.ge(from)));
            conditions.add_some(to.map(|to| plans::first_day.le(to)));
        }
    }

    /// Filters by findings, goals and partnerships.
    fn add_vocabularies(&self, conditions: &mut Conditions) {
        if self.has_finding == [FindingCode::PlanWithoutPeriod] {
            // These plans stand together in the order of periods, which the planner cannot know.
            conditions.add(plans::period_start_ascending.eq(LATEST_DAY));
            conditions.add(plans::period_start_descending.eq(EARLIEST_DAY));
        }
        let codes: Vec<&str> = self.has_finding.iter().map(|code| code.name()).collect();
        conditions.add_any_of(&codes, |any| {
            let links = plan_finding_codes::table.filter(plan_finding_codes::code.eq_any(any));
            plans::id.eq_any(links.select(plan_finding_codes::plan_id))
        });
        conditions.add_any_of(&self.sdg, |any| {
            let links = plan_sdgs::table.filter(plan_sdgs::goal.eq_any(any));
            plans::id.eq_any(links.select(plan_sdgs::plan_id))
        });
        conditions.add_any_of(&self.urban_agenda, |any| {
            let links = plan_urban_agenda::table.filter(plan_urban_agenda::partnership.eq_any(any));
            plans::id.eq_any(links.select(plan_urban_agenda::plan_id))
        });
        conditions.add_any_of(&self.topic, |any| {
            let links = plan_topics::table.filter(plan_topics::topic.eq_any(any));
            plans::id.eq_any(links.select(plan_topics::plan_id))
        });
    }

    /// The stored spellings of some programmes.
    fn spelled(&self, programmes: &[String]) -> Vec<String> {
        let folded: Vec<String> = programmes.iter().map(|name| fold(name)).collect();
        let stored = self.spellings.iter();
        let spelled = stored.filter(|name| folded.contains(&fold(name)));
        spelled.cloned().collect()
    }

    fn roles(&self) -> Vec<String> {
        self.city_role.iter().map(ToString::to_string).collect()
    }

    /// Filters by cities, their roles and their countries.
    fn add_cities(&self, conditions: &mut Conditions) {
        let mut roles = self.roles();
        // The roles apply to the city of the path, if there is one, and otherwise to those of the query.
        for city in [&self.within_city, &self.city] {
            if !city.is_empty() {
                conditions.add(of_cities(city, std::mem::take(&mut roles)));
            }
        }
        let countries: Vec<String> = self.country.iter().map(ToString::to_string).collect();
        if !roles.is_empty() {
            let mut links = plan_city_roles::table
                .filter(plan_city_roles::roles.overlaps_with(roles))
                .select(plan_city_roles::plan_id)
                .into_boxed::<Pg>();
            if !countries.is_empty() {
                let of_country = cities::table.filter(cities::country.eq_any(countries));
                let of_country = of_country.select(cities::id);
                links = links.filter(plan_city_roles::city_id.eq_any(of_country));
            }
            conditions.add(plans::id.eq_any(links));
        } else if !countries.is_empty() {
            let links = plan_countries::table.filter(plan_countries::country.eq_any(countries));
            conditions.add(plans::id.eq_any(links.select(plan_countries::plan_id)));
        }
    }
}

/// The condition that the period of a plan ends on that day or later, or one of its activities if it states no period.
fn ends_on_or_after(day: NaiveDate) -> impl QueryFragment<Pg> + Send + use<> {
    let later = activities::table
        .filter(activities::plan_id.eq(plans::id))
        .filter(activities::last_day.ge(day));
    let without_period = plans::first_day.is_null();
    plans::last_day
        .ge(day)
        .or(without_period.and(exists(later)))
}

/// The condition that the period of a plan begins on that day or earlier, or one of its activities if it states no period.
fn begins_on_or_before(day: NaiveDate) -> impl QueryFragment<Pg> + Send + use<> {
    let earlier = activities::table
        .filter(activities::plan_id.eq(plans::id))
        .filter(activities::first_day.le(day));
    let without_period = plans::first_day.is_null();
    plans::first_day
        .le(day)
        .or(without_period.and(exists(earlier)))
}

/// The condition that one of the cities has a part in the plan, or one of the roles if there are any.
fn of_cities(cities: &RecordKeys, roles: Vec<String>) -> impl QueryFragment<Pg> + Send + use<> {
    let mut links = plan_city_roles::table
        .filter(plan_city_roles::city_id.eq_any(cities.ids()))
        .select(plan_city_roles::plan_id)
        .into_boxed::<Pg>();
    if !roles.is_empty() {
        links = links.filter(plan_city_roles::roles.overlaps_with(roles));
    }
    plans::id.eq_any(links)
}
