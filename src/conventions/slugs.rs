//! Slugs over all records of a resource: derived when not given, unique, and the rival named when they are not.

use super::problem::RelatedRecord;
use super::references::{Conflict, exclusively, id_of_slug, slugs_like};
use super::resource::Name;
use crate::domain::{Fault, FaultCode, Slug};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

/// Gives a record without a slug one that its name suggests and no other has.
///
/// # Errors
/// A statement fails.
pub async fn assign(connection: &mut AsyncPgConnection, name: &Name, slug: &mut Slug, text: &str) -> QueryResult<()> {
    let wanted = if slug.is_unassigned() { Slug::derive(text, name.singular) } else { slug.clone() };
    // Equal but for their numbers, slugs are given one after another, those of clients included.
    exclusively(connection, &format!("{}/{}", name.plural, wanted.stem())).await?;
    if !slug.is_unassigned() {
        return Ok(());
    }
    let taken = slugs_like(connection, name.plural, wanted.stem()).await?;
    let free = |candidate: &Slug| !taken.iter().any(|slug| slug == candidate.as_str());
    let candidates = std::iter::once(wanted.clone()).chain((2..).map(|number| wanted.numbered(number)));
    *slug = candidates.into_iter().find(free).unwrap_or(wanted);
    Ok(())
}

/// The record, other than `id`, that has the slug already.
///
/// # Errors
/// The statement fails.
pub async fn conflicts(connection: &AsyncPgConnection, name: &Name, id: Uuid, slug: &Slug) -> QueryResult<Vec<Conflict>> {
    let rival = id_of_slug(connection, name.plural, slug.as_str()).await?.filter(|rival| *rival != id);
    let conflict = rival.map(|id| Conflict {
        fault: Fault::at("/slug", FaultCode::Duplicate, format!("another {} has the slug {:?}", name.singular, slug.as_str())),
        related: vec![RelatedRecord { resource: name.singular.to_owned(), id, label: slug.to_string() }],
    });
    Ok(conflict.into_iter().collect())
}
