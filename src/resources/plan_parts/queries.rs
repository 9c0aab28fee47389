//! The SQL that activities and outcomes share.

use crate::conventions::resource::filter::RecordKeys;
use crate::conventions::resource::queries::load;
use crate::conventions::resource::{MAX_INCLUDED, Readable, Resource};
use crate::database::sql::{Conditions, Select};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

/// The tables of a kind of plan part.
#[derive(Debug)]
pub struct PartTables {
    /// The parts themselves.
    pub parts: &'static str,
    /// The column with the id of a part in the other tables.
    pub id: &'static str,
    /// Their links to cities, with roles.
    pub cities: &'static str,
    /// The names and acronyms of organisations that have to do with them.
    pub organisations: &'static str,
}

/// The filters by what a part of a plan is linked to.
pub struct PartFilter<'f> {
    /// The plans that it belongs to: that of the path, and those of the query.
    pub plans: [&'f RecordKeys; 2],
    /// Cities that have to do with it.
    pub cities: &'f RecordKeys,
    /// Their parts in it.
    pub roles: Vec<String>,
    /// Names or acronyms of organisations that have to do with it.
    pub organisations: &'f [String],
}

impl PartFilter<'_> {
    /// Adds the filters as conditions.
    pub fn add_to(self, conditions: &mut Conditions, tables: &'static PartTables) {
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
            let names = self.organisations.to_vec();
            conditions.add(ByOrganisation { tables, names });
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

/// Is linked to one of the cities in one of the roles; all cities, or all roles, if none is given.
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

/// Has to do with an organisation of one of those names or acronyms, in either case of letters.
struct ByOrganisation {
    tables: &'static PartTables,
    names: Vec<String>,
}

impl QueryFragment<Pg> for ByOrganisation {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let PartTables {
            parts,
            id,
            organisations,
            ..
        } = self.tables;
        for part in [parts, ".id IN (SELECT ", id, " FROM ", organisations] {
            out.push_sql(part);
        }
        for (index, name) in self.names.iter().enumerate() {
            out.push_sql(if index == 0 { " WHERE " } else { " OR " });
            out.push_sql("lower(name) = lower(");
            out.push_bind_param::<Text, _>(name)?;
            out.push_sql(") OR lower(acronym) = lower(");
            out.push_bind_param::<Text, _>(name)?;
            out.push_sql(")");
        }
        out.push_sql(")");
        Ok(())
    }
}

/// The plans of parts: pairs of the ids of both.
///
/// # Errors
/// The statement fails.
pub async fn plans_of(
    mut connection: &AsyncPgConnection,
    tables: &'static PartTables,
    ids: Vec<Uuid>,
) -> QueryResult<Vec<(Uuid, Uuid)>> {
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

/// The first parts of each of those plans, in their order, with the names of what they refer to.
///
/// # Errors
/// A statement fails.
pub async fn first_of_plans<R: Readable>(
    connection: &AsyncPgConnection,
    tables: &'static PartTables,
    plans: Vec<Uuid>,
) -> QueryResult<Vec<R>> {
    let conditions = Conditions::default().and(FirstOfPlans { tables, plans });
    let select = Select::new(tables.parts, R::columns(), conditions).ordered(PlanOrder(tables));
    let mut found: Vec<R> = load(connection, select).await?;
    Resource::load_names(connection, &mut found).await?;
    Ok(found)
}

/// Is one of the first parts of one of those plans.
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
