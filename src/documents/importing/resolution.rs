//! Which stored record each city and theme of a document is, or what to do where that is not clear.
//!
//! One rule: what is not clear is refused with both sides and the way out, and nothing is guessed. Start with [`resolve`].

use super::draft::Given;
use super::matching::{self, Decision, Matchable};
use super::report::MatchedBy;
use crate::conventions::http::problem::{Code, Problem, RelatedRecord};
use crate::conventions::resource::Resource;
use crate::domain::{Fault, FaultCode};
use std::collections::HashMap;
use uuid::Uuid;

/// What a city or theme of a document turned out to be.
#[derive(Debug, Clone, Copy)]
pub struct Resolved {
    /// Its id.
    pub id: Uuid,
    /// Its place among the stored ones, and how it was told; none if it is new.
    pub stored: Option<(usize, MatchedBy)>,
}

impl Resolved {
    /// One that is not stored yet.
    fn new() -> Self {
        Self {
            id: Uuid::now_v7(),
            stored: None,
        }
    }
}

/// Decides what each city or theme is.
///
/// # Errors
/// `ambiguous_reference` with a fault for each of which it is not clear.
pub fn resolve<R>(
    given: &[Given<R::Input>],
    stored: &[(Uuid, R::Input)],
) -> Result<Vec<Resolved>, Problem>
where
    R: Resource<Input: Matchable>,
{
    let inputs: Vec<&R::Input> = given.iter().map(|given| &given.input).collect();
    let (mut resolved, mut faults, mut related) = (vec![], vec![], vec![]);
    for (index, decision) in matching::decide(&inputs, stored).into_iter().enumerate() {
        let (candidates, detail) = match decision {
            Decision::New => {
                resolved.push(Resolved::new());
                continue;
            }
            Decision::Stored(place, by) => {
                resolved.extend(stored.get(place).map(|(id, _)| Resolved {
                    id: *id,
                    stored: Some((place, by)),
                }));
                continue;
            }
            Decision::Undecided(places) => undecided::<R>(stored, &places),
            Decision::Contradicted(place, by, against) => {
                contradicted::<R>(stored, place, by, &against)
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

fn candidates<R>(stored: &[(Uuid, R::Input)], places: &[usize]) -> Vec<RelatedRecord>
where
    R: Resource<Input: Matchable>,
{
    let candidates = places.iter().filter_map(|place| stored.get(*place));
    let related = candidates.map(|(id, input)| RelatedRecord {
        resource: R::KIND.singular().to_owned(),
        id: *id,
        label: input.slug().to_string(),
    });
    related.collect()
}

/// The candidates among which nothing decides, and what to do.
fn undecided<R>(stored: &[(Uuid, R::Input)], places: &[usize]) -> (Vec<RelatedRecord>, String)
where
    R: Resource<Input: Matchable>,
{
    let candidates = candidates::<R>(stored, places);
    let slugs: Vec<&str> = candidates.iter().map(|one| one.label.as_str()).collect();
    let detail = format!(
        "this can be {}; give the slug of the right one, or an identifier that tells them apart",
        slugs.join(" or ")
    );
    (candidates, detail)
}

/// The stored record that a record is by its slug or identifier and is not by all else, and what to do.
fn contradicted<R>(
    stored: &[(Uuid, R::Input)],
    place: usize,
    by: MatchedBy,
    against: &[String],
) -> (Vec<RelatedRecord>, String)
where
    R: Resource<Input: Matchable>,
{
    let candidates = candidates::<R>(stored, &[place]);
    let slug = candidates.first().map_or("", |one| one.label.as_str());
    let (singular, plural) = (R::KIND.singular(), R::KIND.plural());
    let (sign, own) = match by {
        MatchedBy::Identifier => ("an identifier", "its own identifiers"),
        MatchedBy::Slug | MatchedBy::Name => ("the slug", "a slug of its own"),
    };
    let detail = format!(
        "{sign} of this {singular} is that of the stored {singular} {slug:?}, but {}. If another {singular} is meant, give it \
         {own}, everywhere in the document. If the stored {singular} is wrong, correct it with PATCH /v1/{plural}/{slug} first",
        against.join(", and ")
    );
    (candidates, detail)
}

/// The ids behind provisional ones: what the document lists is what that was resolved to be, the rest is stored under its slug.
pub fn placed<T: Matchable>(
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
