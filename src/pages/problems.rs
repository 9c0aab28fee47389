//! Error pages: for browsers, a problem document is converted to a page with the same content.
//!
//! One rule: the content of an error page comes from the problem document alone. Start with [`negotiate`].

use super::negotiation::{accepts_page, asks_for_page};
use super::paths;
use crate::conventions::context::Destination;
use crate::conventions::html::{MEDIA_TYPE, POLICY};
use actix_web::body::{BoxBody, EitherBody, MessageBody, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest};
use askama::Template;
use serde::Deserialize;

/// The members of a problem document that the page shows.
#[derive(Deserialize, Template)]
#[template(path = "pages/problem.html")]
struct ProblemPage {
    title: String,
    status: u16,
    code: String,
    detail: String,
    instance: String,
    request_id: String,
    errors: Vec<PageFault>,
}

#[derive(Deserialize)]
struct PageFault {
    parameter: Option<String>,
    detail: String,
}

impl ProblemPage {
    /// The detail of the problem as a sentence.
    fn sentence(&self) -> String {
        let mut letters = self.detail.chars();
        let first = letters.next().map(char::to_uppercase);
        let sentence: String = first.into_iter().flatten().chain(letters).collect();
        if sentence.ends_with(['.', '?', '!', '…']) {
            sentence
        } else {
            sentence + "."
        }
    }

    /// The last segment of the path as words for a search.
    fn words(&self) -> String {
        let last = self.instance.rsplit('/').next().unwrap_or_default();
        last.replace('-', " ")
    }
}

/// The outermost middleware: marks requests for the page at the root, and converts problem documents to pages for browsers.
///
/// # Errors
/// The errors of the inner service.
pub async fn negotiate<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    if request.path() == "/" && is_page_of_root(request.method(), request.headers()) {
        let destination = Destination {
            template: Some("/".into()),
            operation: None,
        };
        request.extensions_mut().insert(destination);
    }
    let mut response = next.call(request).await?;
    let is_error = response.status().as_u16() >= 400;
    if is_negotiated(response.request(), is_error) {
        let accept = HeaderValue::from_static("Accept");
        response.headers_mut().append(header::VARY, accept);
    }
    if !is_error || !gets_page(response.request()) {
        return Ok(response.map_into_left_body());
    }
    as_page(response.map_into_boxed_body())
        .await
        .map(ServiceResponse::map_into_right_body)
}

/// True if a request for the root gets the page instead of the links in JSON.
pub fn is_page_of_root(method: &Method, headers: &header::HeaderMap) -> bool {
    matches!(*method, Method::GET | Method::HEAD) && asks_for_page(headers)
}

fn template(request: &HttpRequest) -> Option<String> {
    let extensions = request.extensions();
    let destination = extensions.get::<Destination>()?;
    destination.template.as_deref().map(str::to_owned)
}

/// True if the response for this path depends on the header `Accept`. The files of the documentation have one representation;
/// only their errors have two.
fn is_negotiated(request: &HttpRequest, is_error: bool) -> bool {
    match template(request).as_deref() {
        Some(template) if is_below(template, "/docs") => is_error,
        Some(template) => template == "/" || paths::ALL.contains(&template),
        None => !is_below(request.path(), "/v1"),
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// True if the request gets a page, even in the case of an error.
fn gets_page(request: &HttpRequest) -> bool {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let at_page = template(request).is_some_and(|template| paths::ALL.contains(&template.as_str()));
    is_negotiated(request, true)
        && (asks_for_page(request.headers()) || at_page && reads && accepts_page(request.headers()))
}

/// Converts the problem document of a response to a page. Other responses are returned unchanged.
async fn as_page(response: ServiceResponse) -> Result<ServiceResponse, Error> {
    let (request, response) = response.into_parts();
    let (mut head, body) = response.into_parts();
    let body = to_bytes(body).await.map_err(Error::from)?;
    let page = serde_json::from_slice::<ProblemPage>(&body).ok();
    let Some(page) = page.and_then(|page| page.render().ok()) else {
        let response = head.set_body(BoxBody::new(body));
        return Ok(ServiceResponse::new(request, response));
    };
    let headers = head.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    let policy = HeaderValue::from_static(POLICY);
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(ServiceResponse::new(
        request,
        head.set_body(BoxBody::new(page)),
    ))
}
