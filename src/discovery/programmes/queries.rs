//! The SQL of the programmes. What counts as one programme is decided by the folded form, which only the program knows.

use super::model::Programme;
use crate::database::schema::plans;
use crate::database::sql::{Conditions, In, SqlFragment};
use crate::domain::folding::fold;
use crate::resources::references::PlanCount;
use diesel::QueryResult;
use diesel::dsl::sql;
use diesel::prelude::{ExpressionMethods, NullableExpressionMethods, QueryDsl};
use diesel::sql_types::{Array, BigInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Counts all plans by their programmes, those with the most plans first.
///
/// # Errors
/// A statement fails.
pub async fn count_all(connection: &AsyncPgConnection) -> QueryResult<Vec<Programme>> {
    let by = PlanCount::load(connection).await?;
    count(connection, &by, None).await
}

/// Counts plans by their programmes, those with the most plans first: all plans, or those that satisfy the condition.
///
/// # Errors
/// The statement fails.
pub async fn count(
    mut connection: &AsyncPgConnection,
    by: &PlanCount,
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
    let cooperation = by.cooperation("plans.id");
    let alone = format!("count(*) - count({cooperation})");
    let shared = format!(
        "coalesce(array_agg(DISTINCT {cooperation}) FILTER (WHERE {cooperation} IS NOT NULL), '{{}}')"
    );
    let counts = groups.select((
        plans::programme.assume_not_null(),
        sql::<BigInt>(&alone),
        sql::<Array<Text>>(&shared),
    ));
    Ok(joined(counts.load(&mut connection).await?))
}

/// A spelling of a programme, the number of plans that describe their cooperations alone, and the other cooperations.
type Spelling = (String, i64, Vec<String>);

/// Joins the spellings of each programme.
fn joined(counts: Vec<Spelling>) -> Vec<Programme> {
    let mut programmes: BTreeMap<String, Vec<Spelling>> = BTreeMap::new();
    for spelling in counts {
        programmes
            .entry(fold(&spelling.0))
            .or_default()
            .push(spelling);
    }
    let mut joined: Vec<Programme> = programmes.into_values().filter_map(programme).collect();
    joined.sort_by_key(|programme| Reverse(programme.plans));
    joined
}

/// The programme of some spellings.
fn programme(mut spellings: Vec<Spelling>) -> Option<Programme> {
    let number = |(_, alone, shared): &Spelling| *alone + length(shared.len());
    spellings.sort_by_cached_key(|spelling| (Reverse(number(spelling)), spelling.0.clone()));
    let alone: i64 = spellings.iter().map(|(_, alone, _)| alone).sum();
    let shared: BTreeSet<&String> = spellings.iter().flat_map(|(.., shared)| shared).collect();
    Some(Programme {
        name: spellings.as_slice().first()?.0.clone(),
        plans: alone + length(shared.len()),
        spellings: spellings.iter().map(|(name, ..)| name.clone()).collect(),
    })
}

fn length(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
