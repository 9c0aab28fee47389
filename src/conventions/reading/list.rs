//! A page of a list, whole or with chosen fields and included records.

use super::fetch::{ATTEMPTS, contention, load_names};
use super::fields::Fields;
use super::include;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::paging::{FewChanged, Page, Start};
use crate::conventions::reading::versioned::Tagged;
use crate::conventions::resource::filter::ListFilter;
use crate::conventions::resource::selection::Selection;
use crate::conventions::resource::{Readable, queries};
use crate::database::sql::full_text::{SearchMode, has_trigrams};
use actix_web::HttpRequest;
use diesel::QueryResult;
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

/// Reads one page of the list that the filters describe.
///
/// # Errors
/// 400 for a reference in a filter that leads nowhere, 503.
pub async fn list<R: Readable>(
    context: &Context,
    mut selection: Selection<R::Filter>,
    mut page: Page<R::Sort>,
) -> Result<PageBody<R>, Problem> {
    selection.filter.refresh(&context.database).await?;
    let looked_up = selection
        .lookup()
        .is_some_and(|(table, value)| page.looked_up(table, value).is_some());
    let (counted, planned_by_values) = (page.count, page.filtered && !looked_up);
    let read = async |connection: &AsyncPgConnection| {
        selection.resolve(connection).await?;
        choose_plan::<R>(connection, &selection, &mut page).await?;
        for _ in 0..ATTEMPTS {
            let rows = rows_of::<R>(connection, &selection, &mut page).await?;
            let (mut data, next_cursor) = page.finish(rows, |row| row.record().id);
            if load_names(connection, &mut data).await? {
                let total = if page.count {
                    Some(queries::count::<R>(connection, &selection, &page).await?)
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
        Err(contention())
    };
    match (counted, planned_by_values) {
        // Counting looks at all records of the list: nobody else should wait behind it.
        (true, _) => context.database.snapshot(read).await,
        (false, true) => context.database.search(read).await,
        (false, false) => context.database.read(read).await,
    }
}

/// Decides how words are searched for and whether to sort after filtering.
///
/// # Errors
/// A statement fails.
async fn choose_plan<R: Readable>(
    connection: &AsyncPgConnection,
    selection: &Selection<R::Filter>,
    page: &mut Page<R::Sort>,
) -> QueryResult<()> {
    let common = &selection.common;
    if let Some(text) = &common.q {
        // A phrase is far rarer than its words, which the planner does not know: along the index of the sort key it would look
        // at all records for a few.
        page.sort_after_filter = text.contains('"');
        // The extension may have been removed since the page before.
        if page.mode == SearchMode::Trigram && !has_trigrams(connection).await? {
            page.mode = SearchMode::FullText;
        }
    }
    let (after, before) = (common.updated_after, common.updated_before);
    if !page.is_sorted_by_change() && (after.is_some() || before.is_some()) {
        let table = R::KIND.plural();
        let changed = FewChanged {
            table,
            after,
            before,
        };
        page.sort_after_filter |= changed.are_few(connection).await?;
    }
    Ok(())
}

async fn rows_of<R: Readable>(
    connection: &AsyncPgConnection,
    selection: &Selection<R::Filter>,
    page: &mut Page<R::Sort>,
) -> QueryResult<Vec<(R, String)>> {
    let rows = queries::page(connection, selection, page).await?;
    // Only if the first page is empty: is that because no record at all has the words?
    match &selection.common.q {
        Some(text) if rows.is_empty() && page.start.after.is_none() => {
            page.mode = R::SEARCH.mode(connection, text).await?;
            if page.mode == SearchMode::Trigram {
                return queries::page(connection, selection, page).await;
            }
            Ok(rows)
        }
        _ => Ok(rows),
    }
}

/// A page as a response, with the address of the next one in `Link` (RFC 8288).
///
/// # Errors
/// 503.
pub async fn respond<R: Readable>(
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

async fn sparse<R: Readable>(
    request: &HttpRequest,
    context: &Context,
    page: PageBody<R>,
) -> Result<Sparse<PageBody<R>>, Problem> {
    let fields = Fields::from_query(request);
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
        fields.retain(record);
        include::insert(&mut included, id, record);
    }
    Ok(Sparse::Cut(cut))
}
