//! The whole U-CAP as one document: a plan with everything that belongs to it, in and out.
//!
//! The only module that composes resources. `document` says what the document is, `summary` reads it, `importing`
//! writes one that somebody sent, `sheets` shows it to people, `findings` says what an editor should look at. Start with
//! [`PlanDocument`].

mod document;
mod findings;
mod handlers;
mod importing;
pub mod sheets;
mod summary;

pub use document::{DocumentActivity, DocumentOutcome, PlanDocument};
pub use findings::{Finding, PlanFindings};
pub use importing::{
    Draft, Import, ImportDifference, ImportOptions, ImportStatus, Imported, ImportedKind,
    ImportedRecord, MatchedBy, OpenReference, PlanImport, check, import,
};
pub use summary::{Shown, read, slugs};

use crate::conventions::context::Actor;
use crate::conventions::contract::Contract;
use crate::conventions::http::problem::Problem;
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
    description: "A whole plan as one document, to read, to keep and to put back.",
};

/// The sample plan.
const SAMPLE: &str = include_str!("../../openapi/examples/manchester.json");

/// The routes of documents.
pub fn routes() -> Routes {
    Routes::new().and(summary()).and(sheets()).at("/v1/plans/{plan_id}/findings", |path| {
        let texts = (
            "List what an editor of a plan should look at",
            "Each finding has its place in the document of the plan and a page that explains it. None is an error: what the source \
             says may well be unusual.",
        );
        let operation = read_document(TAG, RecordKind::Plan, "get_plan_findings", texts, Content::json::<PlanFindings>()).with_schema::<PlanFindings>();
        path.on(operation, findings::fetch)
    })
}

/// The forms of a document that people read.
fn sheets() -> Routes {
    let content = |media_type, example: &str| Content {
        media_type,
        schema: json!({"type": "string", "example": example}),
    };
    Routes::new()
        .at("/v1/plans/{plan_id}/summary.html", |path| {
            let texts = (
                "Get a whole plan as a page",
                "The summary form with its sections in their order, the wording of the source where there is one, and a timeline. One \
                 page without scripts or requests, made for screens and for A4.",
            );
            let operation = read_document(TAG, RecordKind::Plan, "get_plan_summary_html", texts, content("text/html", "<!doctype html>"));
            path.on(operation, handlers::page)
        })
        .at("/v1/plans/{plan_id}/summary.md", |path| {
            let texts = (
                "Get a whole plan as Markdown",
                "The same sections in the same order, in CommonMark with one table of GitHub Flavored Markdown. Nothing that somebody \
                 wrote into a plan can become markup.",
            );
            let operation = read_document(TAG, RecordKind::Plan, "get_plan_summary_markdown", texts, content("text/markdown", "# Manchester"));
            path.on(operation, handlers::markdown)
        })
}

fn summary() -> Routes {
    Routes::new().at("/v1/plans/{plan_id}/summary", |path| {
        let texts = (
            "Get a whole plan as one document",
            "The plan with its cities, themes, activities and outcomes, nested and in order. Records are named by slug, so the \
             document can be put into another registry.",
        );
        let fetch = read_document(TAG, RecordKind::Plan, "get_plan_summary", texts, Content::json::<PlanDocument>()).with_schema::<PlanDocument>();
        let texts = (
            "Put a whole plan as one document",
            "Stores exactly what the document says, all of it or nothing; a slug that no plan has makes a new one. Cities and \
             themes are taken for stored ones by slug, then identifier, then name; those that are missing are made. A city whose \
             country, identifiers or place contradict the stored one is refused (409). Activities and outcomes that did not change make no new version; those that the document does not have are removed. \
             `If-Match` compares the whole entity tag. The body may have 8 MiB.",
        );
        let put = put_document::<ImportOptions, PlanImport>(TAG, RecordKind::Plan, "put_plan_summary", texts, document::VARIANT).with_schema::<PlanDocument>();
        path.on(fetch, handlers::fetch).on(put, handlers::put)
    })
}

/// Stores the sample plan in a registry in which nothing was ever stored; tells whether it did.
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
        let draft = Draft::read(contract, document, None)?;
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
