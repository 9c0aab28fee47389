//! The preconditions of a write: `If-Match` (RFC 9110, section 13.1.1) and `If-None-Match` (section 13.1.2).
//!
//! One rule: for a record, only the version in a tag is compared, because the rest of the tag also depends on embedded names
//! and on the selected fields; for a plan document, the whole tag is compared. Start with [`Precondition::check`].

use crate::conventions::http::entity_tag::{EntityTag, EntityTags};
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::reading::versioned::tag_of;
use crate::conventions::resource::Resource;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use std::future::{Ready, ready};

/// The maximum number of versions that a message lists.
const MAX_LISTED_VERSIONS: usize = 10;

/// The conditions under which a write is carried out.
#[derive(Debug, Default, Clone)]
pub struct Precondition {
    if_match: Option<EntityTags>,
    if_none_match: Option<EntityTags>,
}

impl Precondition {
    /// True if the request has a precondition.
    pub fn is_set(&self) -> bool {
        self.if_match.is_some() || self.if_none_match.is_some()
    }

    /// Checks the stored record, inside the transaction that changes it.
    ///
    /// # Errors
    /// `stale_version` or `already_exists`, with the current tag.
    pub fn check<R: Resource>(&self, stored: &R) -> Result<(), Problem> {
        let (version, singular) = (stored.record().version, R::KIND.singular());
        let problem = match (&self.if_match, &self.if_none_match) {
            (Some(required), _) if !required.matches_version(version) => Problem::new(
                Code::StaleVersion,
                format!(
                    "the {singular} is in version {version}, {}; read it again and repeat the change",
                    mismatch(required)
                ),
            ),
            (_, Some(EntityTags::Any)) => Problem::new(
                Code::AlreadyExists,
                format!("the {singular} already exists, in version {version}"),
            ),
            (_, Some(excluded)) if excluded.matches_version(version) => Problem::new(
                Code::AlreadyExists,
                format!("the {singular} is in version {version}, which If-None-Match excludes"),
            ),
            _ => return Ok(()),
        };
        Err(problem.with_header(header::ETAG, tag_of(stored).to_string()))
    }

    /// Checks the entity tag of the stored document; `None` if it does not exist.
    ///
    /// # Errors
    /// `stale_version` or `already_exists`, with the current tag.
    pub fn check_tag(&self, current: Option<&EntityTag>) -> Result<(), Problem> {
        let matches = |tags: &EntityTags| current.is_some_and(|current| tags.matches(current));
        let problem = match (&self.if_match, &self.if_none_match) {
            (Some(required), _) if !matches(required) => Problem::new(
                Code::StaleVersion,
                match current {
                    Some(_) => {
                        "the document has changed since the version that If-Match names; read it again and repeat the change"
                    }
                    None => "the document does not exist, but If-Match requires that it does",
                },
            ),
            (_, Some(EntityTags::Any)) if current.is_some() => {
                Problem::new(Code::AlreadyExists, "the document already exists")
            }
            (_, Some(excluded)) if matches(excluded) => Problem::new(
                Code::AlreadyExists,
                "the document has an entity tag that If-None-Match excludes",
            ),
            _ => return Ok(()),
        };
        Err(match current {
            Some(tag) => problem.with_header(header::ETAG, tag.to_string()),
            None => problem,
        })
    }
}

/// Says how the version of the record differs from the required ones.
fn mismatch(required: &EntityTags) -> String {
    let versions = required.versions().into_iter().take(MAX_LISTED_VERSIONS);
    let versions: Vec<String> = versions.map(|version| version.to_string()).collect();
    if versions.is_empty() {
        "but If-Match names no version of it".to_owned()
    } else {
        format!("not {}", versions.join(" or "))
    }
}

impl FromRequest for Precondition {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = |name| EntityTags::from_headers(request.headers(), name);
        ready(read("If-Match").and_then(|if_match| {
            Ok(Self {
                if_match,
                if_none_match: read("If-None-Match")?,
            })
        }))
    }
}
