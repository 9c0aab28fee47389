//! Reads a page of a list, and responds with it, with selected fields and included records.
//!
//! One rule: every statement of a page runs on one connection that is chosen by the cost of the list. Start with [`list`].

use super::fetch::{MAX_ATTEMPTS, contention, load_names};
use super::fields::Fields;
use super::include;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::paging::{CountMode, FewChanged, FewFound, Page, Sample, Start, Total};
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
    /// The cursor of the next page; null on the last page.
    pub next_cursor: Option<String>,
    /// The number of all items in the list, if it was requested.
    #[serde(flatten)]
    pub total: Option<Total>,
}

/// Reads one page of the list that the filters select.
///
/// # Errors
/// 400 for an unknown record in a filter, 503.
pub async fn list<R: Readable>(
    context: &Context,
    mut selection: Selection<R::Filter>,
    mut page: Page<R::Sort>,
) -> Result<PageBody<R>, Problem> {
    selection.filter.refresh(&context.database).await?;
    let looked_up = selection
        .lookup()
        .is_some_and(|lookup| page.looked_up(lookup).is_some());
    let counted = page.count != CountMode::False;
    let custom_plan = page.filtered && !looked_up;
    let read = async |connection: &AsyncPgConnection| {
        selection.resolve(connection).await?;
        choose_plan::<R>(connection, &selection, &mut page).await?;
        for _ in 0..MAX_ATTEMPTS {
            let rows = read_rows::<R>(connection, &selection, &mut page).await?;
            let (mut data, next_cursor) = page.finish(rows, |row| row.record().id);
            if load_names(connection, &mut data).await? {
                data.iter_mut()
                    .for_each(|record| record.annotate(&selection.filter));
                return Ok(PageBody {
                    data,
                    next_cursor,
                    total: queries::total::<R>(connection, &selection, &page).await?,
                });
            }
        }
        Err(contention())
    };
    match (counted, custom_plan) {
        // Counting reads many rows, so it must not block the shared connections.
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
        // The extension may have been dropped since the previous page.
        if page.mode == SearchMode::Trigram && !has_trigrams(connection).await? {
            page.mode = SearchMode::FullText;
        }
        if page.mode == SearchMode::FullText
            && let Some(search) = selection.search::<R>(page.mode)
        {
            let found = FewFound {
                table: R::KIND.plural(),
                sample: Sample::of(text, search.reaches_parts()),
                search: search.record_by_record(),
                seek: page.seek(),
                ordering: page.ordering(),
            };
            page.sort_after_filter = found.is_few(connection).await?;
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
        page.sort_after_filter |= changed.is_few(connection).await?;
    }
    Ok(())
}

/// Reads the rows of a page. If the first page is empty, the search may continue with trigrams.
async fn read_rows<R: Readable>(
    connection: &AsyncPgConnection,
    selection: &Selection<R::Filter>,
    page: &mut Page<R::Sort>,
) -> QueryResult<Vec<(R, String)>> {
    let rows = queries::page(connection, selection, page).await?;
    match &selection.common.q {
        // Either no record at all contains the words, or the other filters exclude those that do.
        Some(_) if rows.is_empty() && page.start.after.is_none() => {
            page.mode = selection.search_mode::<R>(connection).await?;
            if page.mode == SearchMode::Trigram {
                return queries::page(connection, selection, page).await;
            }
            Ok(rows)
        }
        _ => Ok(rows),
    }
}

/// Responds with a page; the header `Link` contains the address of the next page (RFC 8288).
///
/// # Errors
/// 503.
pub async fn respond<R: Readable>(
    request: &HttpRequest,
    context: &Context,
    page: PageBody<R>,
) -> Result<Tagged<Projection<PageBody<R>>>, Problem> {
    let next = Start::next_link(request, page.next_cursor.as_deref());
    Ok(Tagged {
        value: project(request, context, page).await?,
        header: next,
    })
}

/// A page as it was read, or with selected properties and included records.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Projection<T> {
    /// As it was read.
    Full(T),
    /// With selected properties or included records.
    Customized(Value),
}

async fn project<R: Readable>(
    request: &HttpRequest,
    context: &Context,
    page: PageBody<R>,
) -> Result<Projection<PageBody<R>>, Problem> {
    let fields = Fields::from_query(request);
    let mut included = include::load(context, request, &page.data).await?;
    if fields.selects_all() && included.is_empty() {
        return Ok(Projection::Full(page));
    }
    let ids: Vec<Uuid> = page.data.iter().map(|record| record.record().id).collect();
    let mut body = serde_json::to_value(page).map_err(Problem::internal)?;
    let records = body
        .get_mut("data")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten();
    for (record, id) in records.zip(ids) {
        fields.retain(record);
        include::insert(&mut included, id, record);
    }
    Ok(Projection::Customized(body))
}
