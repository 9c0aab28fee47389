//! Lists that no parameter of a request describes, by the same statements as those of the interface.

use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::paging::{Order, Page};
use crate::conventions::reading::list::{self, PageBody};
use crate::conventions::resource::Readable;
use crate::conventions::resource::filter::CommonFilter;
use crate::conventions::resource::selection::Selection;

/// The last records of a list in the order of a sort key, and how many there are.
///
/// # Errors
/// 404 for a record that the filter names and that does not exist, 503.
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

/// Some records of a list, and how many there are.
pub struct Listed<R> {
    /// The records.
    pub records: Vec<R>,
    /// How many there are of them, with those that are not here.
    pub total: i64,
}

impl<R> From<PageBody<R>> for Listed<R> {
    fn from(page: PageBody<R>) -> Self {
        Self {
            records: page.data,
            total: page.total.unwrap_or_default(),
        }
    }
}
