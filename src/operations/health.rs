//! Health and version: whether the process is alive, whether it can handle requests, and which version it has.

use crate::conventions::context::Context;
use crate::conventions::contract::Access;
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::openapi::operation::{self, Content, Tag};
use crate::conventions::routes::Routes;
use crate::database;
use actix_web::http::header;
use actix_web::{HttpResponse, Responder, web};
use serde::Serialize;
use std::sync::atomic::{AtomicBool, Ordering};
use utoipa::ToSchema;

/// The tag of these operations.
pub(super) const TAG: Tag = Tag {
    name: "operations",
    description: "Health, version, metrics and pages of the service.",
};

/// True while the service accepts requests; false as soon as it begins to shut down.
#[derive(Debug)]
pub struct Lifecycle(AtomicBool);

impl Lifecycle {
    /// Creates the state of a service that accepts requests.
    pub fn running() -> Self {
        Self(AtomicBool::new(true))
    }

    /// Records that the service is shutting down.
    pub fn stop(&self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Health of the service.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`; if the service is not healthy, the response is a problem document instead.
    #[schema(example = "ok")]
    pub status: String,
    /// Features that are not available with this database: `trigram_search` if the extension `pg_trgm` is missing.
    #[schema(example = json!([]))]
    pub switched_off: Vec<String>,
}

/// Version of the service.
#[derive(Debug, Serialize, ToSchema)]
pub struct Version {
    /// Name of the service.
    #[schema(example = "ucap")]
    pub name: String,
    /// Its version.
    #[schema(example = "0.1.0")]
    pub version: String,
    /// The newest migration of its schema.
    #[schema(example = "20261203000011")]
    pub schema_version: String,
}

/// The routes of health and version.
pub fn routes() -> Routes {
    let health = |id, texts, statuses: &[u16]| {
        let content = Content::json::<Health>();
        operation::read(TAG, id, Access::Public, texts, content, statuses).with_schema::<Health>()
    };
    Routes::new()
        .at("/livez", |path| {
            let texts = (
                "Check whether the process is alive",
                "Responds whenever the process is running; nothing else is checked, not even the database.",
            );
            path.on(health("get_liveness", texts, &[400, 406, 500]), live)
        })
        .at("/readyz", |path| {
            let texts = (
                "Check whether the service is ready",
                "It is ready if the database responds and has the schema of this version; otherwise the response is 503.",
            );
            path.on(health("get_readiness", texts, &[400, 406, 500, 503]), ready)
        })
        .at("/version", |path| {
            let texts = (
                "Get the version",
                "Versions of the service and of the schema that it needs.",
            );
            let operation = operation::read(
                TAG,
                "get_version",
                Access::Public,
                texts,
                Content::json::<Version>(),
                &[400, 406, 500],
            );
            path.on(operation.with_schema::<Version>(), version)
        })
}

async fn live() -> impl Responder {
    no_store(&Health {
        status: "ok".into(),
        switched_off: Vec::new(),
    })
}

async fn ready(context: Context, lifecycle: web::Data<Lifecycle>) -> Result<HttpResponse, Problem> {
    let unavailable = |detail: &str| {
        Problem::new(Code::DatabaseUnavailable, detail).with_header(header::RETRY_AFTER, "2")
    };
    if !lifecycle.0.load(Ordering::Relaxed) {
        return Err(unavailable("the service is shutting down"));
    }
    let check = async |connection: &database::Connection| {
        Ok::<_, Problem>((
            database::is_current(connection).await?,
            database::sql::full_text::has_trigrams(connection).await?,
        ))
    };
    let (current, has_trigrams) = context.database.read(check).await?;
    if !current {
        return Err(unavailable(
            "the database does not have the schema of this version of the service",
        ));
    }
    let switched_off = if has_trigrams {
        Vec::new()
    } else {
        vec!["trigram_search".into()]
    };
    Ok(no_store(&Health {
        status: "ok".into(),
        switched_off,
    }))
}

async fn version() -> Result<HttpResponse, Problem> {
    let schema_version = database::newest_migration().map_err(Problem::internal)?;
    Ok(no_store(&Version {
        name: env!("CARGO_PKG_NAME").into(),
        version: env!("CARGO_PKG_VERSION").into(),
        schema_version,
    }))
}

fn no_store(value: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(value)
}
