//! Which stored record each city and theme of a document is, or what to do where that is not clear.
//!
//! One rule: what is not clear is refused with all that it may be, and nothing is guessed. Start with [`settle`].

use super::draft::Given;
use super::matching::{self, Decision, Told};
use super::report::MatchedBy;
use crate::conventions::problem::{Code, Problem, RelatedRecord};
use crate::conventions::resource::Resource;
use crate::domain::{Fault, FaultCode};
use std::collections::HashMap;
use uuid::Uuid;

/// What a city or theme of a document turned out to be.
#[derive(Debug, Clone, Copy)]
pub struct Settled {
    /// Its id.
    pub id: Uuid,
    /// Its place among the stored ones, and how it was told; none if it is new.
    pub stored: Option<(usize, MatchedBy)>,
}

/// Decides what each city or theme is.
///
/// # Errors
/// `ambiguous_reference` with a fault for each of which it is not clear.
pub fn settle<R>(
    given: &[Given<R::Input>],
    stored: &[(Uuid, R::Input)],
) -> Result<Vec<Settled>, Problem>
where
    R: Resource<Input: Told>,
{
    let inputs: Vec<&R::Input> = given.iter().map(|given| &given.input).collect();
    let (mut settled, mut faults, mut related) = (Vec::new(), Vec::new(), Vec::new());
    for (index, decision) in matching::decide(&inputs, stored).into_iter().enumerate() {
        match decision {
            Decision::New => {
                let (id, stored) = (Uuid::now_v7(), None);
                settled.push(Settled { id, stored });
            }
            Decision::Stored(place, by) => {
                let id = stored.get(place).map(|(id, _)| *id);
                let stored = Some((place, by));
                settled.extend(id.map(|id| Settled { id, stored }));
            }
            Decision::Undecided(places) => {
                let candidates = candidates::<R>(stored, &places);
                let (pointer, detail) = (
                    format!("/{}/{index}", R::NAME.plural),
                    undecided(&candidates),
                );
                faults.push(Fault::at(pointer, FaultCode::Ambiguous, detail));
                related.extend(candidates);
            }
        }
    }
    if faults.is_empty() {
        return Ok(settled);
    }
    let problem = Problem::of_faults(Code::AmbiguousReference, faults);
    Err(Problem { related, ..problem })
}

fn candidates<R>(stored: &[(Uuid, R::Input)], places: &[usize]) -> Vec<RelatedRecord>
where
    R: Resource<Input: Told>,
{
    let candidates = places.iter().filter_map(|place| stored.get(*place));
    let related = candidates.map(|(id, input)| RelatedRecord {
        resource: R::NAME.singular.to_owned(),
        id: *id,
        label: input.slug().to_string(),
    });
    related.collect()
}

fn undecided(candidates: &[RelatedRecord]) -> String {
    let slugs: Vec<&str> = candidates.iter().map(|one| one.label.as_str()).collect();
    format!(
        "this can be {}; give the slug of the right one, or an identifier that tells them apart",
        slugs.join(" or ")
    )
}

/// The ids behind provisional ones: what the document lists is what that was settled to be, the rest is stored under its slug.
pub fn placed<T: Told>(
    slugs: &HashMap<Uuid, String>,
    given: &[Given<T>],
    settled: &[Settled],
    stored: &[(Uuid, T)],
) -> HashMap<Uuid, Uuid> {
    let mut by_slug: HashMap<&str, Uuid> = stored
        .iter()
        .map(|(id, input)| (input.slug().as_str(), *id))
        .collect();
    by_slug.extend(
        given
            .iter()
            .zip(settled)
            .map(|(given, settled)| (given.input.slug().as_str(), settled.id)),
    );
    slugs
        .iter()
        .filter_map(|(id, slug)| Some((*id, *by_slug.get(slug.as_str())?)))
        .collect()
}
