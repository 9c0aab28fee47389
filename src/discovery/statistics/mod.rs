//! Numbers of plans by their properties, under the same filters as the list of plans.

mod handlers;
mod lists;
mod model;
mod queries;
mod reading;

pub use model::{CountryCount, PlanCounts, ThemeCount, ThemeSdgCount};
pub use reading::count_all;

use crate::conventions::contract::Access;
use crate::conventions::openapi::operation::{self, Tag};
use crate::conventions::resource::selection::Selection;
use crate::conventions::routes::Routes;
use crate::resources::plans::PlanFilter;

const TAG: Tag = Tag {
    name: "statistics",
    description: "Numbers of plans by their properties.",
};

/// The route of the statistics.
pub fn routes() -> Routes {
    let texts = (
        "Count plans",
        "Counts the plans that the filters select, which are those of the list of plans. Counts of zero are left out. A plan that is in \
         several groups is counted once in each. Every number comes with the address of the list of these plans.",
    );
    Routes::new().at("/v1/stats", |path| {
        path.on(
            operation::read_page::<Selection<PlanFilter>, model::Statistics>(
                TAG,
                "get_statistics",
                Access::Read,
                texts,
            ),
            handlers::fetch,
        )
    })
}
