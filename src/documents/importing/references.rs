//! The cities and themes that a document names: what they may be found by, what the document says otherwise of them, and what
//! is written of that.
//!
//! Which stored records may be meant is read before. Nothing here asks the database but [`References::write`], in two
//! statements, however many there are.

use super::draft::{Draft, Given};
use super::matching::Matchable;
use super::pointers::located;
use super::queries::Wanted;
use super::report::{ImportDifference, ImportStatus, ImportedRecord, record};
use super::resolution::Resolved;
use crate::conventions::contract::Contract;
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::resource::{Input, Writable};
use crate::conventions::writing::input::parse;
use crate::conventions::writing::store_problem;
use crate::database::sql::bulk;
use crate::domain::{Fault, FaultCode};
use diesel_async::AsyncPgConnection;
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// What the cities of a document may be found by.
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

/// What the themes of a document may be found by.
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

/// The cities or the themes of a document, sorted by what is to be done with them.
pub struct References<R: Writable> {
    created: Vec<(Uuid, R::Input)>,
    updated: Vec<(Uuid, R::Input)>,
    records: Vec<ImportedRecord>,
}

impl<R: Writable<Input: Matchable>> References<R> {
    /// Compares those of the document with those that are stored, which are written over if that is wished.
    ///
    /// # Errors
    /// 422 for what is not valid any more where the document is written over it.
    pub fn compared(
        contract: &Contract,
        update: bool,
        given: &[Given<R::Input>],
        resolved: Vec<Resolved>,
        stored: &[(Uuid, R::Input)],
    ) -> Result<Self, Problem> {
        let (mut created, mut updated, mut records) = (Vec::new(), Vec::new(), Vec::new());
        for (index, (given, resolved)) in given.iter().zip(resolved).enumerate() {
            let pointer = format!("/{}/{index}", R::KIND.plural());
            let known = resolved
                .stored
                .and_then(|(place, by)| Some((stored.get(place)?, by)));
            let input = known.map_or(&given.input, |((_, input), _)| input);
            let place = Some(pointer.clone());
            let mut record = record::<R>(place, ImportStatus::Created, resolved.id, input);
            match known {
                None => created.push((resolved.id, given.input.clone())),
                Some(((id, input), by)) => {
                    record.status = ImportStatus::Unchanged;
                    record.matched_by = Some(by);
                    record.differences = differences(&pointer, given, input)?;
                    if update && !record.differences.is_empty() {
                        updated.push((*id, overlaid::<R>(contract, &pointer, given, input)?));
                        record.status = ImportStatus::Updated;
                    }
                }
            }
            records.push(record);
        }
        Ok(Self {
            created,
            updated,
            records,
        })
    }

    /// Writes what is to be written; gives a record of each.
    ///
    /// # Errors
    /// 409, 503.
    pub async fn write(
        mut self,
        connection: &mut AsyncPgConnection,
    ) -> Result<Vec<ImportedRecord>, Problem> {
        // In the order of their slugs, so that two imports never wait for each other in a circle.
        self.created
            .sort_by(|(_, one), (_, other)| one.slug().as_str().cmp(other.slug().as_str()));
        self.updated.sort_by_key(|(id, _)| *id);
        let table = R::KIND.plural();
        let refused = |error| located(store_problem::<R>(error), &format!("/{table}"));
        bulk::insert(connection, table, &self.created)
            .await
            .map_err(refused)?;
        bulk::update(connection, table, &self.updated)
            .await
            .map_err(refused)?;
        Ok(self.records)
    }
}

/// What the document says otherwise than what is stored; of what it leaves out it says nothing.
fn differences<T: Input>(
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
fn overlaid<R: Writable>(
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
