//! Reads lists with filters that the page sets, by the same statements as the API.

use super::amount::Amount;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::paging::{Order, Page};
use crate::conventions::reading::list::{self, PageBody};
use crate::conventions::resource::Readable;
use crate::conventions::resource::filter::CommonFilter;
use crate::conventions::resource::selection::Selection;

/// Reads the last records in the order of a sort key, and the number of all matching records.
///
/// # Errors
/// 404 if a record that the filter names does not exist, 503.
pub async fn last<R: Readable>(
    context: &Context,
    filter: R::Filter,
    sort: R::Sort,
    limit: i64,
) -> Result<Listed<R>, Problem> {
    let common = CommonFilter::default();
    let selection = Selection { filter, common };
    let page = Page::first(sort, Order::Desc, limit);
    list::list::<R>(context, selection, page)
        .await
        .map(Listed::from)
}

/// Some of the matching records, and the number of all.
pub struct Listed<R> {
    /// The records.
    pub records: Vec<R>,
    /// The number of all matching records.
    pub total: Amount,
}

impl<R> From<PageBody<R>> for Listed<R> {
    fn from(page: PageBody<R>) -> Self {
        Self {
            records: page.data,
            total: page.total.into(),
        }
    }
}
