//! The whole U-CAP as one document: a plan with everything that belongs to it.
//!
//! One rule: a document is read and imported as a whole. `document` defines it, `summary` reads it, `importing` imports it,
//! `sheets` and `rendering` render it as HTML and Markdown, and `findings` lists what an editor of the plan should check. `records`
//! imports lines with records of several kinds, because the rules between them are known here. Start with [`PlanDocument`].

mod document;
mod findings;
mod handlers;
mod importing;
mod records;
mod rendering;
pub mod sheets;
mod summary;

pub use document::{DocumentActivity, DocumentOutcome, PlanDocument};
pub use findings::{Finding, PlanFindings};
pub use importing::{
    Draft, Import, ImportDifference, ImportOptions, ImportStatus, Imported, ImportedKind,
    ImportedRecord, MatchedBy, OpenReference, PlanImport, UpdateReferences, check, import,
};
pub use summary::{VersionedDocument, fetch, read, slugs};

use crate::conventions::context::Actor;
use crate::conventions::contract::Contract;
use crate::conventions::http::problem::Problem;
use crate::conventions::openapi::bulk_operations;
use crate::conventions::openapi::document_operations::{put_document, read_document};
use crate::conventions::openapi::operation::{Content, Tag};
use crate::conventions::routes::Routes;
use crate::conventions::writing::precondition::Precondition;
use crate::database::Database;
use crate::domain::RecordKind;
use diesel_async::AsyncPgConnection;
use serde_json::json;

const TAG: Tag = Tag {
    name: "summaries",
    description: "A whole plan as one document, which can be read, stored as a file and imported.",
};

/// The document of the sample plan.
const SAMPLE: &str = include_str!("../../openapi/examples/manchester.json");

/// A short document that refers to records of the sample plan.
const EXAMPLE: &str = include_str!("../../openapi/examples/summary.json");

/// The routes of documents.
pub fn routes() -> Routes {
    Routes::new().and(summary()).and(sheets()).and(lines()).at("/v1/plans/{plan_id}/findings", |path| {
        let texts = (
            "List what an editor of a plan should check",
            "Each finding has the pointer to a value in the document of the plan and the URL of a page that explains it. A finding is \
             not an error, because the source of the plan may really contain something unusual.",
        );
        let operation = read_document(TAG, RecordKind::Plan, "get_plan_findings", texts, Content::json::<PlanFindings>()).with_schema::<PlanFindings>();
        path.on(operation, findings::fetch)
    })
}

/// The route of records that are imported together.
fn lines() -> Routes {
    Routes::new().at("/v1/imports", |path| {
        path.on(bulk_operations::import_mixed(TAG), handlers::import_records)
    })
}

/// The routes of the documents in formats for people.
fn sheets() -> Routes {
    let content = |media_type, example: &str| Content {
        media_type,
        schema: json!({"type": "string", "example": example}),
    };
    Routes::new()
        .at("/v1/plans/{plan_id}/summary.html", |path| {
            let texts = (
                "Get a whole plan as an HTML page",
                "The page follows the sections of the summary form, prefers the wording of the source, and has a timeline. It runs no scripts, \
                 loads nothing, and is suitable for screens and for printing on A4.",
            );
            let operation = read_document(TAG, RecordKind::Plan, "get_plan_summary_html", texts, content("text/html", "<!doctype html>"));
            path.on(operation, handlers::page)
        })
        .at("/v1/plans/{plan_id}/summary.md", |path| {
            let texts = (
                "Get a whole plan as Markdown",
                "The document has the same sections in the same order, in CommonMark with one table of GitHub Flavored Markdown. Texts of the \
                 plan are escaped, so they cannot become markup.",
            );
            let operation = read_document(TAG, RecordKind::Plan, "get_plan_summary_markdown", texts, content("text/markdown", "# Manchester"));
            path.on(operation, handlers::markdown)
        })
}

fn summary() -> Routes {
    Routes::new().at("/v1/plans/{plan_id}/summary", |path| {
        let texts = (
            "Get a whole plan as one document",
            "The document contains the plan with its cities, themes, activities and outcomes, nested and in their order. Records refer to \
             each other by slug, so the document can be imported into another registry.",
        );
        let fetch = read_document(TAG, RecordKind::Plan, "get_plan_summary", texts, Content::json::<PlanDocument>()).with_schema::<PlanDocument>();
        let texts = (
            "Import a whole plan as one document",
            "Either the whole document is stored or nothing. If no plan has the slug, a plan is created. Cities and themes are matched with \
             stored ones by slug, then by identifier, then by name, whatever its case, accents and marks; those that do not exist are created. A city whose country, \
             identifiers or coordinates contradict those of the stored city is rejected with 409. Activities and outcomes that did \
             not change keep their version; those that the document does not contain are deleted. `If-Match` compares the whole \
             entity tag. The maximum size of the body is 8 MiB.",
        );
        let put = put_document::<ImportOptions, PlanImport>(TAG, RecordKind::Plan, "put_plan_summary", texts, document::VARIANT, EXAMPLE)
            .with_schema::<PlanDocument>()
            .with_schema::<UpdateReferences>();
        path.on(fetch, handlers::fetch).on(put, handlers::put)
    })
}

/// Stores the sample plan if nothing was ever stored in the registry. Returns true if it was stored.
///
/// # Errors
/// 503.
pub async fn load_sample(database: &Database, contract: &Contract) -> Result<bool, Problem> {
    let mut document = serde_json::from_str(SAMPLE).map_err(Problem::internal)?;
    crate::domain::text::normalise_json(&mut document);
    let load = async |connection: &mut AsyncPgConnection| {
        if importing::has_history(connection).await? {
            return Ok(false);
        }
        let mut draft = Draft::parse(contract, document, None)?;
        draft.new_id = RecordKind::sample_id;
        let import = Import {
            contract,
            actor: &Actor::Service,
            precondition: Precondition::default(),
            options: ImportOptions::default(),
        };
        import.run(connection, draft).await?;
        Ok::<_, Problem>(true)
    };
    database.write(load).await
}
