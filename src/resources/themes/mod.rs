//! Themes: the shared catalogue of cooperation themes.
//!
//! One rule: a plan keeps its own wording of a theme as a label; the theme itself is shared by plans. Start with [`ThemeInput`].

mod columns;
mod derived;
mod model;
mod queries;

pub use model::{Theme, ThemeFilter, ThemeInput, ThemeSort};

use crate::conventions::openapi::operation::Tag;
use crate::conventions::routes::Routes;

const TAG: Tag = Tag {
    name: "themes",
    description: "The shared catalogue of cooperation themes.",
};

/// The routes of themes.
pub fn routes() -> Routes {
    Routes::for_resource::<Theme>(TAG)
}
