//! How many plans there are, by what they have: under the same filters as their list.

mod handlers;
mod model;
mod queries;
mod reading;

pub use model::{CountryCount, Statistics, ThemeCount, ThemeSdgCount};
pub use reading::read;

use crate::conventions::contract::Access;
use crate::conventions::openapi::operation::{self, Tag};
use crate::conventions::resource::selection::Selection;
use crate::conventions::routes::Routes;
use crate::resources::plans::PlanFilter;

const TAG: Tag = Tag {
    name: "statistics",
    description: "How many plans there are, and what they have in common.",
};

/// The route of the statistics.
pub fn routes() -> Routes {
    let texts = (
        "Count plans",
        "The filters are those of the list of plans. Counts of zero are left out; a plan counts once in each group that it is in.",
    );
    Routes::new().at("/v1/stats", |path| {
        path.on(
            operation::read_page::<Selection<PlanFilter>, Statistics>(
                TAG,
                "get_statistics",
                Access::Read,
                texts,
            ),
            handlers::fetch,
        )
    })
}
