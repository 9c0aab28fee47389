//! The layout, the headers and the files that all HTML pages share.
//!
//! A page is a template that extends `templates/pages/layout.html`; [`Html`] turns it into a response. One rule: a page runs no
//! scripts, has no inline styles and loads nothing from other hosts. Start with [`Html`].

pub mod assets;

use crate::conventions::http::entity_tag;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::versioned::Representation;
use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder};
use askama::Template;

/// The media type of a page.
pub const MEDIA_TYPE: &str = "text/html; charset=utf-8";

/// The content security policy of pages: only style sheets, images and forms of the same origin are allowed, and no scripts.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// A rendered template as a response with an entity tag.
pub struct Html<T>(pub T);

impl<T: Template> Responder for Html<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let body = match self.0.render() {
            Ok(body) => body.into_bytes(),
            Err(error) => return HttpResponse::from_error(Problem::internal(error)),
        };
        let page = Representation {
            tag: Some(entity_tag::for_body(&body)),
            body,
            media_type: MEDIA_TYPE,
            status: StatusCode::OK,
            header: Some((header::CONTENT_SECURITY_POLICY, POLICY.to_owned())),
        };
        page.respond_to(request)
    }
}
