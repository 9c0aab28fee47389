//! The cities and themes that a document names, found among the stored ones, and what it says otherwise of them.
//!
//! Nothing here asks the database: which records may be meant is read before, and what is decided is written after.

use super::draft::{Draft, Given};
use super::pointers::located;
use super::queries::Wanted;
use super::report::ImportDifference;
use crate::conventions::contract::Contract;
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::resource::{Input, Resource};
use crate::conventions::writing::input::parse;
use crate::domain::{Fault, FaultCode};
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

pub fn wanted_cities(draft: &Draft) -> Wanted {
    let mut wanted = Wanted {
        slugs: draft.provisional.cities.values().cloned().collect(),
        ..Wanted::default()
    };
    for Given { input, .. } in &draft.cities {
        wanted.slugs.push(input.slug.to_string());
        wanted.names.push(input.name.clone());
        wanted.names.extend(input.alternative_names.iter().cloned());
        for identifier in &input.identifiers {
            wanted.schemes.push(identifier.scheme.clone());
            wanted.values.push(identifier.value.clone());
        }
    }
    wanted
}

pub fn wanted_themes(draft: &Draft) -> Wanted {
    let mut wanted = Wanted {
        slugs: draft.provisional.themes.values().cloned().collect(),
        ..Wanted::default()
    };
    for Given { input, .. } in &draft.themes {
        wanted.slugs.push(input.slug.to_string());
        wanted.names.push(input.name.clone());
        wanted.names.extend(input.aliases.iter().cloned());
    }
    wanted
}

/// Puts stored ids in the place of all provisional ones.
pub fn retarget(draft: &mut Draft, places: &HashMap<Uuid, Uuid>) -> Result<(), Problem> {
    let slugs = &draft.provisional;
    let unknown = draft
        .references()
        .into_iter()
        .filter(|(_, _, id)| !places.contains_key(id))
        .map(|(pointer, table, id)| {
            let slug = [&slugs.cities, &slugs.themes, &slugs.plans]
                .into_iter()
                .find_map(|slugs| slugs.get(&id))
                .map_or("", String::as_str);
            let detail = format!(
                "{slug:?} is not among the {table} of the registry, nor listed in the document"
            );
            Fault::at(pointer, FaultCode::UnknownReference, detail)
        });
    let unknown: Vec<Fault> = unknown.collect();
    if !unknown.is_empty() {
        return Err(Problem::from_faults(Code::UnknownReference, unknown));
    }
    let theme = |id: &mut Uuid| places.get(id).map(|place| *id = *place);
    let done = draft
        .plan
        .links()
        .try_for_each(|link| link.retarget(places));
    let done = done.and(draft.activities.iter_mut().try_for_each(|activity| {
        activity.theme_ids.iter_mut().try_for_each(theme)?;
        activity
            .content
            .links()
            .try_for_each(|link| link.retarget(places))
    }));
    let done = done.and(draft.outcomes.iter_mut().try_for_each(|outcome| {
        outcome.theme_id.iter_mut().try_for_each(theme)?;
        outcome
            .content
            .links()
            .try_for_each(|link| link.retarget(places))
    }));
    done.ok_or_else(|| Problem::internal("a reference of a document was not looked up"))
}

/// What the document says otherwise than what is stored; of what it leaves out it says nothing.
pub fn differences<T: Input>(
    pointer: &str,
    given: &Given<T>,
    stored: &T,
) -> Result<Vec<ImportDifference>, Problem> {
    let as_given = serde_json::to_value(&given.input).map_err(Problem::internal)?;
    let as_stored = serde_json::to_value(stored).map_err(Problem::internal)?;
    let said = given.members.keys().filter(|member| *member != "slug");
    let pairs =
        said.filter_map(|member| Some((member, as_stored.get(member)?, as_given.get(member)?)));
    let differing = pairs.filter(|(_, stored, given)| stored != given);
    let difference = |(member, stored, given): (&String, &Value, &Value)| ImportDifference {
        pointer: format!("{pointer}/{member}"),
        stored: stored.to_string(),
        given: given.to_string(),
    };
    Ok(differing.map(difference).collect())
}

/// The stored record with what the document says written over it.
pub fn overlaid<R: Resource>(
    contract: &Contract,
    pointer: &str,
    given: &Given<R::Input>,
    stored: &R::Input,
) -> Result<R::Input, Problem> {
    let mut value = serde_json::to_value(stored).map_err(Problem::internal)?;
    if let Some(members) = value.as_object_mut() {
        members.extend(
            given
                .members
                .iter()
                .filter(|(member, _)| *member != "slug")
                .map(|(member, value)| (member.clone(), value.clone())),
        );
    }
    parse::<R>(contract, value).map_err(|problem| located(problem, pointer))
}
