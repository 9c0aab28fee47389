//! Search over the records of all resources, the best matches first.
//!
//! `derived.rs` of a resource says in which texts its records are searched; `snippet.rs` marks the matches. Start
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
        "Lists the best matches first; a city or theme that has exactly the name comes before all others. Words are found in any (English) \
         inflection. Case, accents and all marks are ignored: `koriyama` finds Kōriyama, and `xian` finds Xi’an. The last word is also \
         searched as the beginning of a word if it has three letters or more (prefix match): `renewab` finds renewable. Words in double \
         quotes must follow each other, `or` separates alternatives, and `-` excludes a word. Words such as `the` and `of` are only \
         required in double quotes, in capital letters (`WHO`), or if there are no other words. One word is ranked exactly: names come before \
         other texts, the word as it was typed before its inflections, and the more of a name or text it makes up, the better. The ranking of several words and \
         of phrases is approximate: first what has all of them in its name, then what has each of them in a prominent place. If no record contains plain words, records \
         with similar names are listed, unless `/readyz` says that this is switched off.",
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
