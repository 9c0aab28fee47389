//! Slugs over all records of a resource: derived when not given, unique, and the rival named when they are not.

use crate::conventions::http::problem::RelatedRecord;
use crate::conventions::resource::Name;
use crate::conventions::resource::references::{Conflict, Queue, id_of_slug, slugs_like};
use crate::domain::{Fault, FaultCode, Slug};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use std::collections::HashSet;
use uuid::Uuid;

/// The queue of a record: of slugs that are equal but for their numbers, none is derived while another comes to be.
pub fn queue(name: &Name, slug: &Slug, text: &str) -> Queue {
    let wanted = if slug.is_unassigned() {
        Slug::derive(text, name.singular)
    } else {
        slug.clone()
    };
    Queue {
        key: format!("{}/{}", name.plural, wanted.stem()),
        alone: slug.is_unassigned(),
    }
}

/// Gives each record without a slug one that its name suggests and no other has.
///
/// # Errors
/// The statement fails.
pub async fn assign(
    connection: &AsyncPgConnection,
    name: &Name,
    unnamed: Vec<(&mut Slug, &str)>,
) -> QueryResult<()> {
    if unnamed.is_empty() {
        return Ok(());
    }
    let wanted: Vec<Slug> = unnamed
        .iter()
        .map(|(_, text)| Slug::derive(text, name.singular))
        .collect();
    let stems = wanted.iter().map(|slug| slug.stem().to_owned()).collect();
    let mut taken: HashSet<String> = slugs_like(connection, name.plural, stems)
        .await?
        .into_iter()
        .collect();
    for ((slug, _), wanted) in unnamed.into_iter().zip(wanted) {
        let candidates =
            std::iter::once(wanted.clone()).chain((2..).map(|number| wanted.numbered(number)));
        *slug = candidates
            .into_iter()
            .find(|candidate| !taken.contains(candidate.as_str()))
            .unwrap_or(wanted);
        taken.insert(slug.to_string());
    }
    Ok(())
}

/// The record, other than `id`, that has the slug already.
///
/// # Errors
/// The statement fails.
pub async fn conflicts(
    connection: &AsyncPgConnection,
    name: &Name,
    id: Uuid,
    slug: &Slug,
) -> QueryResult<Vec<Conflict>> {
    let rival = id_of_slug(connection, name.plural, slug.as_str())
        .await?
        .filter(|rival| *rival != id);
    let conflict = rival.map(|id| Conflict {
        fault: Fault::at(
            "/slug",
            FaultCode::Duplicate,
            format!("another {} has the slug {:?}", name.singular, slug.as_str()),
        ),
        related: vec![RelatedRecord {
            resource: name.singular.to_owned(),
            id,
            label: slug.to_string(),
        }],
    });
    Ok(conflict.into_iter().collect())
}
