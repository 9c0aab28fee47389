//! The SQL of cities.

use super::derived::CityDerived;
use super::model::{
    City, CityFilter, CityInput, CityPartner, CitySort, PartnerTheme, duplicate_identifier,
};
use crate::conventions::http::problem::RelatedRecord;
use crate::conventions::resource::filter::ListFilter;
use crate::conventions::resource::references::Conflict;
use crate::conventions::resource::{Constraint, Readable, Record, Resource, Row, Rows, Writable};
use crate::database::schema::{
    activity_cities, activity_organisations, cities, city_identifiers, outcome_cities,
    outcome_organisations, plan_cities, plan_focus_cities,
};
use crate::database::sql::full_text::SearchSource;
use crate::database::sql::{Conditions, Metadata, NextVersion, Select};
use crate::domain::{FaultCode, RecordKind};
use crate::resources::references::{
    CityReference, MAX_USERS, PlanCount, ThemeReference, cities_by_id, themes_by_id, users,
};
use diesel::JoinOnDsl;
use diesel::pg::Pg;
use diesel::prelude::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl};
use diesel::sql_types::Uuid as SqlUuid;
use diesel::{QueryResult, insert_into, update};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::StreamExt;
use std::collections::HashMap;
use uuid::Uuid;

impl ListFilter for CityFilter {
    fn conditions(&self) -> Conditions {
        let mut conditions = Conditions::default();
        conditions.add_any_of(&self.country, |any| cities::country.eq_any(any));
        conditions.add_any_of(&self.kind, |any| cities::kind.eq_any(any));
        if !self.identifier.is_empty() {
            conditions.add(cities::id.eq_any(identified(self)));
        }
        conditions.add_some(self.population_min.map(|min| cities::population.ge(min)));
        conditions.add_some(self.population_max.map(|max| cities::population.le(max)));
        conditions.add_some(self.area_km2_min.map(|min| cities::area_km2.ge(min)));
        conditions.add_some(self.area_km2_max.map(|max| cities::area_km2.le(max)));
        conditions
    }
}

/// The ids of the cities that have one of the identifiers of the filter.
fn identified(filter: &CityFilter) -> city_identifiers::BoxedQuery<'static, Pg, SqlUuid> {
    let mut identified = city_identifiers::table
        .select(city_identifiers::city_id)
        .into_boxed();
    let pairs = filter.identifier.iter();
    for (scheme, value) in pairs.filter_map(|pair| pair.split_once(':')) {
        identified = identified.or_filter(
            city_identifiers::scheme
                .eq(scheme.to_owned())
                .and(city_identifiers::value.eq(value.to_owned())),
        );
    }
    identified
}

/// A partner, and the number of shared plans: of all, or of the plans with a theme.
#[derive(diesel::QueryableByName)]
struct PartnerRow {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    partner_id: Uuid,
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Uuid>)]
    theme_id: Option<Uuid>,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    plans: i32,
}

/// Selects the partners of a city and their themes. A row without a theme counts all shared plans.
fn select_partners(by: &PlanCount) -> String {
    let plans = by.of_rows("shared.plan_id");
    format!(
        "WITH shared AS ( \
            SELECT other.city_id AS partner_id, own.plan_id FROM plan_cities AS own \
            JOIN plan_cities AS other ON other.plan_id = own.plan_id AND other.city_id <> own.city_id WHERE own.city_id = $1 \
        ), first AS ( \
            SELECT partner_id, ({plans})::integer AS plans FROM shared JOIN cities ON cities.id = partner_id \
            GROUP BY partner_id, cities.slug ORDER BY plans DESC, cities.slug LIMIT 200 \
        ) \
        SELECT partner_id, NULL::uuid AS theme_id, plans FROM first \
        UNION ALL \
        SELECT shared.partner_id, plan_themes.theme_id, ({plans})::integer FROM first JOIN shared USING (partner_id) \
        JOIN plan_themes ON plan_themes.plan_id = shared.plan_id GROUP BY 1, 2"
    )
}

