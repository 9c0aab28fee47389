//! The keys that identify records in addresses.

use crate::conventions::http::problem::Problem;
use crate::domain::{RecordKind, Slug};
use actix_web::HttpRequest;
use std::fmt;
use uuid::Uuid;

/// The key of a record in an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// Its id.
    Id(Uuid),
    /// Its slug.
    Slug(Slug),
}

impl Key {
    /// Parses the first parameter of the path as the key of a record of that kind.
    ///
    /// # Errors
    /// 404 if no record of that kind can have such a key.
    pub fn from_path(request: &HttpRequest, kind: RecordKind) -> Result<Self, Problem> {
        let text = request
            .match_info()
            .iter()
            .next()
            .map_or("", |(_, text)| text);
        if let Some(id) = Uuid::try_parse(text).ok().filter(|_| text.len() == 36) {
            return Ok(Self::Id(id));
        }
        match text.parse() {
            Ok(slug) if kind.has_slug() => Ok(Self::Slug(slug)),
            _ => {
                let lower = text.to_lowercase();
                let is_slug = kind.has_slug() && lower != text && lower.parse::<Slug>().is_ok();
                let hint = is_slug.then(|| format!("; did you mean {lower:?}?"));
                let problem = Problem::not_found(kind.singular(), text);
                Err(problem.with_hint(&hint.unwrap_or_default()))
            }
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
