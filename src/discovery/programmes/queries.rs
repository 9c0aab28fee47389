//! The SQL of the programmes. What counts as one programme is decided by the folded form, which only the program knows.

use super::model::Programme;
use crate::database::schema::plans;
use crate::database::sql::{Conditions, In, SqlFragment};
use crate::domain::folding::fold;
use diesel::QueryResult;
use diesel::dsl::count_star;
use diesel::prelude::{ExpressionMethods, NullableExpressionMethods, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Counts plans by their programmes, those with the most plans first: all plans, or those that satisfy the condition.
///
/// # Errors
/// The statement fails.
pub async fn count(
    mut connection: &AsyncPgConnection,
    condition: Option<SqlFragment<In>>,
) -> QueryResult<Vec<Programme>> {
    let selected = condition.unwrap_or(SqlFragment(In {
        column: "plans.id",
        table: "plans",
        conditions: Conditions::default(),
    }));
    let groups = plans::table
        .filter(plans::programme.is_not_null())
        .filter(selected)
        .group_by(plans::programme);
    let counts = groups.select((plans::programme.assume_not_null(), count_star()));
    Ok(joined(counts.load(&mut connection).await?))
}

/// Joins the spellings of each programme.
fn joined(counts: Vec<(String, i64)>) -> Vec<Programme> {
    let mut programmes: BTreeMap<String, Vec<(String, i64)>> = BTreeMap::new();
    for (name, plans) in counts {
        programmes
            .entry(fold(&name))
            .or_default()
            .push((name, plans));
    }
    let mut joined: Vec<Programme> = programmes.into_values().filter_map(programme).collect();
    joined.sort_by_key(|programme| Reverse(programme.plans));
    joined
}

/// The programme of some spellings, each with its number of plans.
fn programme(mut spellings: Vec<(String, i64)>) -> Option<Programme> {
    spellings.sort_by(|(one, plans), (other, more)| more.cmp(plans).then_with(|| one.cmp(other)));
    Some(Programme {
        name: spellings.as_slice().first()?.0.clone(),
        plans: spellings.iter().map(|(_, plans)| plans).sum(),
        spellings: spellings.into_iter().map(|(name, _)| name).collect(),
    })
}
