//! Resolves the cities and themes of a document to stored records.
//!
//! One rule: nothing is guessed. An ambiguous reference is rejected with the candidates and an advice how to correct it. Start with
//! [`resolve`].

use super::draft::{Given, NewId};
use super::matching::{self, Decision, Matchable};
use super::report::MatchedBy;
use crate::conventions::http::problem::{Code, Problem, RelatedRecord};
use crate::conventions::resource::Resource;
use crate::domain::{Fault, FaultCode};
use std::collections::HashMap;
use uuid::Uuid;

/// The record that a city or theme of a document was resolved to.
#[derive(Debug, Clone, Copy)]
pub struct Resolved {
    /// The id of the record.
    pub id: Uuid,
    /// Its index among the stored records, and the property that matched; `None` if it is new.
    pub stored: Option<(usize, MatchedBy)>,
}

/// Resolves each city or theme; `new_id` makes the ids of those that are not stored yet.
///
/// # Errors
/// 409 `ambiguous_reference`, with a fault for each record that cannot be resolved.
pub fn resolve<R>(
    given: &[Given<R::Input>],
    stored: &[(Uuid, R::Input)],
    new_id: NewId,
) -> Result<Vec<Resolved>, Problem>
where
    R: Resource<Input: Matchable>,
{
    let inputs: Vec<&R::Input> = given.iter().map(|given| &given.input).collect();
    let (mut resolved, mut faults, mut related) = (vec![], vec![], vec![]);
    for (index, decision) in matching::decide(&inputs, stored).into_iter().enumerate() {
        let (candidates, detail) = match decision {
            Decision::New => {
                let id = new_id(R::KIND, index);
                resolved.push(Resolved { id, stored: None });
                continue;
            }
            Decision::Stored(index, by) => {
                resolved.extend(stored.get(index).map(|(id, _)| Resolved {
                    id: *id,
                    stored: Some((index, by)),
                }));
                continue;
            }
            Decision::Ambiguous(indexes) => describe_ambiguity::<R>(stored, &indexes),
            Decision::Contradicted(index, by, contradictions) => {
                describe_contradiction::<R>(stored, index, by, &contradictions)
            }
        };
        let pointer = format!("/{}/{index}", R::KIND.plural());
        faults.push(Fault::at(pointer, FaultCode::Ambiguous, detail));
        related.extend(candidates);
    }
    if faults.is_empty() {
        return Ok(resolved);
    }
    let problem = Problem::from_faults(Code::AmbiguousReference, faults);
    Err(Problem { related, ..problem })
}

/// The stored records with the given indexes, as they appear in a problem.
fn candidates<R>(stored: &[(Uuid, R::Input)], indexes: &[usize]) -> Vec<RelatedRecord>
where
    R: Resource<Input: Matchable>,
{
    let candidates = indexes.iter().filter_map(|index| stored.get(*index));
    let related = candidates.map(|(id, input)| RelatedRecord {
        resource: R::KIND.singular().to_owned(),
        id: *id,
        label: input.slug().to_string(),
    });
    related.collect()
}

/// The candidates for an ambiguous record, and a text that names them and the remedy.
fn describe_ambiguity<R>(
    stored: &[(Uuid, R::Input)],
    indexes: &[usize],
) -> (Vec<RelatedRecord>, String)
where
    R: Resource<Input: Matchable>,
{
    let candidates = candidates::<R>(stored, indexes);
    let slugs: Vec<&str> = candidates.iter().map(|one| one.label.as_str()).collect();
    let singular = R::KIND.singular();
    let detail = match slugs.as_slice() {
        [slug] => format!(
            "another {singular} of the document already matches the stored {singular} {slug:?}; remove one of the two, or give this \
             one another slug and other identifiers"
        ),
        _ => format!(
            "this can be {}; state the slug of the right one, or an identifier that only it has",
            slugs.join(" or ")
        ),
    };
    (candidates, detail)
}

/// The stored record that matches but is contradicted, and a text that states the contradictions and the remedy.
fn describe_contradiction<R>(
    stored: &[(Uuid, R::Input)],
    index: usize,
    by: MatchedBy,
    contradictions: &[String],
) -> (Vec<RelatedRecord>, String)
where
    R: Resource<Input: Matchable>,
{
    let candidates = candidates::<R>(stored, &[index]);
    let slug = candidates.first().map_or("", |one| one.label.as_str());
    let (singular, plural) = (R::KIND.singular(), R::KIND.plural());
    let (shared, unique) = match by {
        MatchedBy::Identifier => ("an identifier", "other identifiers"),
        MatchedBy::Slug | MatchedBy::Name => ("the slug", "another slug"),
    };
    let detail = format!(
        "{shared} of this {singular} is that of the stored {singular} {slug:?}, but {}. If another {singular} is meant, give it \
         {unique} everywhere in the document. If the stored {singular} is wrong, correct it with PATCH /v1/{plural}/{slug} first",
        contradictions.join(", and ")
    );
    (candidates, detail)
}

/// Maps provisional ids to the ids of records. A record that the document lists has the id that it was resolved to; another one has
/// the id of the stored record with its slug.
pub fn stored_ids<T: Matchable>(
    slugs: &HashMap<Uuid, String>,
    given: &[Given<T>],
    resolved: &[Resolved],
    stored: &[(Uuid, T)],
) -> HashMap<Uuid, Uuid> {
    let mut by_slug: HashMap<&str, Uuid> = stored
        .iter()
        .map(|(id, input)| (input.slug().as_str(), *id))
        .collect();
    by_slug.extend(
        given
            .iter()
            .zip(resolved)
            .map(|(given, resolved)| (given.input.slug().as_str(), resolved.id)),
    );
    slugs
        .iter()
        .filter_map(|(id, slug)| Some((*id, *by_slug.get(slug.as_str())?)))
        .collect()
}
