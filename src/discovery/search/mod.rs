//! Search over the records of all resources, the best matches first.
//!
//! The migration of a table says in which texts its records are searched (column `search`); `snippet.rs` marks the matches. Start
//! with [`SearchHit`].

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
        "Lists the best matches first. Words are found in any (English) inflection, and case and accents are ignored: `koriyama` finds \
         Kōriyama. Words in double quotes must follow each other, `or` separates alternatives, and `-` excludes a word. If no record \
         contains plain words, records with similar names are listed, unless `/readyz` says that this is switched off.",
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
