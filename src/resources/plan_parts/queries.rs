//! The SQL that activities and outcomes share.

use super::{PartTables, PlanPart};
use crate::conventions::resource::MAX_INCLUDED;
use crate::conventions::resource::filter::RecordKeys;
use crate::conventions::resource::queries::load;
use crate::conventions::resource::references::Conflict;
use crate::database::schema::plan_themes;
use crate::database::sql::{Conditions, Select};
use crate::domain::words::any_organisation;
use crate::domain::{Fault, FaultCode};
use crate::resources::references::links::Targets;
use crate::resources::references::names_of;
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::prelude::{ExpressionMethods, QueryDsl};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

/// The filters by the records and organisations to which a part of a plan is linked.
pub struct PartFilter<'f> {
    /// The plan in the path, and the plans in the query.
    pub plans: [&'f RecordKeys; 2],
    /// Cities that are involved.
    pub cities: &'f RecordKeys,
    /// Roles of these cities.
    pub roles: Vec<String>,
    /// Names or acronyms of organisations that are involved.
    pub organisations: &'f [String],
}

impl PartFilter<'_> {
    /// Adds the filters as conditions.
    pub fn add_to<P: PlanPart>(self, conditions: &mut Conditions) {
        let tables = P::TABLES;
        for plans in self.plans.into_iter().filter(|plans| !plans.is_empty()) {
            let ids = plans.ids();
            conditions.add(OfPlans { tables, ids });
        }
        if !self.cities.is_empty() || !self.roles.is_empty() {
            let cities = (!self.cities.is_empty()).then(|| self.cities.ids());
            let roles = self.roles;
            conditions.add(ByCity {
                tables,
                cities,
                roles,
            });
        }
        if !self.organisations.is_empty() {
            let organisations = any_organisation(self.organisations);
            conditions.add(ByOrganisation {
                tables,
                organisations,
            });
        }
    }
}

/// `plan_id = ANY(ids)`
struct OfPlans {
    tables: &'static PartTables,
    ids: Vec<Uuid>,
}

impl QueryFragment<Pg> for OfPlans {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.tables.parts);
        out.push_sql(".plan_id = ANY(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.ids)?;
        out.push_sql(")");
        Ok(())
    }
}

/// The condition that a part is linked to one of the cities in one of the roles. If no cities or no roles are given, all match.
struct ByCity {
    tables: &'static PartTables,
    cities: Option<Vec<Uuid>>,
    roles: Vec<String>,
}

impl QueryFragment<Pg> for ByCity {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let PartTables {
            parts, id, cities, ..
        } = self.tables;
        for part in [parts, ".id IN (SELECT ", id, " FROM ", cities, " WHERE "] {
            out.push_sql(part);
        }
        if let Some(cities) = &self.cities {
            out.push_sql("city_id = ANY(");
            out.push_bind_param::<Array<SqlUuid>, _>(cities)?;
            out.push_sql(if self.roles.is_empty() { ")" } else { ") AND " });
        }
        if !self.roles.is_empty() {
            out.push_sql("role = ANY(");
            out.push_bind_param::<Array<Text>, _>(&self.roles)?;
            out.push_sql(")");
        }
        out.push_sql(")");
        Ok(())
    }
}

/// The condition that a part names an organisation with one of the names or acronyms, in any spelling that folds to the same.
struct ByOrganisation {
    tables: &'static PartTables,
    organisations: String,
}

impl QueryFragment<Pg> for ByOrganisation {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.tables.parts);
        out.push_sql(".search @@ ");
        out.push_bind_param::<Text, _>(&self.organisations)?;
        out.push_sql("::tsquery");
        Ok(())
    }
}

/// Loads the names that parts show: of their plans, their themes and their cities.
///
/// # Errors
/// A statement fails; `NotFound` if one of these records was deleted.
pub async fn load_names<P: PlanPart>(
    connection: &AsyncPgConnection,
    parts: &mut [P],
) -> QueryResult<()> {
    let mut targets = Targets::new(parts.iter_mut().flat_map(P::links));
    targets.plans.extend(parts.iter().map(P::plan_id));
    targets.themes.extend(parts.iter().flat_map(P::theme_ids));
    let names = names_of(connection, targets).await?;
    for part in parts {
        part.links().for_each(|link| link.set_names(&names));
        part.set_names(&names);
    }
    Ok(())
}

