//! Checks a document as an import does, but without a database. Start with [`check`].

use super::draft::Draft;
use crate::conventions::contract::Contract;
use crate::conventions::http::problem::Problem;
use crate::domain::{RecordKind, Slug, text};
use serde_json::Value;
use std::collections::HashSet;

/// A record to which a document refers without containing it: the registry must have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReference {
    /// The place of the reference in the document.
    pub pointer: String,
    /// Its kind.
    pub kind: RecordKind,
    /// Its slug.
    pub slug: String,
}

/// Checks the document of the plan with the given slug; returns the records that the registry must have.
///
/// # Errors
/// 422 with all faults.
pub fn check(
    contract: &Contract,
    mut document: Value,
    slug: &Slug,
) -> Result<Vec<OpenReference>, Problem> {
    text::normalise_json(&mut document);
    let draft = Draft::parse(contract, document, Some(slug))?;
    let cities = draft.cities.iter().map(|city| city.input.slug.as_str());
    let themes = draft.themes.iter().map(|theme| theme.input.slug.as_str());
    let contained: HashSet<(RecordKind, &str)> = cities
        .map(|slug| (RecordKind::City, slug))
        .chain(themes.map(|slug| (RecordKind::Theme, slug)))
        .collect();
    let slugs = &draft.provisional;
    let named = draft
        .references()
        .into_iter()
        .filter_map(|(pointer, kind, id)| {
            let known = [&slugs.cities, &slugs.themes, &slugs.plans];
            let slug = known.into_iter().find_map(|slugs| slugs.get(&id))?.clone();
            Some(OpenReference {
                pointer,
                kind,
                slug,
            })
        });
    let is_open = |named: &OpenReference| !contained.contains(&(named.kind, named.slug.as_str()));
    Ok(named.filter(is_open).collect())
}
