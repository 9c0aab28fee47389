//! Reads a plan with its parts and composes the document.
//!
//! One rule: at most seven statements are executed, independent of the size of the plan. Start with [`fetch`].

mod keys;
mod queries;

pub use queries::{StoredParts, load_parts, slugs};

use crate::conventions::context::Context;
use crate::conventions::http::entity_tag::{self, EntityTag};
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::versioned::to_json;
use crate::conventions::resource::Key;
use crate::conventions::resource::references::missing;
use crate::database::sql::Observed;
use crate::documents::document::{DocumentActivity, DocumentOutcome, PlanDocument};
use crate::domain::{RecordKind, Slug};
use crate::resources::activities::ActivityInput;
use crate::resources::cities::CityInput;
use crate::resources::outcomes::OutcomeInput;
use crate::resources::plans::{InverseRelation, inverse_relations};
use crate::resources::references::links::{Slugs, Targets};
use crate::resources::themes::ThemeInput;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use futures_util::future::try_join;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A document with the version from which its entity tag is computed.
pub struct VersionedDocument {
    /// The document.
    pub document: PlanDocument,
    /// The version of the plan.
    pub version: i32,
    /// The relations that other plans state of it, which are not part of the document.
    pub inverse_relations: Vec<InverseRelation>,
}

impl VersionedDocument {
    /// The document as JSON, and its entity tag.
    ///
    /// # Errors
    /// The document cannot be represented as JSON, which never happens for a document that was read.
    pub fn json(&self) -> Result<(Vec<u8>, EntityTag), Problem> {
        let body = to_json(&self.document).map_err(Problem::internal)?;
        let tag = entity_tag::for_version(self.version, &body);
        Ok((body, tag))
    }
}

/// Reads the document of the plan with the given key from one state of the database.
///
/// # Errors
/// 404, 503.
pub async fn fetch(context: &Context, key: &Key) -> Result<VersionedDocument, Problem> {
    let read = async |connection: &AsyncPgConnection| read(connection, key).await;
    context.database.consistent_read(read).await
}

/// Reads the document of a plan.
///
/// # Errors
/// 404, 503.
pub async fn read(
    connection: &AsyncPgConnection,
    key: &Key,
) -> Result<Observed<VersionedDocument>, Problem> {
    match queries::load_parts(connection, key).await? {
        Some(parts) => Ok(compose(connection, parts).await?),
        None => Err(missing(connection, RecordKind::Plan, key).await),
    }
}

/// Composes the document of a plan from its stored parts.
///
/// # Errors
/// A statement fails, or a referenced record is missing.
pub async fn compose(
    connection: &AsyncPgConnection,
    mut parts: StoredParts,
) -> QueryResult<Observed<VersionedDocument>> {
    let targets = targets(&mut parts);
    let (cities, themes) = (distinct(targets.cities), distinct(targets.themes));
    let id = parts.plan.record.id;
    // The statements are sent without waiting for the results in between; the cities are read last.
    let (mut inverse, referenced) = try_join(
        inverse_relations(connection, vec![id]),
        queries::load_referenced(connection, &cities, &themes, &targets.plans),
    )
    .await?;
    let slugs = Slugs {
        cities: slugs_of(&referenced.cities, |city| &city.slug),
        themes: slugs_of(&referenced.themes, |theme| &theme.slug),
        plans: referenced.plans,
    };
    let version = parts.plan.record.version;
    let cities = in_order(cities, referenced.cities)?;
    let themes = in_order(themes, referenced.themes)?;
    let (first, last) = (parts.state.clone(), referenced.state);
    let document =
        assemble(parts, cities, themes, &slugs).ok_or(diesel::result::Error::NotFound)?;
    Ok(Observed {
        value: VersionedDocument {
            document,
            version,
            inverse_relations: inverse.remove(&id).unwrap_or_default(),
        },
        first,
        last,
    })
}

/// The records that a plan refers to, and the cities that its parts refer to.
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

fn assemble(
    parts: StoredParts,
    cities: Vec<CityInput>,
    themes: Vec<ThemeInput>,
    slugs: &Slugs,
) -> Option<PlanDocument> {
    let mut plan = parts.plan.input;
    plan.links().try_for_each(|link| link.set_slugs(slugs))?;
    let keys = keys::keys(&parts.activities);
    let activities = parts.activities.into_iter();
    let activities = activities.map(|(record, activity)| {
        Some(DocumentActivity {
            key: keys.get(&record.id).cloned(),
            parent: activity.parent_id.and_then(|id| keys.get(&id).cloned()),
            ..document_activity(activity, slugs)?
        })
    });
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
        key: None,
        parent: None,
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

/// Removes repeated ids.
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
