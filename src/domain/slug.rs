//! Slugs: human-readable identifiers in URLs.

use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Lower-case words of `a`–`z` and `0`–`9` joined by hyphens, at most 200 characters, and not of the form of a UUID.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Deserialize,
    utoipa::ToSchema,
    Default,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = "slug", pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 200, example = "manchester")]
pub struct Slug(Arc<str>);

impl Slug {
    /// The value with which filters select records without a reference.
    const RESERVED: &str = "none";

    /// The maximum length of a slug that is derived from a name; a number can still be appended.
    const DERIVED_LENGTH: usize = 80;

    /// Derives a slug from a name by transliterating it to ASCII; `fallback` if no letters or digits remain.
    pub fn derive(name: &str, fallback: &str) -> Self {
        let whole = ::slug::slugify(name);
        let mut derived = whole.as_str();
        while derived.len() > Self::DERIVED_LENGTH {
            derived = derived.rsplit_once('-').map_or_else(
                || derived.get(..Self::DERIVED_LENGTH).unwrap_or_default(),
                |(head, _)| head,
            );
        }
        derived.parse().unwrap_or_else(|_| Self(fallback.into()))
    }

    /// The slug with a number appended, for the second record with the same name: `yangzhou-2`.
    pub fn with_number(&self, number: usize) -> Self {
        Self(format!("{}-{number}", self.stem()).into())
    }

    /// The slug without an appended number.
    pub fn stem(&self) -> &str {
        match self.0.rsplit_once('-') {
            Some((stem, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => stem,
            _ => &self.0,
        }
    }

    /// True for the empty slug of an input without a slug, which the service then derives.
    pub fn is_unassigned(&self) -> bool {
        self.0.is_empty()
    }

    /// The text of the slug.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let words = text.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
        if !words || text.len() > 200 {
            let lower = text.to_lowercase();
            // The comparison also ends the recursion.
            let hint = (lower != text)
                .then(|| lower.parse::<Self>().ok())
                .flatten()
                .map(|slug| format!("; did you mean {:?}?", slug.as_str()))
                .unwrap_or_default();
            return Err(format!(
                "{text:?} is not a slug: lower-case letters a to z and digits, in words joined by single hyphens{hint}"
            ));
        }
        if text == Self::RESERVED {
            return Err(format!(
                "{text:?} cannot be a slug: filters use it for \"without one\""
            ));
        }
        if uuid::Uuid::try_parse(text).is_ok() {
            return Err(format!(
                "{text:?} has the form of a UUID and would be taken for an id"
            ));
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Serialize for Slug {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl TryFrom<String> for Slug {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0.as_ref().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::Slug;

    #[test]
    fn names_of_every_script_give_a_slug() {
        for (name, slug) in [
            ("São Leopoldo", "sao-leopoldo"),
            ("Bologna (Metropolitan)", "bologna-metropolitan"),
            ("成都", "cheng-du"),
            ("!!!", "city"),
        ] {
            assert_eq!(Slug::derive(name, "city").as_str(), slug);
        }
        assert!(
            Slug::derive(&"long name ".repeat(40), "city")
                .as_str()
                .len()
                <= 80
        );
        assert!(Slug::derive(&"x".repeat(400), "city").as_str().len() <= 80);
    }

    #[test]
    fn a_slug_that_looks_like_an_id_is_refused() {
        assert!(
            "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b"
                .parse::<Slug>()
                .is_err()
        );
        assert!("a--b".parse::<Slug>().is_err());
        assert!("".parse::<Slug>().is_err());
    }
}
