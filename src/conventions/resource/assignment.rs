//! What the service assigns to new records: slugs that are unique, and positions within a plan.
//!
//! One rule: whoever is assigned something holds an advisory lock until the end of the transaction, so that no two get the same.

use super::input::{Assigned, Assignment, Input, LAST_POSITION, UNASSIGNED_POSITION};
use super::references::{last_positions, slugs_with_stem};
use crate::database::sql::AdvisoryLock;
use crate::domain::{RecordKind, Slug};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The lock that a record needs before something is assigned to it; those that bring their slug share it with each other.
pub fn lock_of<I: Input>(kind: RecordKind, input: &I) -> Option<AdvisoryLock> {
    match input.assigned() {
        Assigned::Slug { slug, name } => {
            let wanted = if slug.is_unassigned() {
                Slug::derive(name, kind.singular())
            } else {
                slug.clone()
            };
            Some(AdvisoryLock {
                key: format!("{}/{}", kind.plural(), wanted.stem()),
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

/// Assigns to the inputs what they left to the service, one after another.
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

/// For each input without a slug one that its name suggests and no other record has.
async fn free_slugs<I: Input>(
    connection: &AsyncPgConnection,
    kind: RecordKind,
    inputs: &[&mut I],
) -> QueryResult<Vec<(usize, Assignment)>> {
    let wanted = |input: &&mut I| match input.assigned() {
        Assigned::Slug { slug, name } if slug.is_unassigned() => {
            Some(Slug::derive(name, kind.singular()))
        }
        _ => None,
    };
    let wanted: Vec<(usize, Slug)> = inputs
        .iter()
        .enumerate()
        .filter_map(|(index, input)| Some((index, wanted(input)?)))
        .collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let stems = wanted.iter().map(|(_, slug)| slug.stem().to_owned());
    let taken = slugs_with_stem(connection, kind, stems.collect()).await?;
    let mut taken: HashSet<String> = taken.into_iter().collect();
    let assign = |(index, wanted): (usize, Slug)| {
        let numbered = (2..).map(|number| wanted.with_number(number));
        let slug = std::iter::once(wanted.clone())
            .chain(numbered)
            .find(|candidate| !taken.contains(candidate.as_str()))
            .unwrap_or_else(|| wanted.clone());
        taken.insert(slug.to_string());
        (index, Assignment::Slug(slug))
    };
    Ok(wanted.into_iter().map(assign).collect())
}

/// For each input without a position one behind all others of its plan.
async fn free_positions<I: Input>(
    connection: &AsyncPgConnection,
    kind: RecordKind,
    inputs: &[&mut I],
) -> QueryResult<Vec<(usize, Assignment)>> {
    let placed = inputs.iter().enumerate();
    let placed: Vec<(usize, Uuid, i32)> = placed
        .filter_map(|(index, input)| match input.assigned() {
            Assigned::Position { plan_id, position } => Some((index, plan_id, position)),
            Assigned::Slug { .. } => None,
        })
        .collect();
    let open = |position: i32| position == UNASSIGNED_POSITION;
    let plans: HashSet<Uuid> = placed
        .iter()
        .filter(|(.., position)| open(*position))
        .map(|(_, plan, _)| *plan)
        .collect();
    if plans.is_empty() {
        return Ok(Vec::new());
    }
    let last = last_positions(connection, kind, plans).await?;
    let mut last: HashMap<Uuid, i32> = last.into_iter().collect();
    let mut assigned = Vec::new();
    for (index, plan, mut position) in placed {
        let last = last.entry(plan).or_insert(UNASSIGNED_POSITION);
        if open(position) {
            position = last.saturating_add(1).min(LAST_POSITION);
            assigned.push((index, Assignment::Position(position)));
        }
        *last = position.max(*last);
    }
    Ok(assigned)
}
