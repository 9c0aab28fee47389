//! A whole plan as it is stored, and the document that it is shown as.
//!
//! One rule: the statements are the same five or six, however much there is. Start with [`read`].

use crate::conventions::http::problem::Problem;
mod queries;

pub use queries::{StoredParts, parts, slugs};

use crate::conventions::http::entity_tag::{self, EntityTag};
use crate::conventions::reading::versioned::to_json;
use crate::conventions::resource::Key;
use crate::database::sql::Observed;
use crate::documents::document::{DocumentActivity, DocumentOutcome, PlanDocument};
use crate::domain::Slug;
use crate::resources::activities::ActivityInput;
use crate::resources::cities::CityInput;
use crate::resources::outcomes::OutcomeInput;
use crate::resources::references::links::{Slugs, Targets};
use crate::resources::themes::ThemeInput;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A document with what its entity tag is made of.
pub struct Shown {
    /// The document.
    pub document: PlanDocument,
    /// Version of the plan.
    pub version: i32,
}

impl Shown {
    /// The document as JSON and the entity tag of that.
    ///
    /// # Errors
    /// Never for a document that was read.
    pub fn json(&self) -> Result<(Vec<u8>, EntityTag), Problem> {
        let body = to_json(&self.document).map_err(Problem::internal)?;
        let tag = entity_tag::for_version(self.version, &body);
        Ok((body, tag))
    }
}

/// Reads the document of a plan; the statements are the same five or six, however much there is.
///
/// # Errors
/// 404, 503.
pub async fn read(connection: &AsyncPgConnection, key: &Key) -> Result<Observed<Shown>, Problem> {
    let parts = queries::parts(connection, key)
        .await?
        .ok_or_else(|| Problem::not_found("plan", key))?;
    Ok(show(connection, parts).await?)
}

/// Makes the document of what is stored.
///
/// # Errors
/// A statement fails, or a record that is named is missing.
pub async fn show(
    connection: &AsyncPgConnection,
    mut parts: StoredParts,
) -> QueryResult<Observed<Shown>> {
    let targets = targets(&mut parts);
    let (cities, themes) = (distinct(targets.cities), distinct(targets.themes));
    let named = queries::named(connection, &cities, &themes, &targets.plans).await?;
    let slugs = Slugs {
        cities: slugs_of(&named.cities, |city| &city.slug),
        themes: slugs_of(&named.themes, |theme| &theme.slug),
        plans: named.plans,
    };
    let version = parts.plan.record.version;
    let cities = in_order(cities, named.cities)?;
    let themes = in_order(themes, named.themes)?;
    let (first, last) = (parts.state.clone(), named.state);
    let document =
        arranged(parts, cities, themes, &slugs).ok_or(diesel::result::Error::NotFound)?;
    Ok(Observed {
        value: Shown { document, version },
        first,
        last,
    })
}

/// What a plan names, and the cities that its parts do.
fn targets(parts: &mut StoredParts) -> Targets {
    let mut targets = Targets::new(parts.plan.input.links());
    let activities = parts.activities.iter_mut();
    let activities = activities.flat_map(|(_, activity)| activity.content.links());
    let outcomes = parts.outcomes.iter_mut();
    let outcomes = outcomes.flat_map(|(_, outcome)| outcome.content.links());
    let contents = Targets::new(activities.chain(outcomes));
    targets.cities.extend(contents.cities);
    targets
}

fn slugs_of<T>(records: &[(Uuid, T)], slug: impl Fn(&T) -> &Slug) -> HashMap<Uuid, Slug> {
    let slugs = records
        .iter()
        .map(|(id, record)| (*id, slug(record).clone()));
    slugs.collect()
}

fn arranged(
    parts: StoredParts,
    cities: Vec<CityInput>,
    themes: Vec<ThemeInput>,
    slugs: &Slugs,
) -> Option<PlanDocument> {
    let mut plan = parts.plan.input;
    plan.links().try_for_each(|link| link.set_slugs(slugs))?;
    let activities = parts.activities.into_iter();
    let activities = activities.map(|(_, activity)| document_activity(activity, slugs));
    let outcomes = parts.outcomes.into_iter();
    let outcomes = outcomes.map(|(_, outcome)| document_outcome(outcome, slugs));
    Some(PlanDocument {
        activities: activities.collect::<Option<_>>()?,
        outcomes: outcomes.collect::<Option<_>>()?,
        plan,
        cities,
        themes,
    })
}

fn document_activity(mut activity: ActivityInput, slugs: &Slugs) -> Option<DocumentActivity> {
    activity
        .content
        .links()
        .try_for_each(|link| link.set_slugs(slugs))?;
    let themes = activity.theme_ids.iter();
    let themes = themes.map(|id| slugs.themes.get(id).cloned());
    Some(DocumentActivity {
        themes: themes.collect::<Option<_>>()?,
        content: activity.content,
    })
}

fn document_outcome(mut outcome: OutcomeInput, slugs: &Slugs) -> Option<DocumentOutcome> {
    outcome
        .content
        .links()
        .try_for_each(|link| link.set_slugs(slugs))?;
    let theme = match outcome.theme_id {
        Some(id) => Some(slugs.themes.get(&id)?.clone()),
        None => None,
    };
    Some(DocumentOutcome {
        theme,
        content: outcome.content,
    })
}

/// Each id once, where it first comes.
fn distinct(ids: Vec<Uuid>) -> Vec<Uuid> {
    let mut seen = HashSet::new();
    ids.into_iter().filter(|id| seen.insert(*id)).collect()
}

fn in_order<T>(ids: Vec<Uuid>, rows: Vec<(Uuid, T)>) -> QueryResult<Vec<T>> {
    let mut rows: HashMap<Uuid, T> = rows.into_iter().collect();
    ids.iter()
        .map(|id| rows.remove(id).ok_or(diesel::result::Error::NotFound))
        .collect()
}
