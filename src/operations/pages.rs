//! Pages for people and their tools: the links at the root, the problem pages, and the OpenAPI document.

use super::explanation_pages::{finding, findings, problem, problems};
use super::health::TAG;
use crate::conventions::context::{ApplicationState, Context};
use crate::conventions::contract::Access;
use crate::conventions::http::problem::Problem;
use crate::conventions::openapi::downgrade;
use crate::conventions::openapi::operation::{self, Content};
use crate::conventions::reading::versioned::Tagged;
use crate::conventions::routes::Routes;
use actix_web::http::header;
use actix_web::web;
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};
use utoipa::ToSchema;

/// Where things are.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceIndex {
    /// Name of the service.
    #[schema(example = "U-CAP registry")]
    pub name: String,
    /// Its version.
    #[schema(example = "0.1.0")]
    pub version: String,
    /// The OpenAPI 3.1 document.
    #[schema(example = "/openapi.json")]
    pub openapi_url: String,
    /// The OpenAPI 3.0 document.
    #[schema(example = "/openapi-3.0.json")]
    pub openapi_3_0_url: String,
    /// The document as a page.
    #[schema(example = "/docs/")]
    pub docs_url: String,
    /// The guide: a tour, and pages about each task.
    #[schema(example = "/docs/guide")]
    pub guide_url: String,
    /// All problems and what they mean.
    #[schema(example = "/problems")]
    pub problems_url: String,
    /// Collections that can be read.
    #[schema(example = json!(["/v1/plans"]))]
    pub collections: Vec<String>,
}

/// The routes of the pages.
pub fn routes() -> Routes {
    let html = || Content {
        media_type: "text/html",
        schema: json!({"type": "string", "example": "<!doctype html>"}),
    };
    let page = |id, texts, statuses: &[u16]| {
        operation::read_with_tag(TAG, id, Access::Public, texts, html(), statuses)
    };
    Routes::new()
        .at("/", |path| {
            let texts = ("Get the links", "Where the collections, the document and the problem pages are. For a client whose `Accept` header names `text/html`, as that of \
                 a browser does, the response is the start page of the registry instead; `*/*` or no such header means JSON.");
            let operation = operation::read_with_tag(TAG, "get_index", Access::Public, texts, Content::json::<ServiceIndex>(), &[400, 406, 500]);
            path.on(operation.with_schema::<ServiceIndex>(), index)
        })
        .at("/problems", |path| {
            let texts = ("List the problems", "Every problem that the service answers with, as a page.");
            path.on(page("list_problems", texts, &[400, 406, 500]), problems)
        })
        .at("/findings", |path| {
            let texts = ("List the findings", "Everything that an editor of a plan can be told to look at, as a page.");
            path.on(page("list_findings", texts, &[400, 406, 500]), findings)
        })
        .at("/findings/{code}", |path| {
            let texts = ("Explain a finding", "When it is found, and what to do, as a page.");
            let operation = page("get_finding", texts, &[400, 404, 406, 500]);
            let schema = json!({"type": "string", "maxLength": 100, "pattern": "^[a-z_]+$", "example": "source_breaks_off"});
            path.on(operation.with_path_parameter("code", "Code of the finding.", schema), finding)
        })
        .at("/problems/{code}", |path| {
            let texts = ("Explain a problem", "What it means, an example, and what to do, as a page.");
            let operation = page("get_problem", texts, &[400, 404, 406, 500]);
            let schema = json!({"type": "string", "maxLength": 100, "pattern": "^[a-z_]+$", "example": "validation_failed"});
            path.on(operation.with_path_parameter("code", "Code of the problem.", schema), problem)
        })
}

async fn index(context: Context) -> Tagged<ServiceIndex> {
    let paths = context
        .contract
        .document()
        .get("paths")
        .and_then(Value::as_object);
    let collections = paths
        .into_iter()
        .flat_map(|paths| paths.keys())
        .filter(|path| path.starts_with("/v1/") && !path.contains('{'));
    let value = ServiceIndex {
        name: "U-CAP registry".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        openapi_url: "/openapi.json".into(),
        openapi_3_0_url: "/openapi-3.0.json".into(),
        docs_url: "/docs/".into(),
        guide_url: "/docs/guide".into(),
        problems_url: "/problems".into(),
        collections: collections.cloned().collect(),
    };
    let links = "</openapi.json>; rel=\"service-desc\", </docs/>; rel=\"service-doc\", </docs/guide>; rel=\"help\"";
    Tagged {
        value,
        header: Some((header::LINK, links.to_owned())),
    }
}

/// The document in both versions, written once for all requests.
#[derive(Clone)]
struct Published([Arc<RawValue>; 2]);

static PUBLISHED: OnceLock<Published> = OnceLock::new();

/// One of the versions, on its way to the client.
struct Version(Arc<RawValue>);

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

fn published(registry: &ApplicationState) -> Result<Published, Problem> {
    if let Some(published) = PUBLISHED.get() {
        return Ok(published.clone());
    }
    let document = registry.contract.document();
    let write = |value: &Value| {
        to_raw_value(value)
            .map(Arc::from)
            .map_err(Problem::internal)
    };
    let published = Published([write(document)?, write(&downgrade(document))?]);
    Ok(PUBLISHED.get_or_init(|| published).clone())
}

/// The routes of the document, in both versions.
pub fn openapi(configuration: &mut web::ServiceConfig) {
    let newer = async |registry: web::Data<ApplicationState>| {
        let Published([newer, _]) = published(&registry)?;
        Ok::<_, Problem>(Tagged {
            value: Version(newer),
            header: None,
        })
    };
    let older = async |registry: web::Data<ApplicationState>| {
        let Published([_, older]) = published(&registry)?;
        Ok::<_, Problem>(Tagged {
            value: Version(older),
            header: None,
        })
    };
    configuration
        .service(
            web::resource("/openapi.json")
                .route(web::get().to(newer))
                .route(web::head().to(newer)),
        )
        .service(
            web::resource("/openapi-3.0.json")
                .route(web::get().to(older))
                .route(web::head().to(older)),
        );
}
