//! Responses with an entity tag, which are 304 if the client already has the same representation.
//!
//! One rule: the tag is computed from the body that is sent. Start with [`Versioned`].

use super::fields::Fields;
use super::include::{self, Included};
use crate::conventions::context::{ApplicationState, Context};
use crate::conventions::http::entity_tag::{self, EntityTag, EntityTags};
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::{Readable, Resource};
use actix_web::body::BoxBody;
use actix_web::http::header::{self, HeaderName};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, Responder, web};
use serde::Serialize;
use std::cell::Cell;

/// The initial capacity of the buffer for a body. Most records fit into it.
const MIN_CAPACITY: usize = 4096;
/// The maximum initial capacity of the buffer for a body.
const MAX_CAPACITY: usize = 512 * 1024;

/// One record as a response: 200, or 201 with `Location` if it was just created.
pub struct Versioned<R> {
    record: R,
    created: bool,
    included: Included,
}

impl<R: Readable> Versioned<R> {
    /// Responds with a record that was read or changed.
    pub fn new(record: R) -> Self {
        Self {
            record,
            created: false,
            included: Vec::new(),
        }
    }

    /// Responds with a record and the related records that the request includes.
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

    /// Responds with a record that was just created.
    pub fn created(record: R) -> Self {
        Self {
            record,
            created: true,
            included: Vec::new(),
        }
    }

    fn body(&mut self, request: &HttpRequest) -> Result<Vec<u8>, Problem> {
        let mut body = Vec::with_capacity(MIN_CAPACITY);
        let fields = Fields::from_query(request);
        if self.included.is_empty() {
            fields.write(&self.record, &mut body)?;
            return Ok(body);
        }
        let mut record = serde_json::to_value(&self.record).map_err(Problem::internal)?;
        fields.retain(&mut record);
        include::insert(&mut self.included, self.record.record().id, &mut record);
        serde_json::to_writer(&mut body, &record).map_err(Problem::internal)?;
        Ok(body)
    }
}

/// The entity tag of a record.
pub fn tag_of<R: Resource>(record: &R) -> EntityTag {
    let body = serde_json::to_vec(record).unwrap_or_default();
    entity_tag::for_version(record.record().version, &body)
}

impl<R: Readable> Responder for Versioned<R> {
    type Body = BoxBody;

    fn respond_to(mut self, request: &HttpRequest) -> HttpResponse {
        let body = match self.body(request) {
            Ok(body) => body,
            Err(problem) => return HttpResponse::from_error(problem),
        };
        let tag = entity_tag::for_version(self.record.record().version, &body);
        let location = self.created.then(|| {
            let state = request.app_data::<web::Data<ApplicationState>>();
            let base = state
                .map(|state| state.public_url.as_str())
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

/// A value without a version as a response. Its tag is the hash of the body.
pub struct Tagged<T> {
    /// The value, which becomes the body as JSON.
    pub value: T,
    /// An additional header.
    pub header: Option<(HeaderName, String)>,
}

impl<T: Serialize> Responder for Tagged<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match to_json(&self.value) {
            Ok(body) => {
                let tag = entity_tag::for_body(&body);
                respond(request, StatusCode::OK, body, tag, self.header)
            }
            Err(error) => HttpResponse::from_error(Problem::internal(error)),
        }
    }
}

/// Serializes a value as JSON. The initial capacity of the buffer is the length of the previous body of the same thread, because
/// successive responses often have a similar length.
///
/// # Errors
/// The value cannot be represented as JSON, which never happens for a stored record.
pub fn to_json(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    thread_local! {
        static PREVIOUS: Cell<usize> = const { Cell::new(MIN_CAPACITY) };
    }
    let expected = PREVIOUS.get() + PREVIOUS.get() / 8;
    let mut body = Vec::with_capacity(expected.clamp(MIN_CAPACITY, MAX_CAPACITY));
    serde_json::to_writer(&mut body, value)?;
    PREVIOUS.set(body.len());
    Ok(body)
}

/// A representation in any media type as a response.
pub struct Representation {
    /// The body.
    pub body: Vec<u8>,
    /// The media type.
    pub media_type: &'static str,
    /// The status: 200, or 201 if the resource was just created.
    pub status: StatusCode,
    /// The entity tag; `None` if the representation is not stored.
    pub tag: Option<EntityTag>,
    /// An additional header.
    pub header: Option<(HeaderName, String)>,
}

impl Representation {
    /// Creates a response with the status 200 and an entity tag.
    pub fn new(media_type: &'static str, body: Vec<u8>, tag: EntityTag) -> Self {
        Self {
            body,
            media_type,
            status: StatusCode::OK,
            tag: Some(tag),
            header: None,
        }
    }
}

impl Responder for Representation {
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

/// Creates the response with its validators; 304 if the client already has this representation (RFC 9110, section 13.1.2).
fn respond(
    request: &HttpRequest,
    status: StatusCode,
    body: Vec<u8>,
    tag: EntityTag,
    extra: Option<(HeaderName, String)>,
) -> HttpResponse {
    let not_modified = match is_not_modified(request, &tag) {
        Ok(not_modified) => not_modified,
        Err(problem) => return HttpResponse::from_error(problem),
    };
    let mut builder = HttpResponse::build(if not_modified {
        StatusCode::NOT_MODIFIED
    } else {
        status
    });
    builder
        .insert_header((header::ETAG, tag.to_string()))
        .insert_header((header::CACHE_CONTROL, "no-cache"));
    builder.insert_header((header::VARY, "Accept-Encoding"));
    if let Some(extra) = extra {
        builder.insert_header(extra);
    }
    if not_modified {
        builder.finish()
    } else {
        builder.content_type("application/json").body(body)
    }
}

/// True if the client already has this representation. A response to a write is always sent in full.
fn is_not_modified(request: &HttpRequest, tag: &EntityTag) -> Result<bool, Problem> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(false);
    }
    let known = EntityTags::from_headers(request.headers(), "If-None-Match")?;
    Ok(known.is_some_and(|known| known.matches(tag)))
}
