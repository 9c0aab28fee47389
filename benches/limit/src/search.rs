//! Search: one statement; the snippet is the service's own.

use crate::database::Database;
use crate::{Answer, json, snippet};
use actix_web::http::StatusCode;
use actix_web::web;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Deserialize)]
pub struct SearchQuery {
    q: String,
    limit: i64,
}

#[derive(Serialize)]
struct Hit<'a> {
    kind: &'a str,
    id: Uuid,
    slug: Option<&'a str>,
    title: &'a str,
    snippet: String,
    rank: f32,
}

#[derive(Serialize)]
struct Page<'a> {
    data: Vec<Hit<'a>>,
    next_cursor: Option<String>,
}

/// `GET /v1/search`
pub async fn find(database: web::Data<Database>, query: web::Query<SearchQuery>) -> Answer {
    let connection = database.connection();
    let rows = connection
        .client
        .query(&connection.search, &[&query.q, &(query.limit + 1)])
        .await?;
    let shown = rows
        .get(..rows.len().min(query.limit as usize))
        .unwrap_or_default();
    let words = query.q.split(|one: char| !one.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty()).map(str::to_lowercase);
    let words: Vec<String> = words.collect();
    let hits = shown.iter().map(|row| {
        let (title, text): (&str, &str) = (row.get(3), row.get(4));
        Hit {
            kind: row.get(0),
            id: row.get(1),
            slug: row.get(2),
            title,
            snippet: snippet::mark(title, text, &words),
            rank: row.get(5),
        }
    });
    let data: Vec<Hit> = hits.collect();
    let next_cursor = data
        .last()
        .filter(|_| rows.len() > shown.len())
        .map(|hit| format!("{},{}", hit.rank, hit.id));
    json(StatusCode::OK, 16 * 1024, &Page { data, next_cursor })
}
