//! Responses that carry an entity tag, and answer 304 to whom the copy they have is still good.
//!
//! One rule: the tag is that of the body which is sent. Start with [`Versioned`].

use super::fields::Fields;
use super::include::{self, Included};
use crate::conventions::context::{ApplicationState, Context};
use crate::conventions::http::entity_tag::{self, EntityTag, EntityTags};
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::Resource;
use actix_web::body::BoxBody;
use actix_web::http::header::{self, HeaderName};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, Responder, web};
use serde::Serialize;
use std::cell::Cell;

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
    pub fn new(record: R) -> Self {
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

impl<R: Resource> Responder for Versioned<R> {
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
                let tag = entity_tag::for_body(&body);
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

/// A form of something larger than one record; its tag is that of the whole.
pub struct Rendition {
    /// The body.
    pub body: Vec<u8>,
    /// Its media type.
    pub media_type: &'static str,
    /// 200, or 201 for what was just created.
    pub status: StatusCode,
    /// Its entity tag; none for what is not kept.
    pub tag: Option<EntityTag>,
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

/// The response with its validators; 304 if the client's copy is still good (RFC 9110, section 13.1.2).
fn respond(
    request: &HttpRequest,
    status: StatusCode,
    body: Vec<u8>,
    tag: EntityTag,
    extra: Option<(HeaderName, String)>,
) -> HttpResponse {
    let fresh = match is_fresh(request, &tag) {
        Ok(fresh) => fresh,
        Err(problem) => return HttpResponse::from_error(problem),
    };
    let mut builder = HttpResponse::build(if fresh {
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
    if fresh {
        builder.finish()
    } else {
        builder.content_type("application/json").body(body)
    }
}

/// True if the client already has what it asks for. The answer to a write is never one that it has.
fn is_fresh(request: &HttpRequest, tag: &EntityTag) -> Result<bool, Problem> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(false);
    }
    let known = EntityTags::from_headers(request.headers(), "If-None-Match")?;
    Ok(known.is_some_and(|known| known.contain(tag)))
}
