//! The start of a page: a cursor contains the sort key and the id of the last item of the previous page.
//!
//! One rule: a cursor is accepted only for the list that it was made for, which a fingerprint of its address, filters and order
//! identifies. Start with [`Start`].

use super::sort::Cast;
use crate::conventions::context::ApplicationState;
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::http::query::QueryValues;
use crate::database::sql::full_text::SearchMode;
use crate::domain::{Fault, FaultCode};
use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The number of items on a page if the request does not state a limit.
const DEFAULT_LIMIT: i64 = 50;

/// Where a page of a list starts, and how many items it can have.
pub struct Start {
    /// The maximum number of items.
    pub limit: i64,
    /// The sort key and the id of the last item of the previous page; `None` for the first page.
    pub after: Option<(String, Uuid)>,
    /// How words were searched for on the previous page. This page uses the same mode.
    pub mode: SearchMode,
    fingerprint: String,
}

impl Start {
    /// The start of a list that is read without a request. No page can follow it.
    pub(super) fn first(limit: i64) -> Self {
        Self {
            limit,
            after: None,
            mode: SearchMode::FullText,
            fingerprint: String::new(),
        }
    }

    /// The start that a request asks for, in a list that is sorted by the key `sort`, whose type is `cast`.
    ///
    /// # Errors
    /// The cursor belongs to another list.
    pub fn from_query(
        request: &HttpRequest,
        sort: impl Serialize,
        cast: Cast,
    ) -> Result<Self, Problem> {
        let extensions = request.extensions();
        let values = QueryValues::from_extensions(&extensions)?;
        let fingerprint = fingerprint(request.path(), values, sort);
        let cursor = values.get("cursor").and_then(Value::as_str);
        let after = cursor
            .map(|text| decode(text, &fingerprint, cast))
            .transpose()?;
        let limit = values
            .get("limit")
            .and_then(Value::as_i64)
            .unwrap_or(DEFAULT_LIMIT);
        let mode = if after.as_ref().is_some_and(|cursor| cursor.trigram) {
            SearchMode::Trigram
        } else {
            SearchMode::FullText
        };
        Ok(Self {
            limit,
            after: after.map(|cursor| (cursor.key, cursor.id)),
            mode,
            fingerprint,
        })
    }

    /// Makes the cursor of the page that starts after the item with that sort key and id.
    pub fn cursor(&self, key: &str, id: Uuid, mode: SearchMode) -> String {
        let cursor = Cursor {
            key: key.to_owned(),
            id,
            fingerprint: self.fingerprint.clone(),
            trigram: mode == SearchMode::Trigram,
        };
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).unwrap_or_default())
    }

    /// The header `Link` with the address of the next page (RFC 8288); `None` without a cursor.
    pub fn next_link(
        request: &HttpRequest,
        cursor: Option<&str>,
    ) -> Option<(header::HeaderName, String)> {
        let cursor = cursor?;
        let state = request.app_data::<web::Data<ApplicationState>>();
        let base = state
            .map(|state| state.public_url.as_str())
            .unwrap_or_default();
        let other_parameters = request
            .query_string()
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
        let query = other_parameters
            .map(str::to_owned)
            .chain([format!("cursor={cursor}")])
            .collect::<Vec<_>>()
            .join("&");
        Some((
            header::LINK,
            format!("<{base}{}?{query}>; rel=\"next\"", request.path()),
        ))
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Cursor {
    #[serde(rename = "k")]
    key: String,
    #[serde(rename = "i")]
    id: Uuid,
    #[serde(rename = "f")]
    fingerprint: String,
    #[serde(rename = "l", default, skip_serializing_if = "std::ops::Not::not")]
    trigram: bool,
}

/// Identifies a list by its address, filters and order, but not by the size of its pages.
fn fingerprint(path: &str, values: &QueryValues, sort: impl Serialize) -> String {
    let mut hash = Sha256::new();
    hash.update(path);
    hash.update(serde_json::to_vec(&sort).unwrap_or_default());
    for (name, value) in values.iter() {
        if !matches!(
            name.as_str(),
            "cursor" | "limit" | "count" | "sort" | "fields"
        ) {
            hash.update(name);
            hash.update(value.to_string());
        }
    }
    URL_SAFE_NO_PAD.encode(hash.finalize().get(..6).unwrap_or_default())
}

const INVALID: &str = "this service did not issue this cursor";

fn decode(text: &str, fingerprint: &str, cast: Cast) -> Result<Cursor, Problem> {
    let refuse = |detail: &str| {
        Problem::from_faults(
            Code::InvalidParameters,
            vec![Fault::in_parameter("cursor", FaultCode::Cursor, detail)],
        )
    };
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refuse(INVALID))?;
    let cursor: Cursor = serde_json::from_slice(&bytes).map_err(|_| refuse(INVALID))?;
    if cursor.fingerprint != fingerprint {
        return Err(refuse(
            "the cursor belongs to a list with other filters or another order; start again without it",
        ));
    }
    if !cast.accepts(&cursor.key) {
        return Err(refuse(INVALID));
    }
    Ok(cursor)
}
