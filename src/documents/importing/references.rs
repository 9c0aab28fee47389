//! The cities and themes of a document: the keys by which they are searched, how they differ from the stored ones, and the
//! statements that write them.
//!
//! One rule: only [`References::write`] uses the database, with two statements for all records of a kind. Start with
//! [`References::compare`].

use super::draft::{Draft, Given};
use super::matching::Matchable;
use super::pointers::with_prefix;
use super::queries::SearchKeys;
use super::report::{ImportDifference, ImportStatus, ImportedRecord, UpdateReferences, record};
use super::resolution::Resolved;
use crate::conventions::contract::Contract;
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::resource::{FIRST_VERSION, Input, Writable, queries};
use crate::conventions::writing::input::parse;
use crate::conventions::writing::store_problem;
use crate::domain::{Fault, FaultCode, suggestion};
use diesel_async::AsyncPgConnection;
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// The keys by which the cities of a document are searched.
pub fn city_search_keys(draft: &Draft) -> SearchKeys {
    let mut keys = SearchKeys {
        slugs: draft.provisional.cities.values().cloned().collect(),
        ..SearchKeys::default()
    };
    for Given { input, .. } in &draft.cities {
        keys.slugs.push(input.slug.to_string());
        keys.names.push(input.name.clone());
        keys.names.extend(input.alternative_names.iter().cloned());
        for identifier in &input.identifiers {
            keys.schemes.push(identifier.scheme.clone());
            keys.values.push(identifier.value.clone());
        }
    }
    keys
}

/// The keys by which the themes of a document are searched.
pub fn theme_search_keys(draft: &Draft) -> SearchKeys {
    let mut keys = SearchKeys {
        slugs: draft.provisional.themes.values().cloned().collect(),
        ..SearchKeys::default()
    };
    for Given { input, .. } in &draft.themes {
        keys.slugs.push(input.slug.to_string());
        keys.names.push(input.name.clone());
        keys.names.extend(input.aliases.iter().cloned());
    }
    keys
}

/// Replaces all provisional ids of the draft by ids of stored records.
///
/// # Errors
/// 409 if a slug is unknown.
pub fn replace_ids(draft: &mut Draft, ids: &HashMap<Uuid, Uuid>) -> Result<(), Problem> {
    let slugs = &draft.provisional;
    let unknown = draft
        .references()
        .into_iter()
        .filter(|(_, _, id)| !ids.contains_key(id))
        .map(|(pointer, kind, id)| {
            let slug = [&slugs.cities, &slugs.themes, &slugs.plans]
                .into_iter()
                .find_map(|slugs| slugs.get(&id))
                .map_or("", String::as_str);
            let singular = kind.singular();
            let hint = suggestion(slug, draft.slugs(kind));
            let detail =
                format!("neither the registry nor the document has a {singular} {slug:?}{hint}");
            Fault::at(pointer, FaultCode::UnknownReference, detail)
        });
    let unknown: Vec<Fault> = unknown.collect();
    if !unknown.is_empty() {
        return Err(Problem::from_faults(Code::UnknownReference, unknown));
    }
    let theme = |id: &mut Uuid| ids.get(id).map(|stored| *id = *stored);
    let done = draft.plan.links().try_for_each(|link| link.retarget(ids));
    let done = done.and(draft.activities.iter_mut().try_for_each(|activity| {
        activity.theme_ids.iter_mut().try_for_each(theme)?;
        activity
            .content
            .links()
            .try_for_each(|link| link.retarget(ids))
    }));
    let done = done.and(draft.outcomes.iter_mut().try_for_each(|outcome| {
        outcome.theme_id.iter_mut().try_for_each(theme)?;
        outcome
            .content
            .links()
            .try_for_each(|link| link.retarget(ids))
    }));
    done.ok_or_else(|| Problem::internal("a reference of the document was not resolved"))
}

/// The cities or the themes of a document, grouped by the statement that writes them.
pub struct References<R: Writable> {
    created: Vec<(Uuid, R::Input)>,
    updated: Vec<(Uuid, R::Input)>,
    records: Vec<ImportedRecord>,
}

