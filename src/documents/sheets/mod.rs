//! A U-CAP as a sheet that people read: the programme's summary form, as a page and as Markdown.
//!
//! One way: [`Sheet::new`] turns the document into plain words in the order of the form; [`html()`] and [`markdown()`] fill
//! them into `templates/summary.html` and `templates/summary.md`. The templates decide nothing about content, and
//! everything they are given is escaped unless it was checked before. Start with [`Sheet`].

mod cities;
pub mod dates;
mod markdown;
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

/// The sheet as one HTML page that needs nothing else: no script, no request, its style inside.
///
/// # Errors
/// None that is known: a template that fills memory cannot fail.
pub fn html(sheet: &Sheet) -> askama::Result<String> {
    let linked = false;
    Page { sheet, linked }.render()
}

/// The sheet as CommonMark with one table of GitHub Flavored Markdown.
///
/// # Errors
/// None that is known: a template that fills memory cannot fail.
pub fn markdown(sheet: &Sheet) -> askama::Result<String> {
    Markdown { sheet }.render()
}
