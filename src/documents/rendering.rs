//! The sheet of a plan as a response: HTML and Markdown.
//!
//! One rule: the entity tag is computed from the version of the plan and the rendered sheet. Start with [`html`].

use super::sheets::{self, Sheet};
use super::summary::VersionedDocument;
use crate::conventions::http::entity_tag;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::versioned::Representation;
use actix_web::http::header;

/// The content security policy of a sheet: only its own inline styles are allowed.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Renders the sheet of a plan as an HTML page.
///
/// # Errors
/// 500.
pub fn html(stored: &VersionedDocument) -> Result<Representation, Problem> {
    let text = sheets::html(&sheet(stored)).map_err(Problem::internal)?;
    let policy = (header::CONTENT_SECURITY_POLICY, POLICY.to_owned());
    Ok(Representation {
        header: Some(policy),
        ..rendered("text/html; charset=utf-8", stored.version, text)
    })
}

/// Renders the sheet of a plan as Markdown.
///
/// # Errors
/// 500.
pub fn markdown(stored: &VersionedDocument) -> Result<Representation, Problem> {
    let text = sheets::markdown(&sheet(stored)).map_err(Problem::internal)?;
    Ok(rendered(
        "text/markdown; charset=utf-8",
        stored.version,
        text,
    ))
}

fn sheet(stored: &VersionedDocument) -> Sheet {
    Sheet::new(&stored.document, &stored.inverse_relations)
}

fn rendered(media_type: &'static str, version: i32, text: String) -> Representation {
    let body = text.into_bytes();
    let tag = entity_tag::for_version(version, &body);
    Representation::new(media_type, body, tag)
}
