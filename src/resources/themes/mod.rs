//! Themes: the shared catalogue of cooperation themes.
//!
//! One rule: a plan keeps its own wording as a label; the theme is what plans have in common. Start with [`ThemeInput`].

mod columns;
mod handlers;
mod model;
mod queries;

pub use model::{Theme, ThemeFilter, ThemeInput, ThemeSort};

use crate::conventions::bulk::import;
use crate::conventions::openapi::bulk_operations;
use crate::conventions::openapi::operation::Tag;
use crate::conventions::openapi::record_operations;
use crate::conventions::routes::Routes;

const TAG: Tag = Tag {
    name: "themes",
    description: "The shared catalogue of cooperation themes.",
};

/// The routes of themes.
pub fn routes() -> Routes {
    Routes::new()
        .at("/v1/imports/themes", |path| {
            path.on(
                bulk_operations::import::<Theme>(TAG),
                import::respond::<Theme>,
            )
        })
        .at("/v1/exports/themes.ndjson", |path| {
            path.on(
                bulk_operations::export_ndjson::<Theme>(TAG),
                handlers::export_ndjson,
            )
        })
        .at("/v1/exports/themes.csv", |path| {
            path.on(
                bulk_operations::export_csv::<Theme>(TAG),
                handlers::export_csv,
            )
        })
        .at("/v1/themes", |path| {
            path.on(record_operations::list::<Theme>(TAG), handlers::list)
                .on(record_operations::create::<Theme>(TAG), handlers::create)
        })
        .at("/v1/themes/{theme_id}", |path| {
            path.on(record_operations::fetch::<Theme>(TAG), handlers::fetch)
                .on(record_operations::replace::<Theme>(TAG), handlers::replace)
                .on(record_operations::patch::<Theme>(TAG), handlers::patch)
                .on(record_operations::delete::<Theme>(TAG), handlers::delete)
        })
}
