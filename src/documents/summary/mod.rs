//! A whole plan as it is stored, and the document that it is shown as.
//!
//! One rule: the statements are the same five or six, however much there is. Start with [`read`].

use crate::conventions::http::problem::Problem;
mod queries;

pub use queries::{StoredParts, parts, slugs};

use crate::conventions::http::entity_tag::{self, EntityTag};
use crate::conventions::reading::versioned::sized;
use crate::conventions::resource::Key;
use crate::database::sql::Seen;
use crate::documents::document::{DocumentActivity, DocumentOutcome, PlanDocument};
use crate::domain::Slug;
use crate::resources::cities::CityInput;
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
        let body = sized(&self.document).map_err(Problem::internal)?;
        let tag = entity_tag::of_version(self.version, &body);
        Ok((body, tag))
    }
}

/// Reads the document of a plan; the statements are the same five or six, however much there is.
///
/// # Errors
/// 404, 503.
pub async fn read(connection: &AsyncPgConnection, key: &Key) -> Result<Seen<Shown>, Problem> {
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
) -> QueryResult<Seen<Shown>> {
    let mut targets = Targets::of(parts.plan.input.links());
    let contents = parts
        .activities
        .iter_mut()
        .flat_map(|(_, activity)| activity.content.links());
    let contents = Targets::of(
        contents.chain(
            parts
                .outcomes
                .iter_mut()
                .flat_map(|(_, outcome)| outcome.content.links()),
        ),
    );
    targets.cities.extend(contents.cities);
    let (cities, themes) = (distinct(targets.cities), distinct(targets.themes));
    let named = queries::named(connection, &cities, &themes, &targets.plans).await?;
    let slugs = Slugs {
        cities: named
            .cities
            .iter()
            .map(|(id, city)| (*id, city.slug.clone()))
            .collect(),
        themes: named
            .themes
            .iter()
            .map(|(id, theme)| (*id, theme.slug.clone()))
            .collect(),
        plans: named.plans,
    };
    let version = parts.plan.record.version;
    let cities = in_order(cities, named.cities)?;
    let themes = in_order(themes, named.themes)?;
    let (first, last) = (parts.state.clone(), named.state);
    let document =
        arranged(parts, cities, themes, &slugs).ok_or(diesel::result::Error::NotFound)?;
    Ok(Seen {
        value: Shown { document, version },
        first,
        last,
    })
}

fn arranged(
    parts: StoredParts,
    cities: Vec<CityInput>,
    themes: Vec<ThemeInput>,
    slugs: &Slugs,
) -> Option<PlanDocument> {
    let theme = |id: &Uuid| -> Option<Slug> { slugs.themes.get(id).cloned() };
    let mut plan = parts.plan.input;
    plan.links().try_for_each(|link| link.slug(slugs))?;
    let activities = parts.activities.into_iter().map(|(_, mut activity)| {
        activity
            .content
            .links()
            .try_for_each(|link| link.slug(slugs))?;
        Some(DocumentActivity {
            themes: activity
                .theme_ids
                .iter()
                .map(theme)
                .collect::<Option<_>>()?,
            content: activity.content,
        })
    });
    let outcomes = parts.outcomes.into_iter().map(|(_, mut outcome)| {
        outcome
            .content
            .links()
            .try_for_each(|link| link.slug(slugs))?;
        let theme = outcome
            .theme_id
            .map(|id| theme(&id).ok_or(()))
            .transpose()
            .ok()?;
        Some(DocumentOutcome {
            theme,
            content: outcome.content,
        })
    });
    Some(PlanDocument {
        activities: activities.collect::<Option<_>>()?,
        outcomes: outcomes.collect::<Option<_>>()?,
        plan,
        cities,
        themes,
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
