//! Revisions of representations: entity tags, conditional requests and the responses that carry them.
//!
//! A tag is `"<version>-<hash of the body>"` (RFC 9110, section 8.8.3): the version guards writes, the hash also changes
//! when only an embedded name does. Start with [`Versioned`].

use crate::conventions::context::Context;
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::reading::fields::Fields;
use crate::conventions::reading::include::{self, Included};
use crate::conventions::resource::Resource;
use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderName};
use actix_web::http::{Method, StatusCode};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use std::cell::Cell;
use std::future::{Ready, ready};
use twox_hash::XxHash3_64;

/// Bytes to begin a body with: most records have room in it.
const ROOM: usize = 4096;
/// The most to begin a body with.
const MOST_ROOM: usize = 512 * 1024;

/// One record as a response: 200, or 201 with `Location` for one that was just created.
pub struct Versioned<R> {
    record: R,
    created: bool,
    included: Included,
}

impl<R: Resource> Versioned<R> {
    /// The answer to a request for, or a change of, a record.
    pub fn of(record: R) -> Self {
        Self {
            record,
            created: false,
            included: Vec::new(),
        }
    }

    /// The answer to a request for a record with what is to be included.
    ///
    /// # Errors
    /// 503.
    pub async fn with_included(
        context: &Context,
        request: &HttpRequest,
        record: R,
    ) -> Result<Self, Problem> {
        let included = include::load(context, request, std::slice::from_ref(&record)).await?;
        Ok(Self {
            record,
            created: false,
            included,
        })
    }

    /// The answer to its creation.
    pub fn created(record: R) -> Self {
        Self {
            record,
            created: true,
            included: Vec::new(),
        }
    }
}

impl<R: Resource> Versioned<R> {
    fn body(&mut self, request: &HttpRequest) -> Result<Vec<u8>, Problem> {
        let mut body = Vec::with_capacity(ROOM);
        let fields = Fields::of(request);
        if self.included.is_empty() {
            fields.write(&self.record, &mut body)?;
            return Ok(body);
        }
        let mut record = serde_json::to_value(&self.record).map_err(Problem::internal)?;
        fields.keep(&mut record);
        include::insert(&mut self.included, self.record.record().id, &mut record);
        serde_json::to_writer(&mut body, &record).map_err(Problem::internal)?;
        Ok(body)
    }
}

/// The entity tag of a record.
pub fn tag_of<R: Resource>(record: &R) -> String {
    let body = serde_json::to_vec(record).unwrap_or_default();
    format!("\"{}-{}\"", record.record().version, hash(&body))
}

fn hash(body: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(
        XxHash3_64::oneshot(body)
            .to_be_bytes()
            .get(..6)
            .unwrap_or_default(),
    )
}

impl<R: Resource> Responder for Versioned<R> {
    type Body = BoxBody;

    fn respond_to(mut self, request: &HttpRequest) -> HttpResponse {
        let body = match self.body(request) {
            Ok(body) => body,
            Err(problem) => return HttpResponse::from_error(problem),
        };
        let tag = format!("\"{}-{}\"", self.record.record().version, hash(&body));
        let location = self.created.then(|| {
            let registry =
                request.app_data::<web::Data<crate::conventions::context::ApplicationState>>();
            let base = registry
                .map(|registry| registry.public_url.as_str())
                .unwrap_or_default();
            (
                header::LOCATION,
                format!("{base}/v1/{}/{}", R::KIND.plural(), self.record.record().id),
            )
        });
        let status = if self.created {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        respond(request, status, body, tag, location)
    }
}

/// A value without a version of its own: its tag is the hash of its body.
pub struct Tagged<T> {
    /// The body.
    pub value: T,
    /// A header that goes with it.
    pub header: Option<(HeaderName, String)>,
}

impl<T: Serialize> Responder for Tagged<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match sized(&self.value) {
            Ok(body) => {
                let tag = format!("\"{}\"", hash(&body));
                respond(request, StatusCode::OK, body, tag, self.header)
            }
            Err(error) => HttpResponse::from_error(Problem::internal(error)),
        }
    }
}

/// A value as JSON, in a buffer with room for as much as the thread last wrote: one answer is often as long as the one before.
///
/// # Errors
/// A value that is no JSON; never for what is stored.
pub fn sized(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    thread_local! {
        static LAST: Cell<usize> = const { Cell::new(ROOM) };
    }
    let mut body = Vec::with_capacity((LAST.get() + LAST.get() / 8).clamp(ROOM, MOST_ROOM));
    serde_json::to_writer(&mut body, value)?;
    LAST.set(body.len());
    Ok(body)
}

/// A form of something larger than one record; its tag is that of the whole, `"<version>-<hash>"`.
pub struct Rendition {
    /// The body.
    pub body: Vec<u8>,
    /// Its media type.
    pub media_type: &'static str,
    /// 200, or 201 for what was just created.
    pub status: StatusCode,
    /// Its entity tag; none for what is not kept.
    pub tag: Option<String>,
    /// A header that goes with it.
    pub header: Option<(HeaderName, String)>,
}

impl Responder for Rendition {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let Some(tag) = self.tag else {
            return HttpResponse::build(self.status)
                .content_type(self.media_type)
                .body(self.body);
        };
        let mut response = respond(request, self.status, self.body, tag, self.header);
        if response.headers().contains_key(header::CONTENT_TYPE) {
            response.headers_mut().insert(
                header::CONTENT_TYPE,
                header::HeaderValue::from_static(self.media_type),
            );
        }
        response
    }
}

