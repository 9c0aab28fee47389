//! The values that the service assigns to new records: unique slugs, and positions within a plan.
//!
//! One rule: a transaction holds an advisory lock while it assigns values, so that no two records get the same one. Start with
//! [`assign`].

use super::input::{Assigned, Assignment, Input, MAX_POSITION, UNASSIGNED_POSITION};
use super::queries::lookup::{last_positions, slugs_with_stem};
use crate::database::sql::AdvisoryLock;
use crate::domain::{RecordKind, Slug};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The lock that a record needs before a value is assigned to it. Records that state their slug share the lock, because they
/// only conflict with records to which a slug is assigned.
pub fn lock_of<I: Input>(kind: RecordKind, input: &I) -> Option<AdvisoryLock> {
    match input.assigned() {
        Assigned::Slug { slug, name } => {
            let preferred = if slug.is_unassigned() {
                Slug::derive(name, kind.singular())
            } else {
                slug.clone()
            };
            Some(AdvisoryLock {
                key: format!("{}/{}", kind.plural(), preferred.stem()),
                exclusive: slug.is_unassigned(),
            })
        }
        Assigned::Position { plan_id, position } => {
            (position == UNASSIGNED_POSITION).then(|| AdvisoryLock {
                key: format!("{}/{plan_id}", kind.plural()),
                exclusive: true,
            })
        }
    }
}

/// Assigns the values that the inputs leave out, in the order of the inputs.
///
/// # Errors
/// A statement fails.
pub async fn assign<I: Input>(
    connection: &AsyncPgConnection,
    kind: RecordKind,
    inputs: &mut [&mut I],
) -> QueryResult<()> {
    let slugs = free_slugs(connection, kind, inputs).await?;
    let positions = free_positions(connection, kind, inputs).await?;
    for (index, value) in slugs.into_iter().chain(positions) {
        if let Some(input) = inputs.get_mut(index) {
            input.assign(value);
        }
    }
    Ok(())
}

/// For each input without a slug, one that is derived from its name and that no other record has.
async fn free_slugs<I: Input>(
    connection: &AsyncPgConnection,
    kind: RecordKind,
    inputs: &[&mut I],
) -> QueryResult<Vec<(usize, Assignment)>> {
    let preferred = |input: &&mut I| match input.assigned() {
        Assigned::Slug { slug, name } if slug.is_unassigned() => {
            Some(Slug::derive(name, kind.singular()))
        }
        _ => None,
    };
    let preferred: Vec<(usize, Slug)> = inputs
        .iter()
        .enumerate()
        .filter_map(|(index, input)| Some((index, preferred(input)?)))
        .collect();
    if preferred.is_empty() {
        return Ok(Vec::new());
    }
    let stems = preferred.iter().map(|(_, slug)| slug.stem().to_owned());
    let taken = slugs_with_stem(connection, kind, stems.collect()).await?;
    let mut taken: HashSet<String> = taken.into_iter().collect();
    let assign = |(index, preferred): (usize, Slug)| {
        let numbered = (2..).map(|number| preferred.with_number(number));
        let slug = std::iter::once(preferred.clone())
            .chain(numbered)
            .find(|candidate| !taken.contains(candidate.as_str()))
            .unwrap_or_else(|| preferred.clone());
        taken.insert(slug.to_string());
        (index, Assignment::Slug(slug))
    };
    Ok(preferred.into_iter().map(assign).collect())
}

/// For each input without a position, the one after the last position in its plan.
async fn free_positions<I: Input>(
    connection: &AsyncPgConnection,
    kind: RecordKind,
    inputs: &[&mut I],
) -> QueryResult<Vec<(usize, Assignment)>> {
    let positions: Vec<(usize, Uuid, i32)> = inputs
        .iter()
        .enumerate()
        .filter_map(|(index, input)| match input.assigned() {
            Assigned::Position { plan_id, position } => Some((index, plan_id, position)),
            Assigned::Slug { .. } => None,
        })
        .collect();
    let is_unassigned = |position: i32| position == UNASSIGNED_POSITION;
    let plans: HashSet<Uuid> = positions
        .iter()
        .filter(|(.., position)| is_unassigned(*position))
        .map(|(_, plan, _)| *plan)
        .collect();
    if plans.is_empty() {
        return Ok(Vec::new());
    }
    let last = last_positions(connection, kind, plans).await?;
    let mut last: HashMap<Uuid, i32> = last.into_iter().collect();
    let mut assigned = Vec::new();
    for (index, plan, mut position) in positions {
        let last = last.entry(plan).or_insert(UNASSIGNED_POSITION);
        if is_unassigned(position) {
            position = last.saturating_add(1).min(MAX_POSITION);
            assigned.push((index, Assignment::Position(position)));
        }
        *last = position.max(*last);
    }
    Ok(assigned)
}
