//! Themes as a table.

use super::model::Theme;
use crate::conventions::bulk::export::{Cell, Column, Tabular};

impl Tabular for Theme {
    const COLUMNS: &'static [Column<Self>] = &[
        ("id", |theme| Cell::plain(theme.record.id)),
        ("slug", |theme| Cell::plain(&theme.input.slug)),
        ("name", |theme| Cell::text(&theme.input.name)),
        ("description", |theme| {
            Cell::text_or_empty(theme.input.description.as_deref())
        }),
        ("aliases", |theme| Cell::list(&theme.input.aliases)),
        ("sdgs", |theme| Cell::list(&theme.input.sdgs)),
        ("urban_agenda", |theme| {
            Cell::list(&theme.input.urban_agenda)
        }),
        ("version", |theme| Cell::plain(theme.record.version)),
        ("created_at", |theme| Cell::time(theme.record.created_at)),
        ("updated_at", |theme| Cell::time(theme.record.updated_at)),
    ];
}
