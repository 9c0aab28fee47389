//! The limit: what the workloads cost at least. No validation beyond types, no access keys, no entity tags, no time limits;
//! prepared statements, sent one behind the other over few connections, and plain structs.

mod database;
mod document;
#[path = "../../../src/domain"]
mod domain {
    pub mod folding;
}
mod export;
mod plans;
mod records;
mod search;
#[path = "../../../src/discovery/search/snippet.rs"]
mod snippet;

use actix_web::{App, HttpServer, web};
use database::Database;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A failure is shown and ends the benchmark; nobody needs more.
pub type Answer = Result<actix_web::HttpResponse, Box<dyn std::error::Error>>;

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let setting =
        |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let port: u16 = setting("PORT", "8081").parse().expect("PORT is a number");
    let workers: usize = setting("WORKERS", "2")
        .parse()
        .expect("WORKERS is a number");
    let url = setting("DATABASE_URL", "");
    HttpServer::new(move || {
        let url = url.clone();
        App::new()
            .data_factory(move || Database::open(url.clone()))
            .route("/v1/plans", web::get().to(plans::list))
            .route("/v1/plans", web::post().to(plans::create))
            .route("/v1/plans/{id}", web::get().to(plans::fetch))
            .route("/v1/plans/{id}/summary", web::get().to(document::fetch))
            .route("/v1/search", web::get().to(search::find))
            .route(
                "/v1/exports/activities.ndjson",
                web::get().to(export::activities),
            )
    })
    .workers(workers)
    .bind(("127.0.0.1", port))?
    .run()
    .await
}

/// JSON in a buffer that seldom has to grow.
pub fn json(
    status: actix_web::http::StatusCode,
    room: usize,
    value: &impl serde::Serialize,
) -> Answer {
    let mut body = Vec::with_capacity(room);
    serde_json::to_writer(&mut body, value)?;
    Ok(actix_web::HttpResponse::build(status)
        .content_type("application/json")
        .body(body))
}
