//! A U-CAP as a sheet for people: the summary form of the programme, as an HTML page and as Markdown.
//!
//! [`Sheet::new`] converts the document to texts in the order of the form; [`html()`] and [`markdown()`] render them with
//! `templates/summary.html` and `templates/summary.md`. One rule: the templates decide nothing about the content, and every value is
//! escaped unless it was checked before. Start with [`Sheet`].

mod cities;
pub mod dates;
mod markdown;
mod nesting;
mod relations;
mod sheet;
pub mod text;
pub mod timeline;
mod view;
pub mod words;

pub use sheet::{Link, Sheet, Tag};

use askama::Template;

#[derive(Template)]
#[template(path = "summary.html")]
struct Page<'a> {
    sheet: &'a Sheet,
    linked: bool,
}

#[derive(Template)]
#[template(path = "summary.md", config = "templates/askama.toml")]
struct Markdown<'a> {
    sheet: &'a Sheet,
}

/// Renders the sheet as a self-contained HTML page with inline styles and without scripts.
///
/// # Errors
/// The template cannot be rendered, which never happens when it is written to memory.
pub fn html(sheet: &Sheet) -> askama::Result<String> {
    let linked = false;
    Page { sheet, linked }.render()
}

/// Renders the sheet as CommonMark with one table of GitHub Flavored Markdown.
///
/// # Errors
/// The template cannot be rendered, which never happens when it is written to memory.
pub fn markdown(sheet: &Sheet) -> askama::Result<String> {
    Markdown { sheet }.render()
}
