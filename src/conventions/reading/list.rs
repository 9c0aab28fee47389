//! A page of a list, whole or with chosen fields and included records.

use super::fetch::{ATTEMPTS, embedded, restless};
use super::fields::Fields;
use super::include;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::paging::{Page, Start};
use crate::conventions::resource::Resource;
use crate::conventions::revision::Tagged;
use crate::database::sql::full_text::{Manner, finds_alike};
use actix_web::HttpRequest;
use diesel_async::AsyncPgConnection;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// A page of a list.
#[derive(Debug, Serialize)]
pub struct PageBody<R> {
    /// The items.
    pub data: Vec<R>,
    /// Leads to the next page; null on the last.
    pub next_cursor: Option<String>,
    /// Number of all items, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

/// Reads one page of the list that the filter describes.
///
/// # Errors
/// 400 for a reference in a filter that leads nowhere, 503.
pub async fn list<R: Resource>(
    context: &Context,
    filter: &R::Filter,
    mut page: Page<R::Sort>,
) -> Result<PageBody<R>, Problem> {
    R::settle(&context.database, filter).await?;
    let (counted, by_values) = (page.count, page.filtered && !R::is_narrow(filter, &page));
    let read = async |connection: &AsyncPgConnection| {
        if let Some(changed) = page.changed(R::NAME.plural) {
            page.gathered |= changed.are_few(connection).await?;
        }
        if page.text.is_some()
            && page.manner == Manner::Likeness
            && !finds_alike(connection).await?
        {
            page.manner = Manner::Words;
        }
        for _ in 0..ATTEMPTS {
            let mut rows = R::page(connection, filter, &page).await?;
            // Only if there is nothing is it asked whether that is so because no record at all has the words.
            if let Some(text) = page
                .text
                .as_ref()
                .filter(|_| rows.is_empty() && page.start.after.is_none())
            {
                page.manner = R::SEARCHED.manner(connection, text).await?;
                if page.manner == Manner::Likeness {
                    rows = R::page(connection, filter, &page).await?;
                }
            }
            let (mut data, next_cursor) = page.finish(rows, |row| row.record().id);
            if embedded(connection, &mut data).await? {
                let total = if page.count {
                    Some(R::count(connection, filter, &page).await?)
                } else {
                    None
                };
                return Ok(PageBody {
                    data,
                    next_cursor,
                    total,
                });
            }
        }
        Err(restless())
    };
    match (counted, by_values) {
        // Counting looks at all records of the list: nobody else should wait behind it.
        (true, _) => context.database.snapshot(read).await,
        (false, true) => context.database.search(read).await,
        (false, false) => context.database.read(read).await,
    }
}

/// A page as a response, with the address of the next one in `Link` (RFC 8288).
///
/// # Errors
/// 503.
pub async fn respond<R: Resource>(
    request: &HttpRequest,
    context: &Context,
    page: PageBody<R>,
) -> Result<Tagged<Sparse<PageBody<R>>>, Problem> {
    let next = Start::next_link(request, page.next_cursor.as_deref());
    Ok(Tagged {
        value: sparse(request, context, page).await?,
        header: next,
    })
}

/// A page with all properties of its items or with those that are wanted.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Sparse<T> {
    /// With all.
    Whole(T),
    /// With some.
    Cut(Value),
}

async fn sparse<R: Resource>(
    request: &HttpRequest,
    context: &Context,
    page: PageBody<R>,
) -> Result<Sparse<PageBody<R>>, Problem> {
    let fields = Fields::of(request);
    let mut included = include::load(context, request, &page.data).await?;
    if !fields.are_some() && included.is_empty() {
        return Ok(Sparse::Whole(page));
    }
    let ids: Vec<Uuid> = page.data.iter().map(|record| record.record().id).collect();
    let mut cut = serde_json::to_value(page).map_err(Problem::internal)?;
    let records = cut
        .get_mut("data")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten();
    for (record, id) in records.zip(ids) {
        fields.keep(record);
        include::insert(&mut included, id, record);
    }
    Ok(Sparse::Cut(cut))
}
