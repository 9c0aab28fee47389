//! The viewer of the OpenAPI document at `/docs/`: Swagger UI with a page around it.
//!
//! One rule: all of it comes from the program, and it sends requests to this service alone. Start with [`docs`].

use crate::conventions::html::MEDIA_TYPE;
use crate::conventions::http::entity_tag;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::versioned::Representation;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, AcceptEncoding, Encoding, Header, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Responder, web};
use askama::Template;
use flate2::read::GzDecoder;
use std::borrow::Cow;
use std::io::Read;
use std::sync::Arc;
use utoipa_swagger_ui::Config;

/// What the viewer may do. Swagger UI sets styles of its own, and its pictures are data.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The files of Swagger UI that the page loads.
const LIBRARY: [&str; 2] = ["swagger-ui-bundle.js", "swagger-ui.css"];

#[derive(Template)]
#[template(path = "docs/index.html")]
struct Index;

/// A file of the viewer.
struct File {
    media_type: &'static str,
    content: Cow<'static, [u8]>,
    is_gzipped: bool,
}

/// The routes of the viewer.
pub fn docs(configuration: &mut web::ServiceConfig) {
    let redirect = async || {
        HttpResponse::PermanentRedirect()
            .insert_header((header::LOCATION, "/docs/"))
            .finish()
    };
    configuration
        .service(
            web::resource("/docs")
                .route(web::get().to(redirect))
                .route(web::head().to(redirect)),
        )
        .service(
            web::resource("/docs/{file:.*}")
                .route(web::get().to(file))
                .route(web::head().to(file)),
        );
}

async fn file(path: web::Path<String>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let file = match path.as_str() {
        "" | "index.html" => {
            let page = Index.render().map_err(Problem::internal)?;
            File::new(MEDIA_TYPE, page.into_bytes())
        }
        "index.css" => File::new(
            "text/css; charset=utf-8",
            include_bytes!("../../templates/docs/index.css"),
        ),
        "swagger-initializer.js" => File::new(
            "text/javascript; charset=utf-8",
            include_bytes!("../../templates/docs/swagger-initializer.js"),
        ),
        name if LIBRARY.contains(&name) => File::of_library(name)?,
        name => return Err(Problem::not_found("file", name)),
    };
    file.respond_to(&request)
}

impl File {
    fn new(media_type: &'static str, content: impl Into<Cow<'static, [u8]>>) -> Self {
        Self {
            media_type,
            content: content.into(),
            is_gzipped: false,
        }
    }

    /// A file of Swagger UI, which the program contains compressed.
    fn of_library(name: &str) -> Result<Self, Problem> {
        let file = utoipa_swagger_ui::serve(name, Arc::new(Config::default()));
        let file = file
            .map_err(Problem::internal)?
            .ok_or_else(|| Problem::not_found("file", name))?;
        let media_type = if name.ends_with(".css") {
            "text/css; charset=utf-8"
        } else {
            "text/javascript; charset=utf-8"
        };
        Ok(Self {
            is_gzipped: file.gzpipped,
            ..Self::new(media_type, file.bytes.into_owned())
        })
    }

    /// The response, which is decompressed for a client that does not take it as it is.
    fn respond_to(self, request: &HttpRequest) -> Result<HttpResponse, Problem> {
        let takes_gzip = AcceptEncoding::parse(request).ok().and_then(|accepted| {
            accepted.negotiate([Encoding::gzip(), Encoding::identity()].iter())
        }) == Some(Encoding::gzip());
        let body = match self.is_gzipped && !takes_gzip {
            true => decompress(&self.content).map_err(Problem::internal)?,
            false => self.content.into_owned(),
        };
        let representation = Representation {
            tag: Some(entity_tag::for_body(&body)),
            body,
            media_type: self.media_type,
            status: StatusCode::OK,
            header: Some((header::CONTENT_SECURITY_POLICY, POLICY.to_owned())),
        };
        let mut response = representation.respond_to(request);
        if self.is_gzipped && takes_gzip {
            let gzip = HeaderValue::from_static("gzip");
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, gzip);
        }
        Ok(response)
    }
}

fn decompress(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    GzDecoder::new(content).read_to_end(&mut plain)?;
    Ok(plain)
}