impl<R: Writable<Input: Matchable>> References<R> {
    /// Compares the records of the document with the stored ones; `update` says which of the differences are written. Then the stored
    /// records must be locked.
    ///
    /// # Errors
    /// 422 if a stored record would become invalid by the values of the document.
    pub fn compare(
        contract: &Contract,
        update: UpdateReferences,
        given: &[Given<R::Input>],
        resolved: Vec<Resolved>,
        stored: &[(Uuid, R::Input)],
    ) -> Result<Self, Problem> {
        let (mut created, mut updated, mut records) = (Vec::new(), Vec::new(), Vec::new());
        for (index, (given, resolved)) in given.iter().zip(resolved).enumerate() {
            let pointer = format!("/{}/{index}", R::KIND.plural());
            let matched = resolved
                .stored
                .and_then(|(index, by)| Some((stored.get(index)?, by)));
            let input = matched.map_or(&given.input, |((_, input), _)| input);
            let mut record = record::<R>(
                Some(pointer.clone()),
                ImportStatus::Created,
                resolved.id,
                input,
            );
            match matched {
                None => created.push((resolved.id, given.input.clone())),
                Some(((id, input), by)) => {
                    record.status = ImportStatus::Unchanged;
                    record.matched_by = Some(by);
                    record.differences = differences(&pointer, given, input, update)?;
                    if record.differences.iter().any(|one| one.written) {
                        let merged = merge::<R>(contract, &pointer, given, input, update)?;
                        updated.push((*id, merged));
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

    /// Writes the differences. Returns a record for the report for each city or theme.
    ///
    /// # Errors
    /// 409, 503.
    pub async fn write(
        mut self,
        connection: &mut AsyncPgConnection,
    ) -> Result<Vec<ImportedRecord>, Problem> {
        // Concurrent imports write the same records in the same order, so that they cannot deadlock.
        self.created
            .sort_by(|(_, one), (_, other)| one.slug().as_str().cmp(other.slug().as_str()));
        self.updated.sort_by_key(|(id, _)| *id);
        let table = R::KIND.plural();
        let problem = |error| with_prefix(store_problem::<R>(error), &format!("/{table}"));
        let created = self
            .created
            .iter()
            .map(|(id, input)| (*id, FIRST_VERSION, input));
        queries::insert_all::<R>(connection, created)
            .await
            .map_err(problem)?;
        let updated = self.updated.iter().map(|(id, input)| (*id, input));
        queries::update_all::<R>(connection, updated)
            .await
            .map_err(problem)?;
        Ok(self.records)
    }
}

/// A member of which the document says something else than the registry.
struct Differing<'g> {
    member: &'g str,
    stored: Value,
    given: Value,
}

/// The members of the document whose values differ from the stored ones. Members that the document omits do not differ.
fn differing<'g, T: Input>(given: &'g Given<T>, stored: &T) -> Result<Vec<Differing<'g>>, Problem> {
    let given_values = serde_json::to_value(&given.input).map_err(Problem::internal)?;
    let stored_values = serde_json::to_value(stored).map_err(Problem::internal)?;
    let members = given.members.keys().filter(|member| *member != "slug");
    let pairs = members.filter_map(|member| {
        Some(Differing {
            member,
            stored: stored_values.get(member)?.clone(),
            given: given_values.get(member)?.clone(),
        })
    });
    Ok(pairs.filter(|one| one.stored != one.given).collect())
}

/// The differences between a record of the document and the stored one, for the report.
fn differences<T: Input>(
    pointer: &str,
    given: &Given<T>,
    stored: &T,
    update: UpdateReferences,
) -> Result<Vec<ImportDifference>, Problem> {
    let difference = |one: Differing<'_>| ImportDifference {
        pointer: format!("{pointer}/{}", one.member),
        stored: one.stored.to_string(),
        given: one.given.to_string(),
        written: update.writes(&one.stored, &one.given),
    };
    let differing = differing(given, stored)?.into_iter();
    Ok(differing.map(difference).collect())
}

/// The stored record with those values of the document that are written.
fn merge<R: Writable>(
    contract: &Contract,
    pointer: &str,
    given: &Given<R::Input>,
    stored: &R::Input,
    update: UpdateReferences,
) -> Result<R::Input, Problem> {
    let mut value = serde_json::to_value(stored).map_err(Problem::internal)?;
    let written = differing(given, stored)?.into_iter();
    let written = written.filter(|one| update.writes(&one.stored, &one.given));
    if let Some(members) = value.as_object_mut() {
        members.extend(written.map(|one| (one.member.to_owned(), one.given)));
    }
    parse::<R>(contract, value).map_err(|problem| with_prefix(problem, pointer))
}