/// The partners of a city.
///
/// # Errors
/// A statement fails.
pub async fn partners(
    mut connection: &AsyncPgConnection,
    city: Uuid,
) -> QueryResult<Vec<CityPartner>> {
    let by = PlanCount::load(connection).await?;
    let rows: Vec<PartnerRow> = diesel::sql_query(select_partners(&by))
        .bind::<SqlUuid, _>(city)
        .load(&mut connection)
        .await?;
    let partners = rows.iter().map(|row| row.partner_id).collect();
    let cities = cities_by_id(connection, partners).await?;
    let mut themes = themes_of_partners(connection, &rows).await?;
    let totals = rows.iter().filter(|row| row.theme_id.is_none());
    let partners = totals.filter_map(|row| {
        let city = CityReference {
            city_id: row.partner_id,
            names: cities.get(&row.partner_id)?.clone(),
        };
        Some(CityPartner {
            city,
            plans: row.plans,
            themes: themes.remove(&row.partner_id).unwrap_or_default(),
        })
    });
    let mut partners: Vec<CityPartner> = partners.collect();
    partners.sort_by(|one, other| {
        (other.plans, one.city.names.slug.as_str())
            .cmp(&(one.plans, other.city.names.slug.as_str()))
    });
    Ok(partners)
}

/// The themes of the plans that a city shares with each of its partners, the most frequent first.
async fn themes_of_partners(
    connection: &AsyncPgConnection,
    rows: &[PartnerRow],
) -> QueryResult<HashMap<Uuid, Vec<PartnerTheme>>> {
    let ids = rows.iter().filter_map(|row| row.theme_id).collect();
    let names = themes_by_id(connection, ids).await?;
    let mut themes: HashMap<Uuid, Vec<PartnerTheme>> = HashMap::new();
    for row in rows {
        let theme = row.theme_id.and_then(|theme_id| {
            let names = names.get(&theme_id)?.clone();
            Some(ThemeReference { theme_id, names })
        });
        let of_partner = themes.entry(row.partner_id).or_default();
        of_partner.extend(theme.map(|theme| PartnerTheme {
            theme,
            plans: row.plans,
        }));
    }
    for of_partner in themes.values_mut() {
        of_partner.sort_by(|one, other| {
            (other.plans, one.theme.names.slug.as_str())
                .cmp(&(one.plans, other.theme.names.slug.as_str()))
        });
    }
    Ok(themes)
}

impl Resource for City {
    const KIND: RecordKind = RecordKind::City;
    type Input = CityInput;

    fn new(record: Record, input: CityInput) -> Self {
        Self { record, input }
    }

    fn record(&self) -> &Record {
        &self.record
    }

    fn record_mut(&mut self) -> &mut Record {
        &mut self.record
    }

    fn input(&self) -> &CityInput {
        &self.input
    }
}

impl Readable for City {
    type Filter = CityFilter;
    type Sort = CitySort;

    const SEARCH: SearchSource = SearchSource {
        table: "cities",
        folded_name: "folded_name",
        has_proper_names: true,
        title: "name",
        text: "array_to_string(alternative_names || region, ' … ')",
        parts: &[],
    };

    async fn rows<'a>(
        mut connection: &'a AsyncPgConnection,
        select: Select,
    ) -> QueryResult<Rows<'a, Row<Self>>> {
        let rows = select.typed::<CityInput>().load_stream(&mut connection);
        Ok(rows.await?.boxed_local())
    }
}

impl Writable for City {
    type Derived = CityDerived;

