//! The guide: the pages of `docs/` in the dress of the other pages, and the pictures and files that they lead to.
//!
//! One rule: a page is what its file in `docs/` says; nothing is written here. Start with [`mount`].

mod markdown;

use crate::conventions::html::Html;
use crate::conventions::http::entity_tag;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::versioned::Representation;
use actix_web::http::{StatusCode, header};
use actix_web::web;
use askama::Template;
use markdown::{Heading, Rendered};
use std::sync::LazyLock;

/// The pages by the last part of their addresses, in the order in which they are listed: those for users, for operators, and the rest.
const PAGES: [(&str, &str); 19] = [
    ("guide", include_str!("../../../docs/README.md")),
    ("tour", include_str!("../../../docs/tour.md")),
    ("data-model", include_str!("../../../docs/data-model.md")),
    ("endpoints", include_str!("../../../docs/endpoints.md")),
    ("search", include_str!("../../../docs/search.md")),
    ("paging", include_str!("../../../docs/paging.md")),
    ("sync", include_str!("../../../docs/sync.md")),
    ("transfer", include_str!("../../../docs/transfer.md")),
    ("clients", include_str!("../../../docs/clients.md")),
    ("errors", include_str!("../../../docs/errors.md")),
    ("limits", include_str!("../../../docs/limits.md")),
    (
        "installation",
        include_str!("../../../docs/installation.md"),
    ),
    ("settings", include_str!("../../../docs/settings.md")),
    ("production", include_str!("../../../docs/production.md")),
    ("operation", include_str!("../../../docs/operation.md")),
    ("backup", include_str!("../../../docs/backup.md")),
    (
        "troubleshooting",
        include_str!("../../../docs/troubleshooting.md"),
    ),
    ("performance", include_str!("../../../docs/performance.md")),
    ("comparison", include_str!("../../../docs/comparison.md")),
];

/// The other files of `docs/`, with their media types.
const FILES: [(&str, &str, &[u8]); 4] = [
    (
        "plan.png",
        "image/png",
        include_bytes!("../../../docs/plan.png"),
    ),
    (
        "data-model.svg",
        "image/svg+xml",
        include_bytes!("../../../docs/data-model.svg"),
    ),
    (
        "ucap.service",
        "text/plain; charset=utf-8",
        include_bytes!("../../../docs/ucap.service"),
    ),
    (
        "nginx.conf",
        "text/plain; charset=utf-8",
        include_bytes!("../../../docs/nginx.conf"),
    ),
];

/// What a file may do where a browser shows it by itself: a drawing has its style within.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// A page as it is served.
struct Page {
    name: &'static str,
    rendered: Rendered,
}

static RENDERED: LazyLock<Vec<Page>> = LazyLock::new(|| {
    let pages = PAGES.iter().map(|(name, text)| Page {
        name,
        rendered: markdown::render(text),
    });
    pages.collect()
});

/// What the template of a page shows.
#[derive(Template)]
#[template(path = "pages/guide.html")]
struct GuidePage {
    page: &'static Page,
    pages: &'static [Page],
}

impl GuidePage {
    fn headings(&self) -> &'static [Heading] {
        &self.page.rendered.headings
    }
}

/// The routes of the guide. They come before those of the interactive reference, which has all other addresses below `/docs/`.
pub fn mount(configuration: &mut web::ServiceConfig) {
    configuration.service(
        web::resource("/docs/{page:[a-z-]+}")
            .route(web::get().to(page))
            .route(web::head().to(page)),
    );
    for (name, media_type, content) in FILES {
        let file = async move || Representation {
            tag: Some(entity_tag::for_body(content)),
            body: content.to_vec(),
            media_type,
            status: StatusCode::OK,
            header: Some((header::CONTENT_SECURITY_POLICY, POLICY.to_owned())),
        };
        configuration.service(
            web::resource(format!("/docs/{name}"))
                .route(web::get().to(file))
                .route(web::head().to(file)),
        );
    }
}

async fn page(name: web::Path<String>) -> Result<Html<GuidePage>, Problem> {
    let pages: &'static [Page] = &RENDERED;
    let page = pages.iter().find(|page| page.name == name.as_str());
    let page = page.ok_or_else(|| Problem::not_found("page", name.as_str()))?;
    Ok(Html(GuidePage { page, pages }))
}
