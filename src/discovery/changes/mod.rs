//! What changed in the whole registry, deletions included: the change log, to be read page by page and gone on with later.
//!
//! One rule: nothing is ever given that something could still come before. What the log knows and the program does not is
//! passed over, with a warning in the log of the service, never a failure. Start with [`Change`].

mod handlers;
mod model;
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
        "What was created, updated and deleted, of all kinds or of some, oldest first; a record that changed twice is there twice. \
         `next_cursor` leads to the next page. `resume_cursor`, which every page has, an empty one too, leads on from there: kept by \
         a client, it gives what changed since, once each and without a gap. A change is given as soon as no write that began before \
         it is still running; so a long import holds back what others write meanwhile. Changes of kinds of records that only a newer \
         version of the service knows are passed over, so that a page may have fewer items than `limit` says before the last.",
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