    const EXAMPLES: &'static str = include_str!("../../../openapi/examples/cities.json");
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("cities_pkey", "/id", FaultCode::Duplicate),
        Constraint::new("cities_slug_key", "/slug", FaultCode::Duplicate),
        Constraint::new(
            "city_identifiers_pkey",
            "/identifiers",
            FaultCode::Duplicate,
        ),
        Constraint::new("cities_slug_format", "/slug", FaultCode::Format),
        Constraint::new("cities_name_length", "/name", FaultCode::MaxLength),
        Constraint::new("cities_kind_known", "/kind", FaultCode::Enum),
        Constraint::new("cities_country_format", "/country", FaultCode::Format),
        Constraint::new("cities_population_range", "/population", FaultCode::Maximum),
        Constraint::new("cities_area_km2_positive", "/area_km2", FaultCode::Minimum),
        Constraint::new("cities_latitude_range", "/latitude", FaultCode::Maximum),
        Constraint::new("cities_longitude_range", "/longitude", FaultCode::Maximum),
        Constraint::new("cities_coordinates_paired", "/longitude", FaultCode::Rule),
        Constraint::new("cities_identifiers_array", "/identifiers", FaultCode::Type),
    ];

    fn derived(input: &CityInput) -> Self::Derived {
        CityDerived::from(input)
    }

    async fn insert(
        mut connection: &AsyncPgConnection,
        id: Uuid,
        input: CityInput,
    ) -> QueryResult<Record> {
        insert_into(cities::table)
            .values((cities::id.eq(id), Self::derived(&input), input))
            .returning(Metadata)
            .get_result(&mut connection)
            .await
    }

    async fn update(
        connection: &mut AsyncPgConnection,
        id: Uuid,
        input: CityInput,
    ) -> QueryResult<Record> {
        update(cities::table.find(id))
            .set((
                Self::derived(&input),
                input,
                NextVersion::new(cities::table),
            ))
            .returning(Metadata)
            .get_result(connection)
            .await
    }

    async fn conflicts(
        mut connection: &AsyncPgConnection,
        id: Uuid,
        input: &CityInput,
    ) -> QueryResult<Vec<Conflict>> {
        let mut conflicts = Vec::new();
        for (index, identifier) in input.identifiers.iter().enumerate() {
            let others = city_identifiers::table
                .inner_join(cities::table.on(cities::id.eq(city_identifiers::city_id)));
            let others = others.filter(city_identifiers::scheme.eq(identifier.scheme.clone()));
            let others = others
                .filter(city_identifiers::value.eq(identifier.value.clone()))
                .filter(cities::id.ne(id));
            let other: Option<(Uuid, String)> = others
                .select((cities::id, cities::slug))
                .first(&mut connection)
                .await
                .optional()?;
            conflicts.extend(other.map(|(id, label)| Conflict {
                fault: duplicate_identifier(index, identifier),
                related: vec![RelatedRecord {
                    resource: Self::KIND.singular().to_owned(),
                    id,
                    label,
                }],
            }));
        }
        Ok(conflicts)
    }

    async fn usage(
        mut connection: &AsyncPgConnection,
        id: Uuid,
    ) -> QueryResult<Vec<RelatedRecord>> {
        let cooperating = plan_cities::table.filter(plan_cities::city_id.eq(id));
        let mut plans: Vec<Uuid> = cooperating
            .select(plan_cities::plan_id)
            .limit(MAX_USERS)
            .load(&mut connection)
            .await?;
        let focus = plan_focus_cities::table.filter(plan_focus_cities::city_id.eq(id));
        let focus = focus.select(plan_focus_cities::plan_id).limit(MAX_USERS);
        plans.extend(focus.load::<Uuid>(&mut connection).await?);
        let involved = activity_cities::table.filter(activity_cities::city_id.eq(id));
        let mut activities: Vec<Uuid> = involved
            .select(activity_cities::activity_id)
            .limit(MAX_USERS)
            .load(&mut connection)
            .await?;
        let seats = activity_organisations::table.filter(activity_organisations::city_id.eq(id));
        let seats = seats
            .select(activity_organisations::activity_id)
            .limit(MAX_USERS);
        activities.extend(seats.load::<Uuid>(&mut connection).await?);
        let involved = outcome_cities::table.filter(outcome_cities::city_id.eq(id));
        let mut outcomes: Vec<Uuid> = involved
            .select(outcome_cities::outcome_id)
            .limit(MAX_USERS)
            .load(&mut connection)
            .await?;
        let seats = outcome_organisations::table.filter(outcome_organisations::city_id.eq(id));
        let seats = seats
            .select(outcome_organisations::outcome_id)
            .limit(MAX_USERS);
        outcomes.extend(seats.load::<Uuid>(&mut connection).await?);
        users(connection, plans, activities, outcomes).await
    }
}
