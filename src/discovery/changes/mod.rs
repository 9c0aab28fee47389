//! The change log of the whole registry, including deletions. Clients read it page by page and resume later.
//!
//! One rule: a change is listed only when no other change can appear before it any more. Changes of a kind that this version does
//! not know are skipped with a warning in the log of the service. Start with [`Change`].

mod handlers;
mod model;
mod page;
mod queries;

pub use model::{Change, ChangeOperation, ChangePage};

use crate::conventions::contract::Access;
use crate::conventions::openapi::operation::{self, Tag};
use crate::conventions::routes::Routes;
use crate::domain::RecordKind;

const TAG: Tag = Tag {
    name: "changes",
    description: "What was created, updated and deleted.",
};

/// The route of the changes.
pub fn routes() -> Routes {
    let texts = (
        "List changes",
        "Lists what was created, updated and deleted, for all kinds of records or for some, oldest first. A record that changed twice is \
         listed twice. Renaming a city, a theme or a plan is a change of that record alone, although records that refer to it then show \
         the new name. `next_cursor` leads to the next page. Every page, even an empty one, also has a `resume_cursor`, which leads to \
         the changes after that page: a client that stores it later gets all newer changes, each once and without gaps. A change is \
         listed as soon as no write that began before it is still running, so a long import delays the changes of other writes. \
         Changes of kinds of records that only a newer version of the service knows are skipped, so a page other than the last may \
         have fewer items than `limit`.",
    );
    Routes::new().at("/v1/changes", |path| {
        let operation = operation::read_page::<model::ChangeParameters, ChangePage>(
            TAG,
            "list_changes",
            Access::Read,
            texts,
        );
        let operation = operation
            .with_schema::<Change>()
            .with_schema::<ChangeOperation>()
            .with_schema::<RecordKind>();
        path.on(operation, handlers::list)
    })
}