/// A conflict for each theme, at its place in the body, that is not a theme of the plan.
///
/// # Errors
/// The statement fails.
pub async fn foreign_themes(
    mut connection: &AsyncPgConnection,
    plan_id: Uuid,
    themes: Vec<(String, Uuid)>,
) -> QueryResult<Vec<Conflict>> {
    if themes.is_empty() {
        return Ok(Vec::new());
    }
    let of_plan = plan_themes::table
        .filter(plan_themes::plan_id.eq(plan_id))
        .select(plan_themes::theme_id);
    let of_plan: Vec<Uuid> = of_plan.load(&mut connection).await?;
    let foreign = themes.into_iter().filter(|(_, id)| !of_plan.contains(id));
    let conflicts = foreign.map(|(pointer, _)| Conflict {
        fault: Fault::at(
            pointer,
            FaultCode::UnknownReference,
            "this theme is not a theme of the plan",
        ),
        related: Vec::new(),
    });
    Ok(conflicts.collect())
}

/// The plans of parts, as pairs of the id of a part and the id of its plan.
///
/// # Errors
/// The statement fails.
pub async fn plans_of<P: PlanPart>(
    mut connection: &AsyncPgConnection,
    ids: Vec<Uuid>,
) -> QueryResult<Vec<(Uuid, Uuid)>> {
    let tables = P::TABLES;
    PlansOf { tables, ids }.load(&mut connection).await
}

struct PlansOf {
    tables: &'static PartTables,
    ids: Vec<Uuid>,
}

impl QueryFragment<Pg> for PlansOf {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT id, plan_id FROM ");
        out.push_sql(self.tables.parts);
        out.push_sql(" WHERE id = ANY(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.ids)?;
        out.push_sql(")");
        Ok(())
    }
}

impl QueryId for PlansOf {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl Query for PlansOf {
    type SqlType = (SqlUuid, SqlUuid);
}
impl diesel::RunQueryDsl<AsyncPgConnection> for PlansOf {}

/// The first parts of each plan, in their order, with their names.
///
/// # Errors
/// A statement fails.
pub async fn first_of_plans<P: PlanPart>(
    connection: &AsyncPgConnection,
    plans: Vec<Uuid>,
) -> QueryResult<Vec<P>> {
    let tables = P::TABLES;
    let conditions = Conditions::default().and(FirstOfPlans { tables, plans });
    let select = Select::new(tables.parts, conditions).ordered(PlanOrder(tables));
    let mut found: Vec<P> = load(connection, select).await?;
    load_names(connection, &mut found).await?;
    Ok(found)
}

/// The condition that a part is among the first parts of its plan.
struct FirstOfPlans {
    tables: &'static PartTables,
    plans: Vec<Uuid>,
}

impl QueryFragment<Pg> for FirstOfPlans {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let parts = self.tables.parts;
        out.push_sql(parts);
        out.push_sql(".id IN (SELECT first.id FROM unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.plans)?;
        out.push_sql(") AS plan (id) CROSS JOIN LATERAL (SELECT other.id FROM ");
        out.push_sql(parts);
        out.push_sql(" AS other WHERE other.plan_id = plan.id ");
        out.push_sql("ORDER BY other.position, other.id LIMIT ");
        out.push_bind_param::<BigInt, _>(&MAX_INCLUDED)?;
        out.push_sql(") AS first)");
        Ok(())
    }
}

/// `plan_id, position, id`
struct PlanOrder(&'static PartTables);

impl QueryFragment<Pg> for PlanOrder {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let parts = self.0.parts;
        for part in [parts, ".plan_id, ", parts, ".position, ", parts, ".id"] {
            out.push_sql(part);
        }
        Ok(())
    }
}