/// The entity tag of a whole with that version and that body.
pub fn tag_of_body(version: i32, body: &[u8]) -> String {
    format!("\"{version}-{}\"", hash(body))
}

/// The response with its validators; 304 if the client's copy is still good (RFC 9110, section 13.1.2).
fn respond(
    request: &HttpRequest,
    status: StatusCode,
    body: Vec<u8>,
    tag: String,
    extra: Option<(HeaderName, String)>,
) -> HttpResponse {
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let fresh = reading
        && tags(request, header::IF_NONE_MATCH)
            .iter()
            .any(|known| known == "*" || strong(known) == strong(&tag));
    let mut builder = HttpResponse::build(if fresh {
        StatusCode::NOT_MODIFIED
    } else {
        status
    });
    builder
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, "no-cache"));
    builder.insert_header((header::VARY, "Accept-Encoding"));
    if let Some(extra) = extra {
        builder.insert_header(extra);
    }
    if fresh {
        builder.finish()
    } else {
        builder.content_type("application/json").body(body)
    }
}

/// The tags of a header, as they stand between the commas.
fn tags(request: &HttpRequest, name: HeaderName) -> Vec<String> {
    let lines = request
        .headers()
        .get_all(name)
        .filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .map(|tag| tag.trim().to_owned())
        .filter(|tag| !tag.is_empty())
        .collect()
}

fn strong(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// The conditions that a write sets: `If-Match` (RFC 9110, section 13.1.1) and `If-None-Match: *` (13.1.2).
#[derive(Debug, Default, Clone)]
pub struct Precondition {
    versions: Option<Vec<i32>>,
    tags: Vec<String>,
    others: Vec<String>,
    any: bool,
    none: bool,
}

impl Precondition {
    /// Holds the conditions against the stored record, inside the transaction that changes it.
    ///
    /// # Errors
    /// `stale_version` with the current tag, or `already_exists`.
    pub fn check<R: Resource>(&self, stored: &R) -> Result<(), Problem> {
        let version = stored.record().version;
        if self.none {
            let problem = Problem::new(
                Code::AlreadyExists,
                format!("the {} exists, in version {version}", R::KIND.singular()),
            );
            return Err(problem.with_header(header::ETAG, tag_of(stored)));
        }
        match &self.versions {
            Some(versions) if !self.any && !versions.contains(&version) => {
                let wanted = versions
                    .iter()
                    .take(10)
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(" or ");
                let detail = format!(
                    "the {} is in version {version}, not {wanted}; read it again and repeat the change",
                    R::KIND.singular()
                );
                Err(Problem::new(Code::StaleVersion, detail)
                    .with_header(header::ETAG, tag_of(stored)))
            }
            _ => Ok(()),
        }
    }

    /// True if there is a condition at all.
    pub fn is_set(&self) -> bool {
        self.none || self.versions.is_some() || !self.others.is_empty()
    }

    /// Holds the conditions against the entity tag of a whole, all of it, or against there being none yet.
    ///
    /// # Errors
    /// `stale_version` or `already_exists`, with the current tag.
    pub fn check_tag(&self, current: Option<&str>) -> Result<(), Problem> {
        let problem = match current {
            Some(tag) if self.none || self.others.iter().any(|other| strong(other) == tag) => {
                Problem::new(Code::AlreadyExists, "there is such a document")
            }
            Some(tag)
                if self.versions.is_some()
                    && !self.any
                    && !self.tags.iter().any(|wanted| strong(wanted) == tag) =>
            {
                Problem::new(
                    Code::StaleVersion,
                    "the document is not the one of If-Match any more; read it again and repeat the change",
                )
            }
            None if self.versions.is_some() => Problem::new(
                Code::StaleVersion,
                "there is no such document yet, as If-Match supposes",
            ),
            _ => return Ok(()),
        };
        Err(match current {
            Some(tag) => problem.with_header(header::ETAG, tag),
            None => problem,
        })
    }

    fn read(request: &HttpRequest) -> Result<Self, Problem> {
        let given = request.headers().contains_key(header::IF_MATCH);
        let mut read = Self {
            versions: given.then(Vec::new),
            ..Self::default()
        };
        for tag in tags(request, header::IF_MATCH) {
            let version = strong(&tag)
                .trim_matches('"')
                .split('-')
                .next()
                .and_then(|version| version.parse().ok());
            match (tag.as_str(), version) {
                ("*", _) => read.any = true,
                (_, Some(version)) => read
                    .versions
                    .iter_mut()
                    .for_each(|versions| versions.push(version)),
                _ => {
                    return Err(Problem::new(
                        Code::MalformedHeader,
                        format!("If-Match has {tag}, which is no entity tag of this service"),
                    ));
                }
            }
        }
        if given && !read.any && read.versions.as_ref().is_none_or(Vec::is_empty) {
            return Err(Problem::new(
                Code::MalformedHeader,
                "If-Match is empty; send an entity tag, a version, or *",
            ));
        }
        read.tags = tags(request, header::IF_MATCH);
        read.others = tags(request, header::IF_NONE_MATCH);
        read.none = read.others.iter().any(|tag| tag == "*");
        Ok(read)
    }
}

impl FromRequest for Precondition {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::read(request))
    }
}
