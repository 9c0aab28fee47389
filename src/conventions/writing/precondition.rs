//! The conditions that a write sets: `If-Match` (RFC 9110, section 13.1.1) and `If-None-Match` (13.1.2).
//!
//! One rule: of a record only the version counts, because its tag also changes with the names that it embeds and with the
//! properties that were asked for; of a whole document the whole tag does. Start with [`Precondition::check`].

use crate::conventions::http::entity_tag::{EntityTag, EntityTags};
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::reading::versioned::tag_of;
use crate::conventions::resource::Resource;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use std::future::{Ready, ready};

/// The most versions that a message repeats.
const MOST_NAMED: usize = 10;

/// What must hold of the stored record, or of the stored document, for a write to be done.
#[derive(Debug, Default, Clone)]
pub struct Precondition {
    matching: Option<EntityTags>,
    not_matching: Option<EntityTags>,
}

impl Precondition {
    /// True if there is a condition at all.
    pub fn is_set(&self) -> bool {
        self.matching.is_some() || self.not_matching.is_some()
    }

    /// Holds the conditions against the stored record, inside the transaction that changes it.
    ///
    /// # Errors
    /// `stale_version` or `already_exists`, with the current tag.
    pub fn check<R: Resource>(&self, stored: &R) -> Result<(), Problem> {
        let (version, singular) = (stored.record().version, R::KIND.singular());
        let problem = match (&self.matching, &self.not_matching) {
            (Some(wanted), _) if !wanted.contain_version(version) => Problem::new(
                Code::StaleVersion,
                format!(
                    "the {singular} is in version {version}, {}; read it again and repeat the change",
                    other_than(wanted)
                ),
            ),
            (_, Some(EntityTags::Any)) => Problem::new(
                Code::AlreadyExists,
                format!("the {singular} exists, in version {version}"),
            ),
            (_, Some(unwanted)) if unwanted.contain_version(version) => Problem::new(
                Code::AlreadyExists,
                format!("the {singular} is in version {version}, which If-None-Match excludes"),
            ),
            _ => return Ok(()),
        };
        Err(problem.with_header(header::ETAG, tag_of(stored).to_string()))
    }

    /// Holds the conditions against the entity tag of a whole, all of it, or against there being none yet.
    ///
    /// # Errors
    /// `stale_version` or `already_exists`, with the current tag.
    pub fn check_tag(&self, current: Option<&EntityTag>) -> Result<(), Problem> {
        let contain = |tags: &EntityTags| current.is_some_and(|current| tags.contain(current));
        let problem = match (&self.matching, &self.not_matching) {
            (Some(wanted), _) if !contain(wanted) => Problem::new(
                Code::StaleVersion,
                match current {
                    Some(_) => {
                        "the document is not the one of If-Match any more; read it again and repeat the change"
                    }
                    None => "there is no such document yet, as If-Match supposes",
                },
            ),
            (_, Some(EntityTags::Any)) if current.is_some() => {
                Problem::new(Code::AlreadyExists, "there is such a document")
            }
            (_, Some(unwanted)) if contain(unwanted) => Problem::new(
                Code::AlreadyExists,
                "the document is one that If-None-Match excludes",
            ),
            _ => return Ok(()),
        };
        Err(match current {
            Some(tag) => problem.with_header(header::ETAG, tag.to_string()),
            None => problem,
        })
    }
}

/// What the record is instead of being in one of the versions that were wanted.
fn other_than(wanted: &EntityTags) -> String {
    let versions = wanted.versions().into_iter().take(MOST_NAMED);
    let versions: Vec<String> = versions.map(|version| version.to_string()).collect();
    if versions.is_empty() {
        "and If-Match names no version of it".to_owned()
    } else {
        format!("not {}", versions.join(" or "))
    }
}

impl FromRequest for Precondition {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = |name| EntityTags::from_headers(request.headers(), name);
        ready(read("If-Match").and_then(|matching| {
            Ok(Self {
                matching,
                not_matching: read("If-None-Match")?,
            })
        }))
    }
}
