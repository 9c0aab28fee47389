//! The programmes under which plans were agreed: a vocabulary that grows with the plans.
//!
//! One rule: spellings with the same folded form are one programme. Start with [`count`].

mod handlers;
mod model;
mod queries;

pub use queries::count;

use crate::conventions::contract::Access;
use crate::conventions::openapi::operation::{self, Content, Tag};
use crate::conventions::routes::Routes;
use model::ProgrammePage;

const TAG: Tag = Tag {
    name: "programmes",
    description: "The programmes under which plans were agreed.",
};

/// The route of the programmes.
pub fn routes() -> Routes {
    let texts = (
        "List the programmes",
        "All programmes that plans name, on one page, those with the most plans first. Spellings that only differ in case, accents or \
         marks, such as `IUC-Asia` and `IUC Asia`, are one programme.",
    );
    Routes::new().at("/v1/programmes", |path| {
        let operation = operation::read_with_tag(
            TAG,
            "list_programmes",
            Access::Read,
            texts,
            Content::json::<ProgrammePage>(),
            &[400, 401, 403, 406, 500, 503],
        );
        path.on(operation.with_schema::<ProgrammePage>(), handlers::list)
    })
}
