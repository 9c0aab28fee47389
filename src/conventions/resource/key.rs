//! What records are called: the names of a resource, and the keys of its records in addresses.

use super::references;
use crate::conventions::http::problem::Problem;
use crate::domain::Slug;
use actix_web::HttpRequest;
use diesel_async::AsyncPgConnection;
use std::fmt;
use uuid::Uuid;

/// The names of a resource.
#[derive(Debug, Clone, Copy)]
pub struct Name {
    /// Of its schema: `City`.
    pub schema: &'static str,
    /// Of one, in texts and operation ids: `city`.
    pub singular: &'static str,
    /// Of many, in paths, operation ids and as the name of its table: `cities`.
    pub plural: &'static str,
    /// True if a slug identifies it as well as its id.
    pub has_slug: bool,
}

/// What identifies a record in an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// Its id.
    Id(Uuid),
    /// Its slug.
    Slug(Slug),
}

impl Key {
    /// The key that the first parameter of the path names.
    ///
    /// # Errors
    /// 404 if it can be neither id nor slug.
    pub fn of_path(request: &HttpRequest, name: &Name) -> Result<Self, Problem> {
        let key = Self::of_path_in(request, name.singular)?;
        match key {
            Self::Slug(slug) if !name.has_slug => Err(Problem::not_found(name.singular, slug)),
            key => Ok(key),
        }
    }

    /// The key, id or slug, of the record of another resource that the path names.
    ///
    /// # Errors
    /// 404 if it can be neither id nor slug.
    pub fn of_path_in(request: &HttpRequest, singular: &str) -> Result<Self, Problem> {
        let text = request
            .match_info()
            .iter()
            .next()
            .map_or("", |(_, text)| text);
        if let Some(id) = Uuid::try_parse(text).ok().filter(|_| text.len() == 36) {
            return Ok(Self::Id(id));
        }
        text.parse()
            .map(Self::Slug)
            .map_err(|_| Problem::not_found(singular, text))
    }

    /// The id of the record that it identifies; an id is not looked up.
    ///
    /// # Errors
    /// 404 if no record has the slug, 503.
    pub async fn resolve(
        &self,
        connection: &AsyncPgConnection,
        name: &Name,
    ) -> Result<Uuid, Problem> {
        match self {
            Self::Id(id) => Ok(*id),
            slug => references::id_of_key(connection, name.plural, name.singular, slug).await,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(formatter),
            Self::Slug(slug) => slug.fmt(formatter),
        }
    }
}
