//! The SQL of relations between plans.

use super::{InverseRelation, RelationFilter};
use crate::conventions::resource::MAX_INCLUDED;
use crate::domain::Slug;
use crate::resources::plans::parts::PlanRelationKind;
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, BigInt, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use std::collections::HashMap;
use strum::IntoEnumIterator;
use uuid::Uuid;

/// A relation that a plan states of another.
#[derive(diesel::QueryableByName)]
struct StatedRow {
    #[diesel(sql_type = SqlUuid)]
    related: Uuid,
    #[diesel(sql_type = Text)]
    kind: PlanRelationKind,
    #[diesel(sql_type = SqlUuid)]
    plan_id: Uuid,
    #[diesel(sql_type = Text)]
    slug: Slug,
    #[diesel(sql_type = Text)]
    title: String,
}

/// Selects the first relations of each kind that other plans state of some plans.
const STATED: &str = "SELECT related.id AS related, stated.kind, plans.id AS plan_id, plans.slug, plans.title \
    FROM unnest($1) AS related (id) CROSS JOIN LATERAL ( \
        SELECT kind, plan_id FROM plan_relations WHERE related_plan_id = related.id ORDER BY kind, plan_id LIMIT $2 \
    ) AS stated JOIN plans ON plans.id = stated.plan_id ORDER BY stated.kind, plans.slug";

/// The relations that other plans state of some plans, by id: of each plan the first [`MAX_INCLUDED`].
///
/// # Errors
/// The statement fails.
pub async fn inverse_relations(
    mut connection: &AsyncPgConnection,
    plans: Vec<Uuid>,
) -> QueryResult<HashMap<Uuid, Vec<InverseRelation>>> {
    let rows: Vec<StatedRow> = diesel::sql_query(STATED)
        .bind::<Array<SqlUuid>, _>(plans)
        .bind::<BigInt, _>(MAX_INCLUDED)
        .load(&mut connection)
        .await?;
    let mut inverse: HashMap<Uuid, Vec<InverseRelation>> = HashMap::new();
    for row in rows {
        let relations = inverse.entry(row.related).or_default();
        relations.push(InverseRelation {
            plan_id: row.plan_id,
            slug: row.slug,
            title: row.title,
            kind: row.kind.into(),
        });
    }
    Ok(inverse)
}

/// The condition that a plan has a relation of one of the kinds, or of any if there are none, to one of the plans, or to any.
pub struct Related {
    stated: Vec<String>,
    inverse: Vec<String>,
    to: Option<Vec<Uuid>>,
}

impl Related {
    /// The condition; `to` are the plans at the other end, if they are given.
    pub fn new(kinds: &[RelationFilter], to: Option<Vec<Uuid>>) -> Self {
        let all: Vec<RelationFilter> = RelationFilter::iter().collect();
        let kinds = if kinds.is_empty() { &all } else { kinds };
        let stored = |by_itself: bool| {
            let kinds = kinds.iter().map(|kind| kind.stored());
            let kinds = kinds.filter(move |(_, itself)| *itself == by_itself);
            kinds.map(|(kind, _)| kind.to_string()).collect()
        };
        Self {
            stated: stored(true),
            inverse: stored(false),
            to,
        }
    }

    fn walk_end<'b>(
        &'b self,
        out: &mut AstPass<'_, 'b, Pg>,
        [own, other]: [&str; 2],
        kinds: &'b Vec<String>,
    ) -> QueryResult<()> {
        out.push_sql("SELECT ");
        out.push_sql(own);
        out.push_sql(" FROM plan_relations WHERE kind = ANY(");
        out.push_bind_param::<Array<Text>, _>(kinds)?;
        out.push_sql(") AND ");
        out.push_sql(own);
        out.push_sql(" IS NOT NULL");
        if let Some(to) = &self.to {
            out.push_sql(" AND ");
            out.push_sql(other);
            out.push_sql(" = ANY(");
            out.push_bind_param::<Array<SqlUuid>, _>(to)?;
            out.push_sql(")");
        }
        Ok(())
    }
}

impl QueryFragment<Pg> for Related {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("plans.id IN (");
        let ends = [
            (["plan_id", "related_plan_id"], &self.stated),
            (["related_plan_id", "plan_id"], &self.inverse),
        ];
        let mut is_first = true;
        for (columns, kinds) in ends.into_iter().filter(|(_, kinds)| !kinds.is_empty()) {
            if !std::mem::take(&mut is_first) {
                out.push_sql(" UNION ALL ");
            }
            self.walk_end(&mut out, columns, kinds)?;
        }
        out.push_sql(")");
        Ok(())
    }
}
