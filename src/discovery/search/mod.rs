//! Search over all five resources at once, the best matches first.
//!
//! What a record is found by is said in the migration that makes its table (column `search`); `snippet.rs` shows where.
//! Start with [`SearchHit`].

mod handlers;
mod model;
mod page;
mod queries;
mod snippet;

pub use model::{SearchHit, SearchPage, SearchParameters};
pub use page::read;

use crate::conventions::contract::Access;
use crate::conventions::openapi::operation::{self, Tag};
use crate::conventions::routes::Routes;
use crate::domain::RecordKind;

const TAG: Tag = Tag {
    name: "search",
    description: "Find records of all kinds by their words.",
};

/// The route of the search.
pub fn routes() -> Routes {
    let texts = (
        "Search all records",
        "Best matches first. Words are found in any inflection (English), case and without accents: `koriyama` finds Kōriyama. \
         `\"in quotes\"` they follow each other, `or` stands between alternatives, `-` before what must not be there. Where no record has plain \
         words, those with similar names are given, unless `/readyz` says that this is switched off.",
    );
    Routes::new().at("/v1/search", |path| {
        let operation = operation::read_page::<model::SearchParameters, SearchPage>(
            TAG,
            "search_records",
            Access::Read,
            texts,
        );
        path.on(
            operation
                .with_schema::<SearchHit>()
                .with_schema::<RecordKind>(),
            handlers::search,
        )
    })
}
