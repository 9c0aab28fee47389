//! The files that pages load: the style sheet, the outlines of the continents, and the icon.
//!
//! One rule: the name of a file contains a hash of its content, so that browsers can cache it forever. Start with [`mount`].

use crate::conventions::http::problem::Problem;
use actix_web::http::header::{self, CacheControl, CacheDirective};
use actix_web::{HttpResponse, web};
use std::sync::LazyLock;
use twox_hash::XxHash3_64;

/// A file that is compiled into the program.
struct Asset {
    path: String,
    media_type: &'static str,
    content: &'static str,
}

impl Asset {
    fn new(stem: &str, extension: &str, media_type: &'static str, content: &'static str) -> Self {
        let hash = XxHash3_64::oneshot(content.as_bytes());
        Self {
            path: format!("/assets/{stem}-{hash:016x}.{extension}"),
            media_type,
            content,
        }
    }
}

const STYLE_SHEETS: &str = concat!(
    include_str!("../../../templates/sheet.css"),
    include_str!("../../../templates/pages/assets/pages.css")
);

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("pages", "css", "text/css; charset=utf-8", STYLE_SHEETS));
static LAND: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_str!("../../../templates/pages/assets/land.svg");
    Asset::new("land", "svg", "image/svg+xml", content)
});
static ICON: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_str!("../../../templates/pages/assets/icon.svg");
    Asset::new("icon", "svg", "image/svg+xml", content)
});

/// The address of the style sheet.
pub fn style() -> &'static str {
    &STYLE.path
}

/// The address of the outlines of the continents. Their coordinates are tenths of a degree of longitude and latitude.
pub fn land() -> &'static str {
    &LAND.path
}

/// The address of the icon.
pub fn icon() -> &'static str {
    &ICON.path
}

/// Registers the route of the files.
pub fn mount(configuration: &mut web::ServiceConfig) {
    let resource = web::resource("/assets/{file}");
    let resource = resource
        .route(web::get().to(file))
        .route(web::head().to(file));
    configuration.service(resource);
}

async fn file(request: actix_web::HttpRequest) -> Result<HttpResponse, Problem> {
    let path = request.path();
    let asset = [&STYLE, &LAND, &ICON]
        .into_iter()
        .find(|asset| asset.path == path)
        .ok_or_else(|| Problem::not_found("file", path))?;
    let cache_forever = [
        CacheDirective::Public,
        CacheDirective::MaxAge(31_536_000),
        CacheDirective::Extension("immutable".to_owned(), None),
    ];
    Ok(HttpResponse::Ok()
        .content_type(asset.media_type)
        .insert_header(CacheControl(cache_forever.to_vec()))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(asset.content))
}
